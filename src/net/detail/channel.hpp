// The byte stream of one connection: TCP, or TLS over it. One type for both, so that Beast and our coroutines are
// compiled once: an Asio AsyncReadStream and AsyncWriteStream that forgets the type of who waits, which costs an
// allocation beside each system call. On the loop's thread, where those who wait are called; they are not asked for
// executors of their own.
#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "base/address.hpp"

namespace boost::asio::ssl {
class context;
}
namespace boost::beast {
enum class role_type;
}

namespace greenroom::net {

namespace asio = boost::asio;

using Error = boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;

Tcp::endpoint to_endpoint(const base::Address& address);

// Somebody who waits for an operation: called once, or destroyed with what would have called it.
struct Waiter {
  virtual ~Waiter() = default;
  virtual void done(Error error, std::size_t bytes) = 0;
};

template <class Handler>
std::unique_ptr<Waiter> waiter(Handler handler) {
  struct Held final : Waiter {
    explicit Held(Handler to_call) : call(std::move(to_call)) {}
    void done(Error error, std::size_t bytes) override { std::move(call)(error, bytes); }
    Handler call;
  };
  return std::make_unique<Held>(std::move(handler));
}

class Channel {
 public:
  using executor_type = Executor;
  explicit Channel(Socket socket);
  Channel(Socket socket, asio::ssl::context& server);  // TLS; shake hands first
  Channel(Channel&&) noexcept;
  ~Channel();

  bool is_tls() const { return tls_ != nullptr; }
  Socket& socket() { return *socket_; }
  executor_type get_executor() { return socket_->get_executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return initiate(token, [this, into = Pieces<asio::mutable_buffer>(buffers)](auto w) { read(into, std::move(w)); });
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return initiate(token, [this, from = Pieces<asio::const_buffer>(buffers)](auto w) { write(from, std::move(w)); });
  }
  // Of TLS only; both complete with 0 bytes.
  template <class Token>
  auto async_handshake(Token&& token) {
    return initiate(token, [this](auto w) { shake_hands(std::move(w)); });
  }
  template <class Token>
  auto async_shutdown(Token&& token) {
    return initiate(token, [this](auto w) { shut_down(std::move(w)); });
  }
  // Ends our side, then reads and forgets what the peer still sends, until it hangs up or the socket is closed: one
  // closed with unread bytes sends a reset, which may overtake our last words (RFC 9112 §9.6). Has no deadline.
  void hang_up(std::unique_ptr<Waiter> waiter);

 private:
  // The first few of a sequence's buffers: reading or writing some of it is what the operations promise.
  template <class Buffer>
  struct Pieces {
    template <class Buffers>
    explicit Pieces(const Buffers& buffers) {
      const auto last = asio::buffer_sequence_end(buffers);
      for (auto at = asio::buffer_sequence_begin(buffers); at != last && count < pieces.size(); ++at) {
        const Buffer piece = *at;
        if (piece.size() > 0) pieces[count++] = piece;
      }
    }
    using value_type = Buffer;
    using const_iterator = const Buffer*;
    const_iterator begin() const { return pieces.data(); }
    const_iterator end() const { return pieces.data() + count; }
    std::array<Buffer, 4> pieces;
    std::size_t count = 0;
  };

  template <class Token, class Operation>
  static auto initiate(Token& token, Operation operation) {
    return asio::async_initiate<Token, void(Error, std::size_t)>(
        [](auto handler, Operation now) { now(waiter(std::move(handler))); }, token, std::move(operation));
  }
  void read(const Pieces<asio::mutable_buffer>& into, std::unique_ptr<Waiter> waiter);
  void write(const Pieces<asio::const_buffer>& from, std::unique_ptr<Waiter> waiter);
  void shake_hands(std::unique_ptr<Waiter> waiter);
  void shut_down(std::unique_ptr<Waiter> waiter);

  struct Tls;
  std::unique_ptr<Socket> socket_;  // stays where it is when the channel is moved
  std::unique_ptr<Tls> tls_;        // over socket_; null: plain TCP
};

// What Beast's WebSocket asks of the stream below it.
inline void beast_close_socket(Channel& channel) {
  Error ignored;
  channel.socket().close(ignored);
}
template <class Handler>
void async_teardown(boost::beast::role_type, Channel& channel, Handler handler) {
  channel.hang_up(waiter([call = std::move(handler)](Error error, std::size_t) mutable { std::move(call)(error); }));
}

}  // namespace greenroom::net

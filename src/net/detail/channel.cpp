#include "net/detail/channel.hpp"

#include <boost/asio/ssl/stream.hpp>

namespace greenroom::net {

struct Channel::Tls {
  Tls(Socket& socket, asio::ssl::context& context) : stream(socket, context) {}
  asio::ssl::stream<Socket&> stream;
};

namespace {

constexpr std::size_t drained_at_once = 16 * 1024;

// An operation's completion handler in Asio's eyes.
struct Completion {
  void operator()(Error error, std::size_t bytes = 0) { waiter->done(error, bytes); }
  std::unique_ptr<Waiter> waiter;
};

struct Drain {
  void read() {
    const auto buffer = asio::buffer(*piece);
    socket.async_read_some(buffer, std::move(*this));
  }
  void operator()(Error error, std::size_t) {
    if (!error) return read();
    waiter->done(error == asio::error::eof ? Error() : error, 0);
  }

  Socket& socket;
  std::unique_ptr<Waiter> waiter;
  std::unique_ptr<std::array<char, drained_at_once>> piece = std::make_unique<std::array<char, drained_at_once>>();
};

void drain(Socket& socket, std::unique_ptr<Waiter> waiter) {
  Error ignored;
  socket.shutdown(Socket::shutdown_send, ignored);
  Drain{socket, std::move(waiter)}.read();
}

}  // namespace

Tcp::endpoint to_endpoint(const base::Address& address) {
  if (address.is_v4()) {
    asio::ip::address_v4::bytes_type bytes;
    std::copy(address.ip.begin() + 12, address.ip.end(), bytes.begin());
    return {asio::ip::address_v4(bytes), address.port};
  }
  return {asio::ip::address_v6(address.ip), address.port};
}

Channel::Channel(Socket socket) : socket_(std::make_unique<Socket>(std::move(socket))) {}
Channel::Channel(Socket socket, asio::ssl::context& server)
    : socket_(std::make_unique<Socket>(std::move(socket))), tls_(std::make_unique<Tls>(*socket_, server)) {}
Channel::Channel(Channel&&) noexcept = default;
Channel::~Channel() = default;

void Channel::read(const Pieces<asio::mutable_buffer>& into, std::unique_ptr<Waiter> waiter) {
  if (tls_) return tls_->stream.async_read_some(into, Completion{std::move(waiter)});
  socket_->async_read_some(into, Completion{std::move(waiter)});
}

void Channel::write(const Pieces<asio::const_buffer>& from, std::unique_ptr<Waiter> waiter) {
  if (tls_) return tls_->stream.async_write_some(from, Completion{std::move(waiter)});
  socket_->async_write_some(from, Completion{std::move(waiter)});
}

void Channel::shake_hands(std::unique_ptr<Waiter> waiter) {
  tls_->stream.async_handshake(asio::ssl::stream_base::server, Completion{std::move(waiter)});
}

void Channel::shut_down(std::unique_ptr<Waiter> waiter) { tls_->stream.async_shutdown(Completion{std::move(waiter)}); }

// With TLS, the peer is told that this is the end and no cut (RFC 8446 §6.1).
void Channel::hang_up(std::unique_ptr<Waiter> waiter) {
  if (!tls_) return drain(*socket_, std::move(waiter));
  tls_->stream.async_shutdown([&socket = *socket_, waiter = std::move(waiter)](Error) mutable {
    if (socket.is_open()) return drain(socket, std::move(waiter));
    waiter->done(asio::error::operation_aborted, 0);
  });
}

}  // namespace greenroom::net

// One HTTP/1.1 connection as a coroutine on the loop: head, body, handler, answer, again. Requests that a client
// pipelines wait in the receive buffer: one is answered before the next is read. Owned by its own coroutine.
// Every await has a deadline, except for the pool, which always ends. Its life is in http_connection.cpp, its two
// halves in http_receive.cpp and http_answer.cpp.
#pragma once
#include <boost/beast/core/flat_buffer.hpp>

#include "net/detail/body_framing.hpp"
#include "net/detail/connection.hpp"
#include "net/detail/file.hpp"
#include "net/detail/piece_buffer.hpp"
#include "net/detail/request_head.hpp"

namespace greenroom::net {

inline constexpr std::size_t write_slice = 256 * 1024;  // most bytes of an answer given to the kernel at once
inline constexpr std::size_t file_slice = 128 * 1024;   // held in memory per download
inline constexpr std::size_t read_slice = 64 * 1024;    // of a body taken from the kernel at first; then as much again
inline constexpr std::size_t piece_floor = 8 * 1024;    // a streamed piece is at least this, but for the last

class HttpConnection final : public OpenConnection, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<ServerCore> core, Channel channel, Peer peer);
  ~HttpConnection() override;
  static Task<void> serve(std::shared_ptr<HttpConnection> self);
  void finish_soon() override;
  void cut() override;

 private:
  // One request and what is to become of the connection after it.
  struct Exchange {
    RequestHead head;
    Request request;
    Request about;  // what the answer depends on, kept when the request has gone to the handler
    bool keep = true;
  };
  struct Upload {
    std::shared_ptr<BodySink> sink;
    PieceBuffer piece;
  };
  // An answer's bytes: text or static bytes in memory, or what a file or another source has.
  struct Source {
    base::ByteView memory;
    std::shared_ptr<const ByteSource> file;
    std::uint64_t first = 0;
    std::uint64_t length = 0;
  };
  using Answer = std::optional<Response>;
  struct Reply;

  // Reading
  Task<std::optional<std::size_t>> read_into(boost::asio::mutable_buffer room);
  Task<bool> fill(std::size_t at_most);
  Task<bool> fill_piece(BodyFraming& framing, PieceBuffer& out, std::size_t cap);
  Task<bool> read_over();
  Task<std::optional<RequestHead>> read_head();
  Task<bool> gather(BodyFraming& framing, PieceBuffer& out, std::size_t enough, std::size_t cap);
  void enlarge(PieceBuffer& piece);
  bool more_has_come();
  void take_received(BodyFraming& framing, PieceBuffer& out, std::size_t cap);
  Task<Answer> receive(Exchange& exchange);
  Task<Answer> receive_whole(Exchange& exchange);
  Task<Answer> receive_streamed(Exchange& exchange, std::shared_ptr<Upload> upload);
  Task<Answer> write_piece(std::shared_ptr<Upload> upload, std::size_t bytes);
  Task<Answer> finish_upload(std::shared_ptr<Upload> upload);
  Task<void> abort_upload(std::shared_ptr<Upload> upload);
  Task<void> send_continue(const Exchange& exchange);
  Task<void> send_interim(const Exchange& exchange, std::shared_ptr<Upload> upload);

  // Answering
  std::optional<Exchange> make_exchange(RequestHead head);
  Task<bool> exchange(RequestHead head);
  Task<Answer> ask_handler(Exchange& exchange);
  void watch_peer(std::weak_ptr<Answer> question, Responder::Gone gone);
  bool peer_hung_up();
  Task<bool> answer(Exchange& exchange, Response response);
  Task<bool> refuse(int status, std::string_view reason);
  Response problem(int status, std::string_view detail = {});
  Task<Source> open_source(Exchange& exchange, Response& response);
  Task<void> compress(const Exchange& exchange, Response& response);
  Task<void> compress_text(std::string& text, Response& response);
  Task<void> compress_static(StaticBody& body, Response& response);
  Task<bool> send(std::string head, Source source);
  Task<bool> send_file(Source source);
  Task<bool> write(base::ByteView first, base::ByteView second);
  Task<void> upgrade(Exchange exchange);
  Task<void> run();
  Task<bool> shake_hands();
  Task<void> hang_up();

  // Waiting
  template <class Done>
  Task<bool> wait_for(Done done, base::Duration limit);
  template <class F>
  Task<std::optional<std::invoke_result_t<F>>> on_pool(F work);

  template <class F>
  bool guarded(F call);
  std::string_view received() const;
  Socket& socket() { return channel_->socket(); }
  void set_deadline(base::Duration from_now);
  void watch_deadline();
  void close_socket();
  bool note_timeout(bool failed);
  bool ending() const { return cut_ || core_->closing || core_->draining; }

  std::shared_ptr<ServerCore> core_;
  std::optional<Channel> channel_;  // empty once a WebSocket has taken it
  Peer peer_;
  using Time = std::chrono::steady_clock::time_point;
  SteadyTimer deadline_;  // of reads and writes
  Time deadline_at_ = Time::max();
  Time watching_until_ = Time::max();  // when deadline_ will look next; max: it does not run
  bool expired_ = false;
  SteadyTimer wake_;  // ends a wait early: an answer is there, the pool is done, or the connection is cut
  boost::beast::flat_buffer buffer_;
  std::string raw_head_;  // of an upgrade request
  std::string request_id_;
  bool idle_ = true;        // between two requests
  bool cut_ = false;        // no further waits for a handler
  bool broken_ = false;     // the peer is gone: nothing can be answered
  bool timed_out_ = false;  // the last read or write
  bool linger_ = false;     // the peer may still be sending what we do not read
};

// Handlers throw nothing by contract. One that does costs its own request a 500.
template <class F>
bool HttpConnection::guarded(F call) {
  try {
    call();
    return true;
  } catch (const std::exception& error) {
    core_->log.error("http.exception", {{"what", error.what()}, {"request", request_id_}});
    return false;
  }
}

// Runs work() on the blocking pool. Nothing when the pool stays full, or when work() throws. Not ended by a cut: what
// work() uses must stay where it is until it has returned.
template <class F>
Task<std::optional<std::invoke_result_t<F>>> HttpConnection::on_pool(F work) {
  struct Slot {
    std::optional<std::invoke_result_t<F>> value;
    bool done = false;
  };
  auto slot = std::make_shared<Slot>();
  auto job = [self = shared_from_this(), slot, work = std::move(work)]() mutable {
    try {
      slot->value.emplace(work());
    } catch (const std::exception& error) {
      self->core_->log.error("http.exception", {{"what", error.what()}});
    }
    auto& core = *self->core_;
    core.bring([self = std::move(self), slot = std::move(slot)] {
      slot->done = true;
      self->wake_.cancel();
    });
  };
  const auto deadline = now() + core_->options.body_timeout;
  while (!core_->pool.run(job)) {
    if (cut_ || now() > deadline) co_return std::nullopt;
    wake_.expires_after(std::chrono::milliseconds(5));
    co_await wake_.async_wait(awaited);
  }
  wake_.expires_at(std::chrono::steady_clock::time_point::max());
  while (!slot->done) co_await wake_.async_wait(awaited);
  co_return std::move(slot->value);
}

}  // namespace greenroom::net

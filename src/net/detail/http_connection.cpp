// Compiled once for all streams: HttpConnection's members are in the two headers below.
#include "net/detail/http_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/detail/http_answer.hpp"
#include "net/detail/http_receive.hpp"

namespace greenroom::net {

template <class Stream>
HttpConnection<Stream>::HttpConnection(std::shared_ptr<ServerCore> core, Stream stream, Peer peer)
    : core_(std::move(core)), stream_(std::move(stream)), peer_(std::move(peer)), wake_(core_->io.get_executor()) {}

template <class Stream>
HttpConnection<Stream>::~HttpConnection() {
  if (stream_) core_->forget(peer_.id);
}

template <class Stream>
Task<void> HttpConnection<Stream>::serve(std::shared_ptr<HttpConnection> self) {
  co_await self->run();
}

template <class Stream>
Task<void> HttpConnection<Stream>::run() {
  while (!cut_) {
    idle_ = true;
    auto head = co_await read_head();
    idle_ = false;
    if (!head) break;
    const bool keep = co_await exchange(std::move(*head));
    if (!keep) break;
  }
  if (stream_ && !cut_) co_await hang_up();
}

template <class Stream>
void HttpConnection<Stream>::finish_soon() {
  if (idle_ && buffer_.size() == 0) cut();
}

template <class Stream>
void HttpConnection<Stream>::cut() {
  cut_ = true;
  broken_ = true;
  if (stream_) boost::beast::get_lowest_layer(*stream_).close();
  wake_.cancel();
}

// A socket closed with unread bytes sends a reset, which may overtake the answer that says why (RFC 9112 §9.6): so the
// sending side is closed first and what still comes is read for a moment.
template <class Stream>
Task<void> HttpConnection<Stream>::hang_up() {
  auto& lowest = boost::beast::get_lowest_layer(*stream_);
  boost::system::error_code ignored;
  lowest.socket().shutdown(Socket::shutdown_send, ignored);
  if (linger_ && !broken_) {
    set_deadline(core_->options.linger);
    while (co_await fill(core_->options.piece_size)) buffer_.clear();
  }
  lowest.close();
}

// Waits on the loop until done() or the limit; a cut ends it too. What makes done() true cancels wake_.
template <class Stream>
template <class Done>
Task<bool> HttpConnection<Stream>::wait_for(Done done, base::Duration limit) {
  wake_.expires_after(limit);
  while (!done()) {
    if (cut_) co_return false;
    auto [error] = co_await wake_.async_wait(awaited);
    if (!error && !done()) co_return false;
  }
  co_return true;
}

// Runs work() on the blocking pool. Nothing when the pool stays full, or when work() throws. Not ended by a cut: what
// work() uses must stay where it is until it has returned.
template <class Stream>
template <class F>
Task<std::optional<std::invoke_result_t<F>>> HttpConnection<Stream>::on_pool(F work) {
  struct Slot {
    std::optional<std::invoke_result_t<F>> value;
    bool done = false;
  };
  auto slot = std::make_shared<Slot>();
  auto job = [self = this->shared_from_this(), slot, work = std::move(work)]() mutable {
    try {
      slot->value.emplace(work());
    } catch (const std::exception& error) {
      self->core_->log.error("http.exception", {{"what", error.what()}});
    }
    auto& io = self->core_->io;
    asio::post(io, [self = std::move(self), slot = std::move(slot)] {
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

void start_http_connection(std::shared_ptr<ServerCore> core, Socket socket, Peer peer) {
  auto executor = core->io.get_executor();
  const auto id = peer.id;
  auto connection =
      std::make_shared<HttpConnection<PlainStream>>(core, PlainStream(std::move(socket)), std::move(peer));
  core->hold(id, connection);
  asio::co_spawn(executor, HttpConnection<PlainStream>::serve(std::move(connection)), asio::detached);
}

template class HttpConnection<PlainStream>;

}  // namespace greenroom::net

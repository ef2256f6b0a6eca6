// Compiled once for all streams: HttpConnection's members are in the two headers below.
#include "net/detail/http_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/detail/http_answer.hpp"
#include "net/detail/http_receive.hpp"
#include "net/detail/tls_state.hpp"

namespace greenroom::net {

template <class Stream>
HttpConnection<Stream>::HttpConnection(std::shared_ptr<ServerCore> core, Stream stream, Peer peer)
    : core_(std::move(core)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      deadline_(core_->io.get_executor()),
      wake_(core_->io.get_executor()) {}

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
  if (!co_await shake_hands()) co_return close_socket();
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
Task<bool> HttpConnection<Stream>::shake_hands() {
  if constexpr (is_tls) {
    set_deadline(core_->options.handshake_timeout);
    auto [error] = co_await stream_->async_handshake(TlsStream::server, awaited);
    if (error && !cut_) ++core_->counters.malformed;
    co_return note_timeout(bool(error));
  }
  co_return true;
}

template <class Stream>
void HttpConnection<Stream>::finish_soon() {
  if (idle_ && buffer_.size() == 0) cut();
}

template <class Stream>
void HttpConnection<Stream>::cut() {
  cut_ = true;
  broken_ = true;
  close_socket();
  wake_.cancel();
}

// A socket closed with unread bytes sends a reset, which may overtake the answer that says why (RFC 9112 §9.6): so the
// sending side is closed first and what still comes is read for a moment.
template <class Stream>
Task<void> HttpConnection<Stream>::hang_up() {
  boost::system::error_code ignored;
  if constexpr (is_tls) {  // the peer is told that this is the end and no cut (RFC 8446 §6.1)
    set_deadline(core_->options.linger);
    if (!broken_) co_await stream_->async_shutdown(awaited);
  }
  socket().shutdown(Socket::shutdown_send, ignored);
  if (linger_ && !broken_) {
    set_deadline(core_->options.linger);
    while (co_await read_over()) buffer_.clear();
  }
  close_socket();
}

template <class Stream>
void HttpConnection<Stream>::close_socket() {
  boost::system::error_code ignored;
  if (stream_) socket().close(ignored);
}

// A deadline is set for every read and write and seldom comes, so the timer is not moved each time: it looks now and
// then whether the deadline of the moment has passed.
template <class Stream>
void HttpConnection<Stream>::set_deadline(base::Duration from_now) {
  expired_ = false;
  deadline_at_ = std::chrono::steady_clock::now() + from_now;
  if (deadline_at_ < watching_until_) watch_deadline();
}

template <class Stream>
void HttpConnection<Stream>::watch_deadline() {
  watching_until_ = deadline_at_;
  deadline_.expires_at(deadline_at_);
  deadline_.async_wait([weak = this->weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self || !self->stream_) return;
    self->watching_until_ = Time::max();
    if (std::chrono::steady_clock::now() < self->deadline_at_) return self->watch_deadline();
    self->expired_ = true;
    self->socket().cancel(error);
  });
}

// Handlers throw nothing by contract. One that does costs its own request a 500.
template <class Stream>
template <class F>
bool HttpConnection<Stream>::guarded(F call) {
  try {
    call();
    return true;
  } catch (const std::exception& error) {
    core_->log.error("http.exception", {{"what", error.what()}, {"request", request_id_}});
    return false;
  }
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

namespace {

template <class Stream>
void start(std::shared_ptr<ServerCore> core, Stream stream, Peer peer) {
  auto executor = core->io.get_executor();
  const auto id = peer.id;
  auto connection = std::make_shared<HttpConnection<Stream>>(core, std::move(stream), std::move(peer));
  core->hold(id, connection);
  asio::co_spawn(executor, HttpConnection<Stream>::serve(std::move(connection)), asio::detached);
}

}  // namespace

void start_http_connection(std::shared_ptr<ServerCore> core, Socket socket, Peer peer) {
  if (!core->options.tls) return start<PlainStream>(std::move(core), std::move(socket), std::move(peer));
  const auto context = core->options.tls->state().context();  // OpenSSL counts who uses it
  start<TlsStream>(std::move(core), TlsStream(std::move(socket), *context), std::move(peer));
}

template class HttpConnection<PlainStream>;
template class HttpConnection<TlsStream>;

}  // namespace greenroom::net

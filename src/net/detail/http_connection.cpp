#include "net/detail/http_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/detail/tls_state.hpp"

namespace greenroom::net {

HttpConnection::HttpConnection(std::shared_ptr<ServerCore> core, Channel channel, Peer peer)
    : core_(std::move(core)),
      channel_(std::move(channel)),
      peer_(std::move(peer)),
      deadline_(core_->io.get_executor()),
      wake_(core_->io.get_executor()) {}

HttpConnection::~HttpConnection() {
  if (channel_) core_->forget(peer_.id);
}

Task<void> HttpConnection::serve(std::shared_ptr<HttpConnection> self) { co_await self->run(); }

Task<void> HttpConnection::run() {
  if (!co_await shake_hands()) co_return close_socket();
  while (!cut_) {
    idle_ = true;
    auto head = co_await read_head();
    idle_ = false;
    if (!head) break;
    const bool keep = co_await exchange(std::move(*head));
    if (!keep) break;
  }
  if (channel_ && !cut_) co_await hang_up();
}

Task<bool> HttpConnection::shake_hands() {
  if (!channel_->is_tls()) co_return true;
  set_deadline(core_->options.handshake_timeout);
  auto [error, bytes] = co_await channel_->async_handshake(awaited);
  if (error && !cut_) ++core_->counters.malformed;
  co_return note_timeout(bool(error));
}

void HttpConnection::finish_soon() {
  if (idle_ && buffer_.size() == 0) cut();
}

void HttpConnection::cut() {
  cut_ = true;
  broken_ = true;
  close_socket();
  wake_.cancel();
}

// A socket closed with unread bytes sends a reset, which may overtake the answer that says why (RFC 9112 §9.6): so the
// sending side is closed first and what still comes is read for a moment.
Task<void> HttpConnection::hang_up() {
  boost::system::error_code ignored;
  if (channel_->is_tls()) {  // the peer is told that this is the end and no cut (RFC 8446 §6.1)
    set_deadline(core_->options.linger);
    if (!broken_) co_await channel_->async_shutdown(awaited);
  }
  socket().shutdown(Socket::shutdown_send, ignored);
  if (linger_ && !broken_) {
    set_deadline(core_->options.linger);
    while (co_await read_over()) buffer_.clear();
  }
  close_socket();
}

void HttpConnection::close_socket() {
  boost::system::error_code ignored;
  if (channel_) socket().close(ignored);
}

// A deadline is set for every read and write and seldom comes, so the timer is not moved each time: it looks now and
// then whether the deadline of the moment has passed.
void HttpConnection::set_deadline(base::Duration from_now) {
  expired_ = false;
  deadline_at_ = std::chrono::steady_clock::now() + from_now;
  if (deadline_at_ < watching_until_) watch_deadline();
}

void HttpConnection::watch_deadline() {
  watching_until_ = deadline_at_;
  deadline_.expires_at(deadline_at_);
  deadline_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (error || !self || !self->channel_) return;
    self->watching_until_ = Time::max();
    if (std::chrono::steady_clock::now() < self->deadline_at_) return self->watch_deadline();
    self->expired_ = true;
    self->socket().cancel(error);
  });
}

void start_http_connection(std::shared_ptr<ServerCore> core, Socket socket, Peer peer) {
  const auto id = peer.id;
  const auto& tls = core->options.tls;
  auto channel = tls ? Channel(std::move(socket), *tls->state().context())
                     : Channel(std::move(socket));  // OpenSSL counts who uses a context
  auto connection = std::make_shared<HttpConnection>(core, std::move(channel), std::move(peer));
  core->hold(id, connection);
  asio::co_spawn(core->io.get_executor(), HttpConnection::serve(std::move(connection)), asio::detached);
}

}  // namespace greenroom::net

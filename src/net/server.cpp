#include "net/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <random>

#include "net/detail/connection.hpp"
#include "net/detail/response_head.hpp"

namespace greenroom::net {

namespace {

using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
constexpr auto accept_pause = std::chrono::milliseconds(100);  // when the process is out of descriptors

constexpr std::string_view busy_answer =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

std::string remote_text(const Socket& socket) {
  boost::system::error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

bool is_own_machine(std::string_view remote) { return remote == "::1" || remote.starts_with("127."); }

void turn_away(ServerCore& core, Socket socket) {
  ++core.counters.refused;
  boost::system::error_code error;
  socket.non_blocking(true, error);
  if (!core.options.tls) socket.write_some(asio::buffer(busy_answer), error);
  socket.shutdown(Socket::shutdown_send, error);
}

void take_in(const std::shared_ptr<ServerCore>& core, Socket socket) {
  ++core->counters.accepted;
  if (core->open.size() >= core->options.connection_limit) return turn_away(*core, std::move(socket));
  boost::system::error_code error;
  socket.set_option(Tcp::no_delay(true), error);
  socket.set_option(Socket::keep_alive(true), error);
  auto remote = remote_text(socket);
  const auto id = ++core->last_id;
  if (!core->count_in(id, remote)) return turn_away(*core, std::move(socket));
  start_http_connection(core, std::move(socket), Peer{id, std::move(remote)});
}

Task<void> accept_until_closed(std::shared_ptr<ServerCore> core, std::shared_ptr<Acceptor> acceptor) {
  SteadyTimer pause(core->io.get_executor());
  while (acceptor->is_open()) {
    auto [error, socket] = co_await acceptor->async_accept(awaited);
    if (!acceptor->is_open()) co_return;
    if (!error) {
      take_in(core, std::move(socket));
      continue;
    }
    core->log.warning("http.accept_failed", {{"error", error.message()}});
    pause.expires_after(accept_pause);
    co_await pause.async_wait(awaited);
  }
}

base::Result<std::shared_ptr<Acceptor>> open_acceptor(asio::io_context& io, const base::Address& address) {
  auto acceptor = std::make_shared<Acceptor>(io.get_executor());
  const auto endpoint = to_endpoint(address);
  boost::system::error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(Acceptor::reuse_address(true), error);
  if (!error && !address.is_v4()) acceptor->set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(Acceptor::max_listen_connections, error);
  if (error) return base::fail(cannot_listen, "cannot listen on " + base::to_string(address), error.message());
  return acceptor;
}

}  // namespace

ServerCore::Core(Loop& on, BlockingPool& blocking, ServerOptions with, HttpHandler to, base::LogSink& lines)
    : loop(on),
      io(on.impl().io),
      pool(blocking),
      options(with),
      handler(std::move(to)),
      log(lines),
      large_pieces(options.large_pieces),
      request_prefix(std::random_device{}()) {}

void ServerCore::hold(ConnectionId id, std::weak_ptr<OpenConnection> connection) {
  open[id] = std::move(connection);
  counters.connections = open.size();
}

bool ServerCore::count_in(ConnectionId id, const std::string& remote) {
  const auto limit = options.connections_per_address;
  if (limit == 0 || (!options.count_own_machine && is_own_machine(remote))) return true;
  if (is_trusted_proxy(remote, options.trusted_proxies)) return true;
  auto& count = per_address[remote];  // at most connection_limit of them
  if (count >= limit) return false;
  ++count;
  address_of.emplace(id, remote);
  return true;
}

void ServerCore::forget(ConnectionId id) {
  open.erase(id);
  if (const auto counted = address_of.extract(id)) {
    const auto found = per_address.find(counted.mapped());
    if (--found->second == 0) per_address.erase(found);
  }
  counters.connections = open.size();
  if (!open.empty() || !on_closed) return;
  deadline_timer.cancel();
  loop.post(std::exchange(on_closed, nullptr));
}

// A connection that ends takes itself off the map, so the map is not walked while they are told.
void ServerCore::cut_all() {
  auto all = open;
  for (auto& [id, connection] : all) {
    if (auto alive = connection.lock()) alive->cut();
  }
}

void ServerCore::close(base::Duration deadline, std::function<void()> closed) {
  closing = true;
  for (auto& acceptor : acceptors) acceptor->close();
  acceptors.clear();
  if (open.empty()) return loop.post(std::move(closed));
  on_closed = std::move(closed);
  deadline_timer = loop.after(deadline, [this] { cut_all(); });
  auto all = open;
  for (auto& [id, connection] : all) {
    if (auto alive = connection.lock()) alive->finish_soon();
  }
}

void ServerCore::bring(std::function<void()> finished) {
  if (io.get_executor().running_in_this_thread()) return finished();
  std::shared_ptr<Brought> fresh;
  {
    std::lock_guard guard(brought_lock);
    auto waiting = brought.lock();
    if (!waiting) brought = waiting = fresh = std::make_shared<Brought>();
    waiting->push_back(std::move(finished));
  }
  if (!fresh) return;
  asio::post(io, [self = shared_from_this(), all = std::move(fresh)] {
    {
      std::lock_guard guard(self->brought_lock);
      self->brought.reset();
    }
    for (auto& one : *all) one();
  });
}

std::string ServerCore::make_request_id() { return fmt::format("{:08x}-{:x}", request_prefix, ++request_count); }

// Formatting a date costs more than the rest of a small answer's head, and it changes once a second.
std::string_view ServerCore::date() {
  const auto now = wall_now();
  const auto second = base::to_micros(now) / 1'000'000;
  if (std::exchange(date_second, second) != second) date_text = http_date(now);
  return date_text;
}

HttpServer::HttpServer(Loop& loop, BlockingPool& pool, ServerOptions options, HttpHandler handler, base::LogSink& log)
    : core_(std::make_shared<Core>(loop, pool, options, std::move(handler), log)) {}

HttpServer::~HttpServer() {
  core_->dead = true;
  core_->closing = true;
  core_->on_closed = nullptr;
  core_->deadline_timer.cancel();
  boost::system::error_code ignored;
  for (auto& acceptor : core_->acceptors) acceptor->close(ignored);
  core_->acceptors.clear();
  core_->cut_all();
}

base::Result<std::uint16_t> HttpServer::listen(const base::Address& address) {
  GREENROOM_TRY(auto acceptor, open_acceptor(core_->io, address));
  const auto port = acceptor->local_endpoint().port();
  asio::dispatch(core_->io, [core = core_, acceptor] {
    if (core->closing) return;
    core->acceptors.push_back(acceptor);
    asio::co_spawn(core->io.get_executor(), accept_until_closed(core, acceptor), asio::detached);
  });
  return port;
}

void HttpServer::drain() {
  asio::dispatch(core_->io, [core = core_] { core->draining = true; });
}

void HttpServer::close(base::Duration deadline, std::function<void()> closed) {
  asio::dispatch(core_->io, [core = core_, deadline, closed = std::move(closed)]() mutable {
    if (!core->dead) core->close(deadline, std::move(closed));
  });
}

ServerStats HttpServer::stats() const {
  const auto& c = core_->counters;
  return {c.connections, c.web_sockets, c.accepted, c.refused,  c.requests,
          c.malformed,   c.timed_out,   c.bytes_in, c.bytes_out};
}

}  // namespace greenroom::net

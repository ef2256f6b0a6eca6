#include "net/tcp_media.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "net/detail/tcp_media_state.hpp"

namespace greenroom::net {

namespace {

constexpr int accept_batch = 64;  // connections a drain()
constexpr int event_batch = 64;
constexpr std::size_t read_size = 64 * 1024;   // of one connection a drain()
constexpr std::size_t queue_kept = 64 * 1024;  // capacity that an empty queue may keep
// What lies in the kernel can no longer be dropped in favour of something newer: little of it.
constexpr int kernel_unsent = 32 * 1024;
constexpr base::Duration look_interval = std::chrono::seconds(1);
constexpr std::size_t v6_network_bytes = 8;  // a /64 is one household

base::Address network_of(base::Address address) {
  address.port = 0;
  if (!address.is_v4()) std::fill(address.ip.begin() + v6_network_bytes, address.ip.end(), std::uint8_t(0));
  return address;
}

void listen_to(int epoll, int fd, void* whose, std::uint32_t events, int operation = EPOLL_CTL_ADD) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = whose;
  ::epoll_ctl(epoll, operation, fd, &event);
}

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

TcpMedia::State::State(int listening, int polling, TcpMediaOptions given)
    : listener(listening), epoll(polling), spare(open_spare()), options(given), buffer(read_size) {
  listen_to(epoll, listener, nullptr, EPOLLIN);
}

TcpMedia::State::~State() {
  for (const auto& [from, connection] : connections) ::close(connection->fd);
  if (spare >= 0) ::close(spare);
  ::close(epoll);
  ::close(listener);
}

// ---- connections come

bool TcpMedia::State::has_room_for(const base::Address& from) const {
  const auto known = of_address.find(network_of(from));
  return connections.size() < options.connections &&
         (known == of_address.end() || known->second < options.connections_per_address);
}

void TcpMedia::State::accept_some(base::Instant now, const Closed& closed) {
  for (int i = 0; i < accept_batch; ++i) {
    SocketAddress at;
    socklen_t length = sizeof at;
    const int fd = ::accept4(listener, &at.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE)) refuse_for_want_of_files();
    if (fd < 0) return;
    auto from = from_socket_address(at);
    from.protocol = base::Protocol::tcp;
    if (has_room_for(from)) {
      add(fd, from, now, closed);
    } else {
      ++stats.refused;
      ::close(fd);
    }
  }
}

void TcpMedia::State::refuse_for_want_of_files() {
  ++stats.refused;
  ::close(spare);
  if (const int fd = ::accept(listener, nullptr, nullptr); fd >= 0) ::close(fd);
  spare = open_spare();
}

void TcpMedia::State::add(int fd, const base::Address& from, base::Instant now, const Closed& closed) {
  if (const auto before = connections.find(from); before != connections.end()) close(*before->second, closed);
  if (unproven.size() >= options.unproven) {
    ++stats.cut;
    close(*unproven.front(), closed);
  }
  ++stats.accepted;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kernel_unsent, sizeof kernel_unsent);
  auto connection = std::make_unique<Connection>();
  connection->fd = fd;
  connection->from = from;
  connection->opened = connection->heard = now;
  connection->place = unproven.insert(unproven.end(), connection.get());
  listen_to(epoll, fd, connection.get(), EPOLLIN);
  ++of_address[network_of(from)];
  connections.emplace(from, std::move(connection));
}

void TcpMedia::State::prove(Connection& connection) {
  if (connection.proven) return;
  connection.proven = true;
  unproven.erase(connection.place);
}

// ---- and go

void TcpMedia::State::close(Connection& connection, const Closed& closed) {
  if (connection.dead) return;
  connection.dead = true;
  if (!connection.proven) unproven.erase(connection.place);
  ::close(connection.fd);  // epoll forgets it by itself
  if (const auto count = of_address.find(network_of(connection.from)); --count->second == 0) of_address.erase(count);
  const auto found = connections.find(connection.from);
  closed_now.push_back(std::move(found->second));
  connections.erase(found);
  closed(connection.from);
}

void TcpMedia::State::cut_overdue(base::Instant now, const Closed& closed) {
  if (now < next_look) return;
  next_look = now + look_interval;
  std::vector<Connection*> overdue;
  for (const auto& [from, c] : connections) {
    const bool late = !c->proven && now - c->opened >= options.prove_within;
    if (late || now - c->heard >= options.idle) overdue.push_back(c.get());
  }
  for (auto* connection : overdue) close(*connection, closed);
  stats.cut += overdue.size();
}

// ---- reading

// False: it is over.
bool TcpMedia::State::read(Connection& connection, base::Instant now, const Datagram& datagram) {
  const auto got = ::recv(connection.fd, buffer.data(), buffer.size(), 0);
  if (got == 0) return false;
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  connection.heard = now;
  const auto whole = [&](base::ByteSpan frame) {
    ++stats.received;
    datagram(connection.from, frame);
  };
  const bool framed = connection.reader.read(base::ByteSpan(buffer).first(std::size_t(got)), whole);
  if (!framed) ++stats.cut;
  return framed;
}

void TcpMedia::State::serve(Connection& connection, const epoll_event& event, base::Instant now,
                            const Datagram& datagram, const Closed& closed) {
  if (connection.dead) return;
  if (event.events & EPOLLOUT) write(connection);
  if ((event.events & ~std::uint32_t(EPOLLOUT)) && !read(connection, now, datagram)) close(connection, closed);
}

void TcpMedia::State::drain(base::Instant now, const Datagram& datagram, const Closed& closed) {
  std::array<epoll_event, event_batch> events;
  const int ready = ::epoll_wait(epoll, events.data(), event_batch, 0);
  for (int i = 0; i < ready; ++i) {
    if (auto* connection = static_cast<Connection*>(events[std::size_t(i)].data.ptr)) {
      serve(*connection, events[std::size_t(i)], now, datagram, closed);
    } else {
      accept_some(now, closed);
    }
  }
  cut_overdue(now, closed);
  closed_now.clear();
}

// ---- writing

void TcpMedia::State::send(const base::Address& to, base::ByteView datagram) {
  const auto found = connections.find(to);
  if (found == connections.end() || datagram.empty() || datagram.size() > wire::FrameReader::frame_limit) {
    return void(++stats.dropped);
  }
  auto& connection = *found->second;
  prove(connection);
  const auto limit = datagram.size() > large_datagram ? large_limit : queue_limit;
  if (connection.out.size() - connection.written + wire::FrameReader::length_size + datagram.size() > limit) {
    return void(++stats.dropped);
  }
  ++stats.sent;
  const std::array<std::uint8_t, 2> length{std::uint8_t(datagram.size() >> 8), std::uint8_t(datagram.size())};
  connection.out.insert(connection.out.end(), length.begin(), length.end());
  connection.out.insert(connection.out.end(), datagram.begin(), datagram.end());
  if (!std::exchange(connection.dirty, true)) dirty.push_back(to);
}

void TcpMedia::State::flush() {
  for (const auto& to : dirty) {
    if (const auto found = connections.find(to); found != connections.end()) {
      found->second->dirty = false;
      if (!found->second->waits_to_write) write(*found->second);
    }
  }
  dirty.clear();
}

// An error is no news here: epoll tells it to the next drain().
void TcpMedia::State::write(Connection& connection) {
  auto& out = connection.out;
  while (connection.written < out.size()) {
    const auto n = ::send(connection.fd, out.data() + connection.written, out.size() - connection.written,
                          MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    connection.written += std::size_t(n);
    stats.bytes_out += std::uint64_t(n);
  }
  const bool all = connection.written == out.size();
  out.erase(out.begin(), out.begin() + std::ptrdiff_t(connection.written));
  connection.written = 0;
  if (all && out.capacity() > queue_kept) base::Bytes().swap(out);
  await_writing(connection, !all);
}

void TcpMedia::State::await_writing(Connection& connection, bool wait) {
  if (std::exchange(connection.waits_to_write, wait) == wait) return;
  listen_to(epoll, connection.fd, &connection, wait ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

// ---- the face

TcpMedia::TcpMedia(std::unique_ptr<State> state) : state_(std::move(state)) {}
TcpMedia::TcpMedia(TcpMedia&&) noexcept = default;
TcpMedia& TcpMedia::operator=(TcpMedia&&) noexcept = default;
TcpMedia::~TcpMedia() = default;

base::Result<TcpMedia> TcpMedia::open(const base::Address& address, TcpMediaOptions options) {
  const auto failed = [&](const char* what) {
    return base::fail(tcp_media_open_failed, "cannot open TCP " + base::to_string(address) + ": " + what,
                      std::strerror(errno));
  };
  const int family = address.is_v4() ? AF_INET : AF_INET6;
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed("socket");
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return ::close(fd), failed("epoll");
  auto state = std::make_unique<State>(fd, epoll, options);
  const int on = 1, off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // connections of a server before us may linger
  if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  SocketAddress at;
  auto length = to_socket_address(address, family, at);
  if (::bind(fd, &at.any, length) != 0) return failed("bind");
  if (::listen(fd, SOMAXCONN) != 0) return failed("listen");
  length = sizeof at;
  if (::getsockname(fd, &at.any, &length) != 0) return failed("getsockname");
  state->local = from_socket_address(at);
  state->local.protocol = base::Protocol::tcp;
  return TcpMedia(std::move(state));
}

base::Address TcpMedia::local() const { return state_->local; }
int TcpMedia::fd() const { return state_->epoll; }
const TcpMediaStats& TcpMedia::stats() const { return state_->stats; }
std::size_t TcpMedia::connections() const { return state_->connections.size(); }
void TcpMedia::drain(base::Instant now, const Datagram& datagram, const Closed& closed) {
  state_->drain(now, datagram, closed);
}
base::Instant TcpMedia::next_deadline() const {
  return state_->connections.empty() ? base::Instant::max() : state_->next_look;
}
void TcpMedia::send(const base::Address& to, base::ByteView datagram) { state_->send(to, datagram); }
void TcpMedia::flush() { state_->flush(); }

}  // namespace greenroom::net

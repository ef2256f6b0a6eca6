#include "net/udp.hpp"

#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/clock.hpp"
#include "net/detail/udp_address.hpp"
#include "net/detail/udp_receiver.hpp"
#include "net/detail/udp_sender.hpp"
#include "net/detail/unhurried_socket.hpp"

namespace greenroom::net {

namespace {

constexpr std::size_t message_limit = 64 * 1024;  // what UDP_GRO joins at most
constexpr std::size_t drain_calls = 8;            // whatever they bring

base::Status failed(std::string_view what, const base::Address& address) {
  return base::fail(udp_open_failed, "cannot open UDP " + base::to_string(address) + ": " + std::string(what),
                    std::strerror(errno));
}

int family_of(const base::Address& address) { return address.is_v4() ? AF_INET : AF_INET6; }

void share_port(int fd, bool shared) {
  const int on = shared;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
}

// Beyond the system's limit where we may (CAP_NET_ADMIN), up to it otherwise.
void ask_for_buffer(int fd, int forced, int asked, std::size_t bytes) {
  const int size = int(bytes);
  if (::setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) != 0)
    ::setsockopt(fd, SOL_SOCKET, asked, &size, sizeof size);
}

// Bound to the address; `shared`: beside another of ours.
base::Result<int> open_socket(const base::Address& address, const UdpOptions& options, bool shared) {
  const int family = family_of(address), off = 0;
  const int fd = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return tl::unexpected(failed("socket", address).error());
  ask_for_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, options.receive_buffer);
  if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (shared) share_port(fd, true);
  SocketAddress at;
  const auto length = to_socket_address(address, family, at);
  if (::bind(fd, &at.any, length) == 0) return fd;
  auto error = failed("bind", address).error();
  ::close(fd);
  return tl::unexpected(std::move(error));
}

// The first socket was bound alone, so a port that somebody else has is still refused. Nothing where the kernel does
// not go along: then all datagrams come over that one.
std::unique_ptr<UnhurriedSocket> open_beside(int first, const base::Address& local, const UdpOptions& options,
                                             UdpStats& stats) {
  share_port(first, true);
  if (const auto fd = open_socket(local, options, true)) {
    auto second = std::make_unique<UnhurriedSocket>(*fd, options.unhurried->step, stats);
    if (UnhurriedSocket::choose_second(first, *options.unhurried)) return second;
  }
  share_port(first, false);
  return nullptr;
}

}  // namespace

struct UdpPort::State {
  State(int socket, int family, bool segmentation)
      : fd(socket), receiver(fd, message_limit, drain_calls, stats), sender(fd, family, segmentation, stats) {}
  ~State() { ::close(fd); }

  const int fd;
  base::Address local;
  UdpStats stats;
  UdpReceiver receiver;
  UdpSender sender;
  std::unique_ptr<UnhurriedSocket> unhurried;  // none: nothing can wait, or the kernel cannot choose
};

UdpPort::UdpPort(std::unique_ptr<State> state) : state_(std::move(state)) {}
UdpPort::UdpPort(UdpPort&&) noexcept = default;
UdpPort& UdpPort::operator=(UdpPort&&) noexcept = default;
UdpPort::~UdpPort() = default;

base::Result<UdpPort> UdpPort::open(const base::Address& address, UdpOptions options) {
  GREENROOM_TRY(const int fd, open_socket(address, options, false));
  auto state = std::make_unique<State>(fd, family_of(address), options.segmentation);
  ask_for_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, options.send_buffer);
  const int on = 1;
  ::setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);  // an old kernel does without
  SocketAddress at;
  socklen_t length = sizeof at;
  if (::getsockname(fd, &at.any, &length) != 0) return tl::unexpected(failed("getsockname", address).error());
  state->local = from_socket_address(at);
  if (options.unhurried) state->unhurried = open_beside(fd, state->local, options, state->stats);
  return UdpPort(std::move(state));
}

base::Address UdpPort::local() const { return state_->local; }
int UdpPort::fd() const { return state_->fd; }
const UdpStats& UdpPort::stats() const { return state_->stats; }

std::size_t UdpPort::drain_batches(Take take, void* context) {
  const auto count = state_->receiver.drain(take, context).count;
  return state_->unhurried ? count + state_->unhurried->drain(take, context, now()) : count;
}

void UdpPort::send(const base::Address& to, base::ByteView datagram) { state_->sender.send(to, datagram); }
void UdpPort::send_run(const base::Address& to, base::ByteView bytes, std::size_t segment) {
  state_->sender.send_run(to, bytes, segment);
}
void UdpPort::flush() { state_->sender.flush(); }

Wakeup UdpPort::wait(base::Instant deadline, Wake& wake, int other) {
  auto* const unhurried = state_->unhurried.get();
  // poll passes negative ones over
  std::array<pollfd, 4> ready = {pollfd{state_->fd, POLLIN, 0}, pollfd{wake.fd(), POLLIN, 0}, pollfd{other, POLLIN, 0},
                                 pollfd{unhurried ? unhurried->awaited() : -1, POLLIN, 0}};
  if (unhurried) deadline = std::min(deadline, unhurried->deadline());
  const auto left = std::max(base::Duration(0), std::min<base::Duration>(deadline - now(), std::chrono::hours(1)));
  const timespec timeout = {left.count() / 1'000'000, (left.count() % 1'000'000) * 1000};
  if (::ppoll(ready.data(), ready.size(), &timeout, nullptr) <= 0) return {};
  if (ready[3].revents != 0) unhurried->set_readable();
  const Wakeup out{(ready[0].revents | ready[3].revents) != 0, ready[1].revents != 0, ready[2].revents != 0};
  if (out.woken) wake.clear();
  return out;
}

}  // namespace greenroom::net

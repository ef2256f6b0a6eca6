#include "net/udp_swarm.hpp"

#include <linux/net_tstamp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "net/clock.hpp"
#include "net/detail/udp_address.hpp"
#include "net/udp.hpp"

namespace greenroom::net {
namespace {
constexpr std::size_t swarm_receive_batch = 8;  // messages of one call, each of up to 64 coalesced datagrams
constexpr std::size_t message_size = 65'536;    // as long as the kernel coalesces
constexpr std::size_t swarm_send_batch = 32;
constexpr int batches_max = 64;  // of one socket before the next gets its turn
constexpr std::size_t control_size = 128;

base::Error failed(const char* call) { return {udp_open_failed, "a UDP socket could not be opened", call}; }

template <class T>
T control_value(const cmsghdr* control) {
  T value;
  std::memcpy(&value, CMSG_DATA(control), sizeof value);
  return value;
}

// What the kernel said beside the bytes.
struct Ancillary {
  std::size_t segment = 0;
  std::optional<base::WallTime> stamp;
  std::optional<std::uint32_t> overflow;
};

Ancillary read_ancillary(msghdr& header) {
  Ancillary out;
  for (auto* control = CMSG_FIRSTHDR(&header); control; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_GRO) {
      out.segment = std::size_t(control_value<int>(control));
    } else if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
      const auto at = control_value<timespec>(control);
      out.stamp = base::wall_from_micros(std::int64_t(at.tv_sec) * 1'000'000 + at.tv_nsec / 1000);
    } else if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_RXQ_OVFL) {
      out.overflow = control_value<std::uint32_t>(control);
    }
  }
  return out;
}
}  // namespace

struct UdpSwarm::State {
  State(UdpSwarmOptions chosen, Receive give) : options(chosen), receive(std::move(give)) {}
  ~State() {
    for (const auto& socket : sockets)
      if (socket.fd >= 0) ::close(socket.fd);
  }

  struct Moment {  // on both clocks
    base::Instant now;
    base::WallTime wall;
  };
  void read_all();
  bool read_batch(Member member);
  void give(Member member, msghdr& header, std::size_t size, const Moment& at);
  base::Status prepare(int fd, const base::Address& remote, bool stamped) const;

  const UdpSwarmOptions options;
  const Receive receive;
  std::vector<pollfd> sockets;           // by member; -1: free
  std::vector<std::uint32_t> overflows;  // by member, as the kernel counts them
  std::vector<Member> free;
  UdpSwarmStats stats;

  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(swarm_receive_batch * message_size);
  std::array<mmsghdr, swarm_receive_batch> headers{};
  std::array<iovec, swarm_receive_batch> slices{};
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, control_size> bytes;
  };
  std::array<Control, swarm_receive_batch> controls{};
};

void UdpSwarm::State::read_all() {
  if (::poll(sockets.data(), sockets.size(), 0) <= 0) return;
  for (Member member = 0; member < sockets.size(); ++member) {
    if (sockets[member].revents == 0) continue;
    for (int i = 0; i < batches_max && read_batch(member); ++i) continue;
  }
}

// Whether there may be more.
bool UdpSwarm::State::read_batch(Member member) {
  const int fd = sockets[member].fd;
  if (fd < 0) return false;
  for (std::size_t i = 0; i < swarm_receive_batch; ++i) {
    slices[i] = {bytes.data() + i * message_size, message_size};
    headers[i].msg_hdr = {};
    headers[i].msg_hdr.msg_iov = &slices[i];
    headers[i].msg_hdr.msg_iovlen = 1;
    headers[i].msg_hdr.msg_control = controls[i].bytes.data();
    headers[i].msg_hdr.msg_controllen = control_size;
  }
  const int count = ::recvmmsg(fd, headers.data(), swarm_receive_batch, MSG_DONTWAIT, nullptr);
  ++stats.receive_calls;
  // The kernel's stamps are by this clock, which may be set.
  const auto wall = std::chrono::duration_cast<base::Duration>(std::chrono::system_clock::now().time_since_epoch());
  const Moment at{net::now(), base::WallTime(wall)};
  for (int i = 0; i < count && sockets[member].fd == fd; ++i)
    give(member, headers[std::size_t(i)].msg_hdr, headers[std::size_t(i)].msg_len, at);
  return count == int(swarm_receive_batch);
}

void UdpSwarm::State::give(Member member, msghdr& header, std::size_t size, const Moment& moment) {
  const auto said = read_ancillary(header);
  if (said.overflow) {
    stats.overflow += *said.overflow - overflows[member];
    overflows[member] = *said.overflow;
  }
  const std::size_t segment = said.segment == 0 ? size : said.segment;
  auto* const first = static_cast<std::uint8_t*>(header.msg_iov->iov_base);
  const int fd = sockets[member].fd;
  const auto ago = said.stamp ? std::max(moment.wall - *said.stamp, base::Duration(0)) : base::Duration(0);
  const UdpArrival arrival{moment.now, moment.now - ago, said.stamp};
  for (std::size_t at = 0; at < size && sockets[member].fd == fd; at += segment) {
    const auto length = std::min(segment, size - at);
    ++stats.received, stats.received_bytes += length;
    receive(member, {first + at, length}, arrival);
  }
}

base::Status UdpSwarm::State::prepare(int fd, const base::Address& remote, bool stamped) const {
  const int on = 1, size = int(options.receive_buffer);
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  ::setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  if (options.coalesce) ::setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
  if (stamped) ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  SocketAddress to;
  const auto length = to_socket_address(remote, remote.is_v4() ? AF_INET : AF_INET6, to);
  if (::connect(fd, &to.any, length) != 0) return tl::unexpected(failed("connect"));
  return {};
}

UdpSwarm::UdpSwarm(std::unique_ptr<State> state) : state_(std::move(state)) {}
UdpSwarm::~UdpSwarm() = default;

std::unique_ptr<UdpSwarm> UdpSwarm::make(UdpSwarmOptions options, Receive receive) {
  return std::unique_ptr<UdpSwarm>(new UdpSwarm(std::make_unique<State>(options, std::move(receive))));
}

base::Result<UdpSwarm::Member> UdpSwarm::add(const base::Address& remote, bool stamped) {
  const int fd = ::socket(remote.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return tl::unexpected(failed("socket"));
  if (auto status = state_->prepare(fd, remote, stamped); !status) {
    ::close(fd);
    return tl::unexpected(status.error());
  }
  if (state_->free.empty()) {
    state_->free.push_back(Member(state_->sockets.size()));
    state_->sockets.push_back({-1, POLLIN, 0});
    state_->overflows.push_back(0);
  }
  const Member member = state_->free.back();
  state_->free.pop_back();
  state_->sockets[member] = {fd, POLLIN, 0};
  state_->overflows[member] = 0;
  return member;
}

void UdpSwarm::remove(Member member) {
  ::close(state_->sockets[member].fd);
  state_->sockets[member].fd = -1;
  state_->free.push_back(member);
}

void UdpSwarm::read() { state_->read_all(); }

void UdpSwarm::send(Member member, base::ByteView datagram) {
  const auto sent = ::send(state_->sockets[member].fd, datagram.data(), datagram.size(), MSG_DONTWAIT);
  if (sent < 0) return void(++state_->stats.refused);
  ++state_->stats.sent, state_->stats.sent_bytes += datagram.size();
}

void UdpSwarm::send(Member member, std::span<const base::ByteView> datagrams) {
  std::array<mmsghdr, swarm_send_batch> headers{};
  std::array<iovec, swarm_send_batch> slices;
  for (std::size_t at = 0; at < datagrams.size(); at += swarm_send_batch) {
    const auto count = std::min(swarm_send_batch, datagrams.size() - at);
    for (std::size_t i = 0; i < count; ++i) {
      slices[i] = {const_cast<std::uint8_t*>(datagrams[at + i].data()), datagrams[at + i].size()};
      headers[i].msg_hdr.msg_iov = &slices[i];
      headers[i].msg_hdr.msg_iovlen = 1;
      state_->stats.sent_bytes += datagrams[at + i].size();
    }
    const auto sent = ::sendmmsg(state_->sockets[member].fd, headers.data(), unsigned(count), MSG_DONTWAIT);
    state_->stats.sent += sent < 0 ? 0 : std::uint64_t(sent);
    state_->stats.refused += count - (sent < 0 ? 0 : std::size_t(sent));
  }
}

base::Address UdpSwarm::local(Member member) const {
  SocketAddress at;
  socklen_t length = sizeof at;
  if (::getsockname(state_->sockets[member].fd, &at.any, &length) != 0) return {};
  return from_socket_address(at);
}

const UdpSwarmStats& UdpSwarm::stats() const { return state_->stats; }

}  // namespace greenroom::net

#include "net/udp_swarm.hpp"

#include <linux/net_tstamp.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <vector>

#include "net/clock.hpp"
#include "net/detail/loop_impl.hpp"
#include "net/detail/udp_address.hpp"
#include "net/udp.hpp"

namespace greenroom::net {
namespace {
constexpr std::size_t swarm_receive_batch = 8;  // messages of one call, each of up to 64 coalesced datagrams
constexpr std::size_t message_size = 65'536;    // as long as the kernel coalesces
constexpr std::size_t swarm_send_batch = 32;
constexpr std::size_t events_batch = 256;
constexpr int turns_max = 16;  // of epoll before the loop's other work gets its turn
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
  State(Loop& loop, UdpSwarmOptions chosen, Receive give)
      : options(chosen), receive(std::move(give)), watch(loop.impl().io) {}
  ~State() {
    for (const auto& slot : slots)
      if (slot.fd >= 0) ::close(slot.fd);
    if (epoll >= 0 && !watch.is_open()) ::close(epoll);
  }

  struct Slot {
    int fd = -1;
    std::uint32_t overflow = 0;  // as the kernel counts it
  };

  void wait();
  void turn();
  void read(Member member);
  struct Moment {  // on both clocks
    base::Instant now;
    base::WallTime wall;
  };
  void give(Member member, msghdr& header, std::size_t size, const Moment& at);
  base::Status prepare(int fd, const base::Address& remote, bool stamped) const;

  const UdpSwarmOptions options;
  const Receive receive;
  boost::asio::posix::stream_descriptor watch;  // of the epoll, and its owner; not open: nobody is woken
  int epoll = -1;
  std::vector<Slot> slots;
  std::vector<Member> free;
  UdpSwarmStats stats;
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);

  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(swarm_receive_batch * message_size);
  std::array<mmsghdr, swarm_receive_batch> headers{};
  std::array<iovec, swarm_receive_batch> slices{};
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, control_size> bytes;
  };
  std::array<Control, swarm_receive_batch> controls{};
};

void UdpSwarm::State::wait() {
  watch.async_wait(boost::asio::posix::descriptor_base::wait_read,
                   [this, held = std::weak_ptr(alive)](boost::system::error_code error) {
                     if (error || held.expired()) return;
                     turn();
                     if (!held.expired()) wait();
                   });
}

void UdpSwarm::State::turn() {
  const std::weak_ptr held = alive;
  std::array<epoll_event, events_batch> events;
  for (int turn = 0; turn < turns_max; ++turn) {
    const int count = ::epoll_wait(epoll, events.data(), int(events.size()), 0);
    for (int i = 0; i < count && !held.expired(); ++i) read(events[std::size_t(i)].data.u32);
    if (count < int(events.size()) || held.expired()) return;
  }
}

void UdpSwarm::State::read(Member member) {
  if (slots[member].fd < 0) return;
  for (std::size_t i = 0; i < swarm_receive_batch; ++i) {
    slices[i] = {bytes.data() + i * message_size, message_size};
    headers[i].msg_hdr = {};
    headers[i].msg_hdr.msg_iov = &slices[i];
    headers[i].msg_hdr.msg_iovlen = 1;
    headers[i].msg_hdr.msg_control = controls[i].bytes.data();
    headers[i].msg_hdr.msg_controllen = control_size;
  }
  const int count = ::recvmmsg(slots[member].fd, headers.data(), swarm_receive_batch, MSG_DONTWAIT, nullptr);
  ++stats.receive_calls;
  // The kernel's stamps are by this clock, which may be set.
  const auto wall = std::chrono::duration_cast<base::Duration>(std::chrono::system_clock::now().time_since_epoch());
  const Moment at{net::now(), base::WallTime(wall)};
  const std::weak_ptr held = alive;
  for (int i = 0; i < count && !held.expired(); ++i)
    give(member, headers[std::size_t(i)].msg_hdr, headers[std::size_t(i)].msg_len, at);
}

void UdpSwarm::State::give(Member member, msghdr& header, std::size_t size, const Moment& moment) {
  const auto said = read_ancillary(header);
  if (said.overflow) {
    stats.overflow += *said.overflow - slots[member].overflow;
    slots[member].overflow = *said.overflow;
  }
  const std::size_t segment = said.segment == 0 ? size : said.segment;
  auto* const first = static_cast<std::uint8_t*>(header.msg_iov->iov_base);
  const std::weak_ptr held = alive;
  const auto ago = said.stamp ? std::max(moment.wall - *said.stamp, base::Duration(0)) : base::Duration(0);
  const UdpArrival arrival{moment.now, moment.now - ago, said.stamp};
  for (std::size_t at = 0; at < size && !held.expired(); at += segment) {
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

base::Result<std::unique_ptr<UdpSwarm>> UdpSwarm::open(Loop& loop, UdpSwarmOptions options, Receive receive) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return tl::unexpected(failed("epoll_create1"));
  auto state = std::make_unique<State>(loop, options, std::move(receive));
  state->epoll = epoll;
  // Being registered with the Loop is being woken, whether anybody waits there or not.
  if (options.woken) state->watch.assign(epoll), state->wait();
  return std::unique_ptr<UdpSwarm>(new UdpSwarm(std::move(state)));
}

base::Result<UdpSwarm::Member> UdpSwarm::add(const base::Address& remote, bool stamped) {
  const int fd = ::socket(remote.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return tl::unexpected(failed("socket"));
  if (auto status = state_->prepare(fd, remote, stamped); !status) {
    ::close(fd);
    return tl::unexpected(status.error());
  }
  if (state_->free.empty()) {
    state_->free.push_back(Member(state_->slots.size()));
    state_->slots.emplace_back();
  }
  const Member member = state_->free.back();
  state_->free.pop_back();
  state_->slots[member] = {fd, 0};
  epoll_event wanted{.events = EPOLLIN, .data = {.u32 = member}};
  ::epoll_ctl(state_->epoll, EPOLL_CTL_ADD, fd, &wanted);
  return member;
}

void UdpSwarm::remove(Member member) {
  ::close(state_->slots[member].fd);
  state_->slots[member].fd = -1;
  state_->free.push_back(member);
}

void UdpSwarm::read() { state_->turn(); }

void UdpSwarm::send(Member member, base::ByteView datagram) {
  const auto sent = ::send(state_->slots[member].fd, datagram.data(), datagram.size(), MSG_DONTWAIT);
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
    const auto sent = ::sendmmsg(state_->slots[member].fd, headers.data(), unsigned(count), MSG_DONTWAIT);
    state_->stats.sent += sent < 0 ? 0 : std::uint64_t(sent);
    state_->stats.refused += count - (sent < 0 ? 0 : std::size_t(sent));
  }
}

base::Address UdpSwarm::local(Member member) const {
  SocketAddress at;
  socklen_t length = sizeof at;
  if (::getsockname(state_->slots[member].fd, &at.any, &length) != 0) return {};
  return from_socket_address(at);
}

const UdpSwarmStats& UdpSwarm::stats() const { return state_->stats; }

}  // namespace greenroom::net

#include "net/udp.hpp"

#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "net/clock.hpp"
#include "net/detail/udp_address.hpp"

namespace greenroom::net {

namespace {

constexpr std::size_t receive_batch = 32;         // messages a recvmmsg, each a datagram or a row of equal ones
constexpr std::size_t message_limit = 64 * 1024;  // what UDP_GRO joins at most
constexpr std::size_t drain_limit = 256;          // datagrams a drain(), about: some 300 µs of them
constexpr std::size_t send_batch = 64;            // runs a sendmmsg
constexpr std::size_t send_arena = 512 * 1024;

// Datagrams of one size to one destination, one after another in memory; only the last may be shorter.
struct Run {
  base::Address to;
  base::ByteView bytes;
  std::size_t segment = 0;

  std::size_t count() const { return segment == 0 ? 1 : (bytes.size() + segment - 1) / segment; }
};

template <class Int>
struct alignas(cmsghdr) Control {
  std::array<std::uint8_t, CMSG_SPACE(sizeof(Int))> bytes;
};

// How long the datagrams are that the kernel joined into one message (UDP_GRO); 0: it is one datagram.
std::size_t joined_segment(msghdr& header) {
  for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO) continue;
    int size = 0;
    std::memcpy(&size, CMSG_DATA(c), sizeof size);
    return size > 0 ? std::size_t(size) : 0;
  }
  return 0;
}

base::Status failed(std::string_view what, const base::Address& address) {
  return base::fail(udp_open_failed, "cannot open UDP " + base::to_string(address) + ": " + std::string(what),
                    std::strerror(errno));
}

// Beyond the system's limit where we may (CAP_NET_ADMIN), up to it otherwise.
void ask_for_buffer(int fd, int forced, int asked, std::size_t bytes) {
  const int size = int(bytes);
  if (::setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) != 0)
    ::setsockopt(fd, SOL_SOCKET, asked, &size, sizeof size);
}

}  // namespace

struct UdpPort::State {
  explicit State(int socket, int address_family, bool with_segmentation);
  ~State() { ::close(fd); }

  bool may_send(const base::Address& to, std::size_t size) const;
  void append(const Run& run);
  void append_copy(const base::Address& to, base::ByteView datagram);
  bool joins_last_run(const base::Address& to, std::size_t size) const;
  void flush();
  std::size_t send_from(std::size_t run);
  void prepare(std::size_t run);
  bool segmentation_failed() const;
  void give_up_segmentation(const Run& run);
  void send_one_by_one(const Run& run);
  std::size_t receive(Each each, void* context, bool& more);
  std::size_t take_apart(std::size_t message, Each each, void* context);

  const int fd;
  const int family;
  bool segmentation;
  base::Address local;
  UdpStats stats;

  std::vector<std::uint8_t> receive_bytes;
  std::array<mmsghdr, receive_batch> receive_headers{};
  std::array<iovec, receive_batch> receive_slices{};
  std::array<SocketAddress, receive_batch> receive_from{};
  std::array<Control<int>, receive_batch> receive_control{};

  std::vector<std::uint8_t> send_bytes;  // of what was copied
  std::size_t send_used = 0;
  std::vector<Run> runs;
  std::array<mmsghdr, send_batch> send_headers{};
  std::array<iovec, send_batch> send_slices{};
  std::array<SocketAddress, send_batch> send_to{};
  std::array<Control<std::uint16_t>, send_batch> send_control{};
};

UdpPort::State::State(int socket, int address_family, bool with_segmentation)
    : fd(socket),
      family(address_family),
      segmentation(with_segmentation),
      receive_bytes(receive_batch * message_limit),
      send_bytes(send_arena) {
  runs.reserve(send_batch);
  for (std::size_t i = 0; i < receive_batch; ++i) {
    receive_slices[i] = {receive_bytes.data() + i * message_limit, message_limit};
    auto& header = receive_headers[i].msg_hdr;
    header.msg_iov = &receive_slices[i];
    header.msg_iovlen = 1;
    header.msg_name = &receive_from[i];
    header.msg_control = receive_control[i].bytes.data();
  }
}

std::size_t UdpPort::State::receive(Each each, void* context, bool& more) {
  for (auto& header : receive_headers) {
    header.msg_hdr.msg_namelen = sizeof(SocketAddress);
    header.msg_hdr.msg_controllen = sizeof(Control<int>);
  }
  const int got = ::recvmmsg(fd, receive_headers.data(), receive_batch, MSG_DONTWAIT, nullptr);
  ++stats.receive_calls;
  more = got == int(receive_batch);
  std::size_t datagrams = 0;
  for (int i = 0; i < got; ++i) datagrams += take_apart(std::size_t(i), each, context);
  return datagrams;
}

std::size_t UdpPort::State::take_apart(std::size_t message, Each each, void* context) {
  auto& header = receive_headers[message];
  const auto from = from_socket_address(receive_from[message]);
  const auto joined = joined_segment(header.msg_hdr);
  base::ByteSpan left(receive_bytes.data() + message * message_limit, header.msg_len);
  std::size_t datagrams = 0;
  do {
    const auto datagram = left.first(joined == 0 ? left.size() : std::min(joined, left.size()));
    left = left.subspan(datagram.size());
    ++datagrams;
    if (datagram.size() > datagram_limit || (header.msg_hdr.msg_flags & MSG_TRUNC)) {
      ++stats.truncated;
      continue;
    }
    ++stats.received;
    each(context, from, datagram);
  } while (!left.empty());
  return datagrams;
}

bool UdpPort::State::may_send(const base::Address& to, std::size_t size) const {
  return size <= send_limit && to.port != 0 && (family == AF_INET6 || to.is_v4());
}

// A run takes equal datagrams; a shorter one closes it, since the kernel cuts at every `segment` bytes.
bool UdpPort::State::joins_last_run(const base::Address& to, std::size_t size) const {
  if (!segmentation || runs.empty() || size == 0) return false;
  const Run& run = runs.back();
  const bool is_next = run.bytes.data() + run.bytes.size() == send_bytes.data() + send_used;
  const bool still_equal = run.segment > 0 && run.bytes.size() % run.segment == 0;
  return run.to == to && is_next && still_equal && size <= run.segment && run.count() < run_datagrams &&
         run.bytes.size() + size <= run_limit;
}

void UdpPort::State::append(const Run& run) {
  if (runs.size() == send_batch) flush();
  runs.push_back(run);
}

void UdpPort::State::append_copy(const base::Address& to, base::ByteView datagram) {
  const auto size = datagram.size();
  if (send_used + size > send_arena) flush();
  auto* const place = send_bytes.data() + send_used;
  if (joins_last_run(to, size)) {
    auto& bytes = runs.back().bytes;
    bytes = {bytes.data(), bytes.size() + size};
  } else {
    if (runs.size() == send_batch) return flush(), append_copy(to, datagram);
    runs.push_back({to, {place, size}, size});
  }
  if (size > 0) std::memcpy(place, datagram.data(), size);
  send_used += size;
}

void UdpPort::State::prepare(std::size_t index) {
  const Run& run = runs[index];
  auto& header = send_headers[index].msg_hdr;
  header = {};
  send_slices[index] = {const_cast<std::uint8_t*>(run.bytes.data()), run.bytes.size()};  // sendmmsg only reads
  header.msg_iov = &send_slices[index];
  header.msg_iovlen = 1;
  header.msg_name = &send_to[index];
  header.msg_namelen = to_socket_address(run.to, family, send_to[index]);
  if (run.bytes.size() <= run.segment) return;
  header.msg_control = send_control[index].bytes.data();
  header.msg_controllen = send_control[index].bytes.size();
  auto* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto segment = std::uint16_t(run.segment);
  std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
}

void UdpPort::State::flush() {
  for (std::size_t i = 0; i < runs.size(); ++i) prepare(i);
  for (std::size_t i = 0; i < runs.size();) i += send_from(i);
  runs.clear();
  send_used = 0;
}

// Sends from that run on; how many runs are settled, sent or dropped.
std::size_t UdpPort::State::send_from(std::size_t run) {
  const int sent = ::sendmmsg(fd, send_headers.data() + run, unsigned(runs.size() - run), MSG_DONTWAIT);
  ++stats.send_calls;
  if (sent > 0) {
    for (std::size_t i = run; i < run + std::size_t(sent); ++i) stats.sent += runs[i].count();
    return std::size_t(sent);
  }
  if (errno == EINTR) return 0;
  if (runs[run].count() > 1 && segmentation_failed()) {
    give_up_segmentation(runs[run]);
    return 1;
  }
  const bool full = errno == EAGAIN || errno == ENOBUFS;  // then the rest would fare no better
  const auto last = full ? runs.size() : run + 1;
  for (std::size_t i = run; i < last; ++i) stats.dropped += runs[i].count();
  return last - run;
}

// EIO: the device cannot checksum; EINVAL and EMSGSIZE: an old kernel, or a path MTU below the segment.
bool UdpPort::State::segmentation_failed() const {
  return errno == EIO || errno == EINVAL || errno == EMSGSIZE || errno == EOPNOTSUPP || errno == ENOPROTOOPT;
}

// Only for this run when single datagrams do not get through either: then the destination is at fault.
void UdpPort::State::give_up_segmentation(const Run& run) {
  const bool too_long_here = errno == EMSGSIZE;
  const auto sent_before = stats.sent;
  send_one_by_one(run);
  if (!too_long_here && stats.sent > sent_before) segmentation = false;
}

void UdpPort::State::send_one_by_one(const Run& run) {
  SocketAddress to;
  const auto length = to_socket_address(run.to, family, to);
  for (std::size_t offset = 0; offset < run.bytes.size(); offset += run.segment) {
    const auto size = std::min(run.segment, run.bytes.size() - offset);
    const auto sent = ::sendto(fd, run.bytes.data() + offset, size, MSG_DONTWAIT, &to.any, length);
    ++stats.send_calls;
    ++(sent >= 0 ? stats.sent : stats.dropped);
  }
}

UdpPort::UdpPort(std::unique_ptr<State> state) : state_(std::move(state)) {}
UdpPort::UdpPort(UdpPort&&) noexcept = default;
UdpPort& UdpPort::operator=(UdpPort&&) noexcept = default;
UdpPort::~UdpPort() = default;

base::Result<UdpPort> UdpPort::open(const base::Address& address, UdpOptions options) {
  const int family = address.is_v4() ? AF_INET : AF_INET6;
  const int fd = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return tl::unexpected(failed("socket", address).error());
  auto state = std::make_unique<State>(fd, family, options.segmentation);
  ask_for_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, options.receive_buffer);
  ask_for_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, options.send_buffer);
  const int off = 0, on = 1;
  ::setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);  // an old kernel does without
  if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  SocketAddress at;
  auto length = to_socket_address(address, family, at);
  if (::bind(fd, &at.any, length) != 0) return tl::unexpected(failed("bind", address).error());
  length = sizeof at;
  if (::getsockname(fd, &at.any, &length) != 0) return tl::unexpected(failed("getsockname", address).error());
  state->local = from_socket_address(at);
  return UdpPort(std::move(state));
}

base::Address UdpPort::local() const { return state_->local; }
int UdpPort::fd() const { return state_->fd; }
const UdpStats& UdpPort::stats() const { return state_->stats; }

std::size_t UdpPort::drain_each(Each each, void* context) {
  std::size_t total = 0;
  for (bool more = true; more && total < drain_limit;) total += state_->receive(each, context, more);
  return total;
}

void UdpPort::send(const base::Address& to, base::ByteView datagram) {
  if (!state_->may_send(to, datagram.size())) return void(++state_->stats.dropped);
  state_->append_copy(to, datagram);
}

void UdpPort::send_run(const base::Address& to, base::ByteView bytes, std::size_t segment) {
  const Run run{to, bytes, segment};
  const bool is_run = segment > 0 && run.count() <= run_datagrams && bytes.size() <= run_limit;
  if (!is_run || !state_->may_send(to, segment)) return void(state_->stats.dropped += run.count());
  if (state_->segmentation || bytes.size() <= segment) return state_->append(run);
  for (std::size_t at = 0; at < bytes.size(); at += segment) {
    const auto size = std::min(segment, bytes.size() - at);
    state_->append({to, bytes.subspan(at, size), size});
  }
}

void UdpPort::flush() { state_->flush(); }

Wakeup UdpPort::wait(base::Instant deadline, Wake& wake, int other) {
  std::array<pollfd, 3> ready = {pollfd{state_->fd, POLLIN, 0}, pollfd{wake.fd(), POLLIN, 0},
                                 pollfd{other, POLLIN, 0}};  // poll passes a negative one over
  const auto left = std::max(base::Duration(0), std::min<base::Duration>(deadline - now(), std::chrono::hours(1)));
  const timespec timeout = {left.count() / 1'000'000, (left.count() % 1'000'000) * 1000};
  if (::ppoll(ready.data(), ready.size(), &timeout, nullptr) <= 0) return {};
  const Wakeup out{ready[0].revents != 0, ready[1].revents != 0, ready[2].revents != 0};
  if (out.woken) wake.clear();
  return out;
}

}  // namespace greenroom::net

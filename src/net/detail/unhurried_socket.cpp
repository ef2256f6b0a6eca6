#include "net/detail/unhurried_socket.hpp"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace greenroom::net {
namespace {

constexpr int on = 1, off = 0;

// Sockets of a port are numbered as they were bound. A load beyond the datagram's end ends the program with 0.
bool choose(int fd, const Unhurried& which) {
  constexpr std::uint16_t byte = BPF_LD | BPF_B | BPF_ABS, greater = BPF_JMP | BPF_JGT | BPF_K,
                          not_less = BPF_JMP | BPF_JGE | BPF_K, choice = BPF_RET | BPF_K;
  std::array<sock_filter, 8> program{{{byte, 0, 0, 0},
                                      {not_less, 0, 5, which.first.from},
                                      {greater, 4, 0, which.first.to},
                                      {byte, 0, 0, 1},
                                      {not_less, 0, 2, which.second.from},
                                      {greater, 1, 0, which.second.to},
                                      {choice, 0, 0, 1},
                                      {choice, 0, 0, 0}}};
  const sock_fprog all{std::uint16_t(program.size()), program.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &all, sizeof all) == 0;
}

bool bind_beside(int fd, int other, int family) {
  SocketAddress at;
  socklen_t length = sizeof at;
  return ::setsockopt(other, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
         ::getsockname(fd, &at.any, &length) == 0 &&
         (family != AF_INET6 || ::setsockopt(other, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) &&
         ::bind(other, &at.any, length) == 0;
}

int family_of(int fd) {
  int family = AF_UNSPEC;
  socklen_t length = sizeof family;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
  return family;
}

}  // namespace

UnhurriedSocket::UnhurriedSocket(int fd, base::Duration rest, UdpStats& stats)
    : fd_(fd), rest_(rest), receiver_(fd, UdpPort::datagram_limit, stats) {}

UnhurriedSocket::~UnhurriedSocket() { ::close(fd_); }

// The first socket was bound without SO_REUSEPORT, so a port that somebody else has is still refused.
std::unique_ptr<UnhurriedSocket> UnhurriedSocket::open(int fd, const Unhurried& which, UdpStats& stats) {
  const int family = family_of(fd);
  const int other = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (other < 0) return nullptr;
  std::unique_ptr<UnhurriedSocket> out(new UnhurriedSocket(other, which.rest, stats));
  if (::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 && bind_beside(fd, other, family) &&
      choose(fd, which))
    return out;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &off, sizeof off);
  return nullptr;
}

std::size_t UnhurriedSocket::drain(UdpReceiver::Take take, void* context, base::Instant now) {
  if (!readable_ && !(rests_ && now >= rested_)) return 0;
  const bool soon = now < rested_ + rest_;
  const auto count = receiver_.drain(take, context);
  readable_ = false;
  rests_ = count > 1 || (count == 1 && soon);
  rested_ = now + rest_;
  return count;
}

}  // namespace greenroom::net

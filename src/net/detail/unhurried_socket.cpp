#include "net/detail/unhurried_socket.hpp"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace greenroom::net {

// Sockets of a port are numbered as they were bound. A load beyond the datagram's end ends the program with 0.
bool UnhurriedSocket::choose_second(int fd, const Unhurried& which) {
  constexpr std::uint16_t byte = BPF_LD | BPF_B | BPF_ABS, greater = BPF_JMP | BPF_JGT | BPF_K,
                          not_less = BPF_JMP | BPF_JGE | BPF_K, choice = BPF_RET | BPF_K;
  std::vector<sock_filter> program;
  for (const auto& [first, second] : which.kinds) {
    program.insert(program.end(), {{byte, 0, 0, 0},
                                   {not_less, 0, 5, first.from},
                                   {greater, 4, 0, first.to},
                                   {byte, 0, 0, 1},
                                   {not_less, 0, 2, second.from},
                                   {greater, 1, 0, second.to},
                                   {choice, 0, 0, 1}});
  }
  program.push_back({choice, 0, 0, 0});
  const sock_fprog all{std::uint16_t(program.size()), program.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &all, sizeof all) == 0;
}

namespace {
constexpr std::size_t drain_calls = 2;  // 64 reports: some 200 µs, that media may wait for
}

UnhurriedSocket::UnhurriedSocket(int fd, base::Duration step, UdpStats& stats)
    : fd_(fd), step_(step), receiver_(fd, UdpPort::datagram_limit, drain_calls, stats) {}

UnhurriedSocket::~UnhurriedSocket() { ::close(fd_); }

std::size_t UnhurriedSocket::drain(UdpReceiver::Take take, void* context, base::Instant now) {
  if (!readable_ && !(rests_ && now >= rested_)) return 0;
  const bool soon = now < rested_ + step_;
  const auto [count, more] = receiver_.drain(take, context);
  readable_ = more;
  rests_ = !more && (count > 1 || (count == 1 && soon));
  rested_ = base::Instant((now.time_since_epoch() / step_ + 1) * step_);
  return count;
}

}  // namespace greenroom::net

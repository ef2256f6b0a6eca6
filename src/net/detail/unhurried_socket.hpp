// The socket over which those datagrams of a port come that can wait (UdpOptions::unhurried): a second one on the same
// port, which the kernel chooses by their first bytes. As long as they come one by one they are read at once; when
// there are many, the socket rests until the next step of the clock, so that a row of them wakes the thread once. Owned
// and used by the port's thread.
#pragma once
#include "base/time.hpp"
#include "net/detail/udp_receiver.hpp"
#include "net/udp.hpp"

namespace greenroom::net {

class UnhurriedSocket {
 public:
  UnhurriedSocket(int fd, base::Duration step, UdpStats& stats);  // bound; closed with this
  ~UnhurriedSocket();
  UnhurriedSocket(const UnhurriedSocket&) = delete;
  UnhurriedSocket& operator=(const UnhurriedSocket&) = delete;

  // Of the two sockets of a port the kernel chooses the one that was bound second for these datagrams. By any of the
  // two; false: it refuses.
  static bool choose_second(int fd, const Unhurried& which);

  // What to sleep on: the descriptor, or -1 while it rests; and until when at most.
  int awaited() const { return rests_ ? -1 : fd_; }
  base::Instant deadline() const { return rests_ ? rested_ : base::Instant::max(); }
  void set_readable() { readable_ = true; }

  std::size_t drain(UdpReceiver::Take take, void* context, base::Instant now);

 private:
  const int fd_;
  const base::Duration step_;
  UdpReceiver receiver_;
  bool readable_ = true;
  bool rests_ = false;
  base::Instant rested_{};  // the end of the last rest
};

}  // namespace greenroom::net

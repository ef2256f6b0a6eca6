// Wakes one thread that sleeps on a file descriptor (UdpPort::wait) from any other thread. signal() after pushing into
// a Mailbox, clear() before draining it: then no push is missed. Signals between two clears cost one system call in
// all.
#pragma once
#include <atomic>

namespace greenroom::net {

class Wake {
 public:
  Wake();
  ~Wake();
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void signal();  // from any thread
  void clear();   // by the thread that sleeps
  int fd() const { return fd_; }

 private:
  int fd_;
  std::atomic<bool> pending_{false};
};

}  // namespace greenroom::net

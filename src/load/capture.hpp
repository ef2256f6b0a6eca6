// The last datagrams that clients have sent, as they went over the wire: what a flood replays. One thread.
#pragma once
#include <vector>

#include "base/bytes.hpp"

namespace greenroom::load {

class Capture {
 public:
  void add(base::ByteView datagram) {
    if (kept_.size() < kept_max) kept_.emplace_back();
    kept_[next_++ % kept_max].assign(datagram.begin(), datagram.end());
  }
  std::size_t size() const { return kept_.size(); }
  const base::Bytes& at(std::size_t i) const { return kept_[i % kept_.size()]; }

 private:
  static constexpr std::size_t kept_max = 512;
  std::vector<base::Bytes> kept_;
  std::size_t next_ = 0;
};

}  // namespace greenroom::load

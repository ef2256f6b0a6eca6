// What all clients of one run have counted together. Plain numbers, one thread; a measurement is the difference of two
// copies, and the latencies between two resets.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace greenroom::load {

struct Tally {
  std::uint64_t sent = 0;      // packets by publishers
  std::uint64_t received = 0;  // packets by subscribers, first time, in whatever way
  std::uint64_t received_bytes = 0;
  std::uint64_t recovered = 0;  // of them, by retransmission
  std::uint64_t duplicates = 0;
  std::uint64_t late = 0;         // behind a packet with a higher number
  std::uint64_t opened = 0;       // decrypted and looked into
  std::uint64_t forged = 0;       // would not decrypt
  std::uint64_t out_of_line = 0;  // opened, and not the payload that follows the one before
  std::uint64_t probes = 0;       // padding on nobody's stream
  std::uint64_t nacked = 0;       // packets asked for again
  std::uint64_t asked = 0;        // packets we were asked for again
  std::uint64_t keyframes_asked = 0;
  std::uint64_t feedbacks = 0;  // transport-wide, sent
};

// Percentiles of up to a million values; of more, of an even choice of them.
class Distribution {
 public:
  void add(std::uint32_t value) {
    if (++seen_ % stride_ != 0) return;
    if (values_.size() == values_max) thin();
    values_.push_back(value);
  }
  void clear() { values_.clear(), seen_ = 0, stride_ = 1; }
  std::uint64_t count() const { return seen_; }
  std::uint32_t percentile(double fraction) {
    if (values_.empty()) return 0;
    const auto at = values_.begin() + std::ptrdiff_t(double(values_.size() - 1) * fraction);
    std::nth_element(values_.begin(), at, values_.end());
    return *at;
  }

 private:
  static constexpr std::size_t values_max = 1 << 20;
  void thin() {
    for (std::size_t i = 0; i < values_.size() / 2; ++i) values_[i] = values_[i * 2];
    values_.resize(values_.size() / 2), stride_ *= 2;
  }
  std::vector<std::uint32_t> values_;
  std::uint64_t seen_ = 0, stride_ = 1;
};

}  // namespace greenroom::load

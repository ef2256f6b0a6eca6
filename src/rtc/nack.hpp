// Decides which missing packets of one incoming stream to ask for, and when (RFC 4585 §6.2.1). Pure: sequence numbers
// and times in, a list of sequence numbers out. Owned by a ReceiveStream. A gap is asked for after nack_reorder_grace
// (reordering on one path is a matter of a few milliseconds), again after a round trip and a margin, at most
// nack_max_tries times within nack_max_age; then it is a loss.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::rtc {

inline constexpr base::Duration nack_reorder_grace = std::chrono::milliseconds(5);
inline constexpr base::Duration nack_max_age = std::chrono::milliseconds(1500);  // what a sender keeps, about
inline constexpr int nack_max_tries = 10;
inline constexpr std::size_t nack_max_missing =
    512;  // beyond that the stream is not worth repairing: ask for a key frame

class NackList {
 public:
  // Everything between the two is missing. False when that is too much: the list was emptied.
  bool add_gap(wire::ExtSeq first, wire::ExtSeq end, base::Instant now);
  // It came after all. The time since it was first asked for, where it was.
  std::optional<base::Duration> remove(wire::ExtSeq seq, base::Instant now);
  // Those to ask for now, ascending, at most `out.capacity()`; forgets those that are given up, whose count is
  // returned.
  std::size_t collect(base::Instant now, base::Duration rtt, std::vector<wire::SeqNo>& out);
  base::Instant next_deadline() const;
  std::size_t size() const { return missing_.size(); }
  void clear() { missing_.clear(); }

 private:
  struct Missing {
    wire::ExtSeq seq;
    base::Instant since;
    base::Instant due;
    base::Instant asked_first;
    int tries = 0;
  };
  std::vector<Missing> missing_;  // ascending
};

}  // namespace greenroom::rtc

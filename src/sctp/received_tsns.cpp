#include "sctp/received_tsns.hpp"

#include <algorithm>
#include <iterator>

namespace greenroom::sctp {

ReceivedTsns::Added ReceivedTsns::add(Tsn tsn) {
  if (tsn <= cumulative_) return Added::duplicate;
  if (tsn > cumulative_ + max_tsn_distance) return Added::no_room;
  if (tsn == cumulative_ + 1) {
    ++cumulative_;
    absorb_first_block();
    return Added::fresh;
  }
  const auto after = blocks_.upper_bound(tsn);
  const auto before = after == blocks_.begin() ? blocks_.end() : std::prev(after);
  if (before != blocks_.end() && tsn <= before->second) return Added::duplicate;
  const bool joins_before = before != blocks_.end() && before->second + 1 == tsn;
  const bool joins_after = after != blocks_.end() && tsn + 1 == after->first;
  if (!joins_before && !joins_after && blocks_.size() >= max_tsn_blocks) return Added::no_room;
  const Tsn last = joins_after ? after->second : tsn;
  if (joins_after) blocks_.erase(after);
  if (joins_before) {
    before->second = last;
  } else {
    blocks_[tsn] = last;
  }
  return Added::fresh;
}

void ReceivedTsns::advance_to(Tsn cumulative) {
  cumulative_ = std::max(cumulative_, cumulative);
  absorb_first_block();
}

void ReceivedTsns::absorb_first_block() {
  while (!blocks_.empty() && blocks_.begin()->first <= cumulative_ + 1) {
    cumulative_ = std::max(cumulative_, blocks_.begin()->second);
    blocks_.erase(blocks_.begin());
  }
}

std::size_t ReceivedTsns::gaps(std::span<wire::SctpGap> out) const {
  std::size_t count = 0;
  for (const auto& [first, last] : blocks_) {
    if (count == out.size()) break;
    // A run may have grown past what 16 bits can say after the peer skipped ahead; what cannot be said waits.
    if (first - cumulative_ > max_tsn_distance) break;
    out[count++] = {std::uint16_t(first - cumulative_),
                    std::uint16_t(std::min<Tsn>(last - cumulative_, max_tsn_distance))};
  }
  return count;
}

}  // namespace greenroom::sctp

// Which TSNs have arrived: a cumulative point and the blocks beyond it, as a SACK reports them (RFC 9260 §3.3.4).
// Owned by Inbound. Invariant: blocks are apart from one another and from the cumulative point; their number and
// distance are bounded, so that a hostile peer costs a bounded amount.
#pragma once
#include <map>
#include <span>

#include "sctp/tsn.hpp"
#include "wire/sctp.hpp"

namespace greenroom::sctp {

inline constexpr std::size_t max_tsn_blocks = 512;
inline constexpr Tsn max_tsn_distance = 65'535;  // what a gap block can say

class ReceivedTsns {
 public:
  explicit ReceivedTsns(Tsn cumulative) : cumulative_(cumulative) {}

  enum class Added : std::uint8_t { fresh, duplicate, no_room };
  Added add(Tsn tsn);
  void advance_to(Tsn cumulative);  // everything up to it counts as received
  Tsn cumulative() const { return cumulative_; }
  bool has_gaps() const { return !blocks_.empty(); }
  std::size_t gaps(std::span<wire::SctpGap> out) const;

 private:
  void absorb_first_block();
  Tsn cumulative_;
  std::map<Tsn, Tsn> blocks_;  // first -> last
};

}  // namespace greenroom::sctp

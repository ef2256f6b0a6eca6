// Shares a subscriber's bandwidth among its video consumers. Pure: demands and a budget in, layers out.
// Everyone gets the lowest layer first (a small picture of everybody beats a large one of somebody), then steps upward
// are given, the higher rank first, within a rank in turn until one does not fit. A step up from what is sent now must
// fit with a margin, so that a budget that trembles does not make layers flap, each flap costing a key frame.
// Invariants: what is given is within the budget unless the lowest layers alone are not; of a larger budget the highest
// rank that gets something else gets nothing less.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "base/units.hpp"
#include "rtc/negotiation.hpp"
#include "sfu/layer_selector.hpp"

namespace greenroom::sfu {

inline constexpr double upgrade_margin = 1.15;

struct Demand {
  std::array<base::Bitrate, rtc::max_encodings> rates{};  // measured, of each encoding; 0: not being sent
  int temporal_layers = 1;
  Layers limit;    // what is wanted at most
  Layers current;  // what is sent now
  int rank = 0;    // the higher first
};

// One answer per demand; spatial -1 where nothing is available. Every demand with something to send gets at least its
// lowest layer.
void allocate(std::span<const Demand> demands, base::Bitrate budget, std::vector<Layers>& out);
// The rate at which nothing would be left to wish for.
base::Bitrate wanted(std::span<const Demand> demands);
// The rate of some layers of a demand.
base::Bitrate rate_of(const Demand& demand, Layers layers);

}  // namespace greenroom::sfu

#include "sfu/allocator.hpp"

#include <algorithm>
#include <optional>

namespace greenroom::sfu {
namespace {
// The share of an encoding's rate up to each temporal layer, as libvpx allots it.
constexpr double shares[5][4] = {{1, 1, 1, 1}, {1, 1, 1, 1}, {0.6, 1, 1, 1}, {0.4, 0.6, 1, 1}, {0.25, 0.4, 0.6, 1}};

int top_temporal(const Demand& d) { return std::min(d.limit.temporal, d.temporal_layers - 1); }

// The next better layers, or the same when there are none. Fewer pictures a second for the same rate are no step.
Layers step_up(const Demand& d, Layers from) {
  if (from.spatial >= 0 && from.temporal < top_temporal(d)) return {from.spatial, from.temporal + 1};
  for (int s = from.spatial + 1; s <= d.limit.spatial && s < int(rtc::max_encodings); ++s) {
    if (d.rates[std::size_t(s)].bps <= 0) continue;
    for (int t = 0; t <= top_temporal(d); ++t) {
      if (from.spatial < 0 || rate_of(d, {s, t}) > rate_of(d, from)) return {s, t};
    }
    return {s, top_temporal(d)};  // a larger picture for no more
  }
  return from;
}

// Steps of one rank in turn, up to the first that does not fit: a smaller one of another after it would be taken away
// again by a larger budget.
class Climb {
 public:
  Climb(std::span<const Demand> demands, base::Bitrate budget, std::vector<Layers>& given)
      : demands_(demands), budget_(budget), given_(given) {}

  void start(std::size_t i) { take(i, step_up(demands_[i], {})); }
  void climb(int rank) {
    while (climb_once(rank)) continue;
  }

 private:
  bool climb_once(int rank) {
    bool grew = false;
    for (std::size_t i = 0; i < demands_.size(); ++i) {
      if (demands_[i].rank != rank) continue;
      const auto next = step_up(demands_[i], given_[i]);
      if (next == given_[i]) continue;
      if (!fits(i, next)) return false;
      take(i, next);
      grew = true;
    }
    return grew;
  }
  base::Bitrate extra(std::size_t i, Layers next) const {
    return rate_of(demands_[i], next) - rate_of(demands_[i], given_[i]);
  }
  bool fits(std::size_t i, Layers next) const {
    const double margin = next > demands_[i].current ? upgrade_margin : 1.0;
    return (used_ + extra(i, next)) * margin <= budget_;
  }
  void take(std::size_t i, Layers next) {
    used_ = used_ + extra(i, next);
    given_[i] = next;
  }

  std::span<const Demand> demands_;
  base::Bitrate budget_, used_;
  std::vector<Layers>& given_;
};

// The highest rank below the given one.
std::optional<int> next_rank(std::span<const Demand> demands, std::optional<int> below) {
  std::optional<int> found;
  for (const auto& demand : demands) {
    if (!below || demand.rank < *below) found = std::max(found.value_or(demand.rank), demand.rank);
  }
  return found;
}
}  // namespace

base::Bitrate rate_of(const Demand& d, Layers layers) {
  if (layers.spatial < 0) return {};
  const int layers_count = std::clamp(d.temporal_layers, 1, 4);
  return d.rates[std::size_t(layers.spatial)] * shares[layers_count][std::clamp(layers.temporal, 0, 3)];
}

void allocate(std::span<const Demand> demands, base::Bitrate budget, std::vector<Layers>& out) {
  out.assign(demands.size(), Layers{});
  Climb climb(demands, budget, out);
  for (std::size_t i = 0; i < demands.size(); ++i) climb.start(i);
  for (auto rank = next_rank(demands, {}); rank; rank = next_rank(demands, rank)) climb.climb(*rank);
}

base::Bitrate wanted(std::span<const Demand> demands) {
  base::Bitrate sum;
  for (const auto& d : demands) {
    Layers best;
    for (auto next = step_up(d, best); next != best; next = step_up(d, best)) best = next;
    sum = sum + rate_of(d, best);
  }
  return sum * upgrade_margin;
}

}  // namespace greenroom::sfu

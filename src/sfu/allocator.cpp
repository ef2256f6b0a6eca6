#include "sfu/allocator.hpp"

#include <algorithm>

namespace greenroom::sfu {
namespace {
// The share of an encoding's rate up to each temporal layer, as libvpx allots it.
constexpr double shares[5][4] = {{1, 1, 1, 1}, {1, 1, 1, 1}, {0.6, 1, 1, 1}, {0.4, 0.6, 1, 1}, {0.25, 0.4, 0.6, 1}};

int top_temporal(const Demand& d) { return std::min(d.limit.temporal, d.temporal_layers - 1); }

// The next better layers, or the same when there are none. A step that costs no more than the one before is no step.
Layers step_up(const Demand& d, Layers from) {
  if (from.spatial >= 0 && from.temporal < top_temporal(d)) return {from.spatial, from.temporal + 1};
  for (int s = from.spatial + 1; s <= d.limit.spatial && s < int(rtc::max_encodings); ++s) {
    if (d.rates[std::size_t(s)].bps <= 0) continue;
    for (int t = 0; t <= top_temporal(d); ++t) {
      if (from.spatial < 0 || rate_of(d, {s, t}) > rate_of(d, from)) return {s, t};
    }
  }
  return from;
}
}  // namespace

base::Bitrate rate_of(const Demand& d, Layers layers) {
  if (layers.spatial < 0) return {};
  const int layers_count = std::clamp(d.temporal_layers, 1, 4);
  return d.rates[std::size_t(layers.spatial)] * shares[layers_count][std::clamp(layers.temporal, 0, 3)];
}

void allocate(std::span<const Demand> demands, base::Bitrate budget, std::vector<Layers>& out) {
  out.assign(demands.size(), Layers{});
  base::Bitrate used;
  for (std::size_t i = 0; i < demands.size(); ++i) {
    out[i] = step_up(demands[i], {});
    used = used + rate_of(demands[i], out[i]);
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (std::size_t i = 0; i < demands.size(); ++i) {
      const auto next = step_up(demands[i], out[i]);
      if (next == out[i]) continue;
      const auto extra = rate_of(demands[i], next) - rate_of(demands[i], out[i]);
      const double margin = next > demands[i].current ? upgrade_margin : 1.0;
      if ((used + extra) * margin > budget) continue;
      used = used + extra;
      out[i] = next;
      grew = true;
    }
  }
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

#include "sfu/dependency_filter.hpp"

namespace greenroom::sfu {
namespace {

Layers layers_of(const wire::LayerId& id) { return {id.spatial, id.temporal}; }

// The best active target within what is wanted; -1: none. Targets are known by their layers, which the mark carries.
int best_target(const wire::DependencyMark& mark, Layers wanted, Layers& best) {
  int found = -1;
  for (int i = 0; i < mark.target_count; ++i) {
    if ((mark.active_targets >> i & 1) == 0) continue;
    const auto layers = layers_of(mark.target(std::size_t(i)));
    if (layers.spatial > wanted.spatial || layers.temporal > wanted.temporal) continue;
    if (found >= 0 && layers <= best) continue;
    found = i;
    best = layers;
  }
  return found;
}

std::uint64_t shifted(std::uint64_t bits, int by) { return by >= 64 ? 0 : bits << by; }

}  // namespace

void DependencyFilter::advance_to(std::uint16_t frame_number) {
  const int by = newest_ ? std::int16_t(frame_number - *newest_) : window;
  decided_ = shifted(decided_, by);
  admitted_ = shifted(admitted_, by);
  newest_ = frame_number;
}

// A frame that has not been seen may be under way: only those that were left out are missed.
bool DependencyFilter::lacks_references(const wire::DependencyMark& mark, int age) const {
  return (shifted(mark.references.mask, age + 1) & decided_ & ~admitted_) != 0;
}

bool DependencyFilter::decide(const wire::DependencyMark& mark, Layers wanted, int age, bool may_switch) {
  const bool decodable = !lacks_references(mark, age);
  if (may_switch) {
    Layers layers;
    const int best = best_target(mark, wanted, layers);
    reachable_ = layers;
    const bool switches = best >= 0 && mark.indications[std::size_t(best)] == wire::Indication::switch_point;
    if (best != target_ && switches && decodable) target_ = best, current_ = layers;
  }
  const bool belongs =
      target_ >= 0 && target_ < mark.target_count && mark.indications[std::size_t(target_)] != wire::Indication::absent;
  return belongs && decodable;
}

bool DependencyFilter::admits(const wire::DependencyMark& mark, Layers wanted, bool late) {
  const bool newer = !newest_ || std::int16_t(mark.frame_number - *newest_) > 0;
  if (newer) advance_to(mark.frame_number);
  const int age = std::uint16_t(*newest_ - mark.frame_number);
  if (age >= window) return false;
  const auto bit = std::uint64_t(1) << age;
  if ((decided_ & bit) == 0) {
    decided_ |= bit;
    if (decide(mark, wanted, age, newer && (!late || target_ < 0))) admitted_ |= bit;
  }
  return (admitted_ & bit) != 0;
}

}  // namespace greenroom::sfu

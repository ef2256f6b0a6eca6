// Which frames of one stream go to a subscriber who wants only some of its layers, by what the dependency descriptor
// says of each (RTP Payload Format For AV1, appendix A): those that belong to the chosen decode target and whose
// references were not left out. Another target is chosen at a frame that is a switch point of it and can be decoded.
// Decides once a frame; every packet of it, late ones too, has the same answer. Pure, owned by a LayerSelector.
#pragma once
#include <cstdint>
#include <optional>

#include "sfu/layers.hpp"
#include "wire/dependency_descriptor.hpp"

namespace greenroom::sfu {

class DependencyFilter {
 public:
  // `late`: the packet comes after newer ones; nothing is switched by it.
  bool admits(const wire::DependencyMark& mark, Layers wanted, bool late);
  // Of the decode target that is forwarded; {-1, -1} before the first.
  Layers current() const { return current_; }
  // Of the best target that there is within what was wanted.
  Layers reachable() const { return reachable_; }

 private:
  static constexpr int window = int(wire::max_dependency_distance);
  void advance_to(std::uint16_t frame_number);
  bool decide(const wire::DependencyMark& mark, Layers wanted, int age, bool may_switch);
  bool lacks_references(const wire::DependencyMark& mark, int age) const;

  std::optional<std::uint16_t> newest_;
  std::uint64_t decided_ = 0, admitted_ = 0;  // bit i: the frame i numbers before the newest
  int target_ = -1;
  Layers current_, reachable_;
};

}  // namespace greenroom::sfu

// Decides, packet by packet, what of a producer goes to one subscriber: which encoding (spatial layer), and of VP8
// which temporal layers. The target is set from outside (allocator, preferences); the selector follows it as soon as
// the codec permits: another encoding at a key frame, a higher temporal layer at a layer sync, a lower one at the next
// picture. Pure, owned by a Forwarder.
#pragma once
#include <cstdint>
#include <optional>

#include "sfu/packet_cache.hpp"
#include "wire/ortc.hpp"

namespace greenroom::sfu {

struct Layers {
  int spatial = -1;  // -1: nothing
  int temporal = -1;
  friend auto operator<=>(const Layers&, const Layers&) = default;
};

enum class Choice : std::uint8_t {
  ignore,  // not of the encoding that is forwarded
  skip,    // of it, but left out: the numbering closes up
  forward,
  switch_,  // forward, and from here on this encoding
};

class LayerSelector {
 public:
  explicit LayerSelector(wire::MediaKind kind) : kind_(kind) {}

  void set_target(Layers target) { target_ = target; }
  Layers target() const { return target_; }
  Layers current() const { return current_; }
  // An encoding that is waited for: a key frame of it is needed.
  std::optional<std::uint8_t> wants_keyframe() const;
  // Forgets where it was: the next packet forwarded begins a picture (after a pause).
  void restart() { current_ = {}; }
  Choice choose(std::uint8_t encoding, const CachedPacket& packet, bool late);

 private:
  Choice choose_temporal(const wire::Vp8Descriptor& vp8, bool keyframe);

  wire::MediaKind kind_;
  Layers target_, current_;
};

}  // namespace greenroom::sfu

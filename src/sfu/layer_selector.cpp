#include "sfu/layer_selector.hpp"

namespace greenroom::sfu {

std::optional<std::uint8_t> LayerSelector::wants_keyframe() const {
  if (kind_ == wire::MediaKind::audio || target_.spatial < 0 || target_.spatial == current_.spatial)
    return std::nullopt;
  return std::uint8_t(target_.spatial);
}

Choice LayerSelector::choose(std::uint8_t encoding, const CachedPacket& packet, bool late) {
  if (target_.spatial < 0) {
    current_ = {};
    return Choice::ignore;
  }
  const bool switches = int(encoding) == target_.spatial && current_.spatial != target_.spatial;
  // A key frame whose beginning was repaired serves a subscriber who has nothing yet; what came meanwhile is in the
  // cache.
  const bool in_time = !late || current_.spatial < 0;
  if (switches && in_time && (packet.keyframe || kind_ == wire::MediaKind::audio)) {
    current_ = {target_.spatial, target_.temporal};
    return Choice::switch_;
  }
  if (int(encoding) != current_.spatial) return Choice::ignore;
  if (late) return Choice::forward;           // its number is reserved; a picture too many does no harm
  if (packet.size == 0) return Choice::skip;  // padding
  if (packet.vp8 && packet.vp8->temporal_layer) return choose_temporal(*packet.vp8, packet.keyframe);
  return Choice::forward;
}

Choice LayerSelector::choose_temporal(const wire::Vp8Descriptor& vp8, bool keyframe) {
  const int layer = *vp8.temporal_layer;
  const bool begins = vp8.starts_frame();
  if (begins && (keyframe || target_.temporal < current_.temporal)) current_.temporal = target_.temporal;
  if (begins && layer > current_.temporal && layer <= target_.temporal && vp8.layer_sync) current_.temporal = layer;
  return layer <= current_.temporal ? Choice::forward : Choice::skip;
}

}  // namespace greenroom::sfu

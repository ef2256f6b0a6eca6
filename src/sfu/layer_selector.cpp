#include "sfu/layer_selector.hpp"

namespace greenroom::sfu {

std::optional<std::uint8_t> LayerSelector::wants_keyframe() const {
  if (shape_.kind == wire::MediaKind::audio || target_.spatial < 0) return std::nullopt;
  if (!shape_.svc) {
    return target_.spatial == current_.spatial ? std::nullopt : std::optional(std::uint8_t(target_.spatial));
  }
  // Fewer layers of full SVC come by themselves, and no key frame brings a layer that the encoder does not make.
  const int best = dependencies_.current().spatial < 0 ? target_.spatial : dependencies_.reachable().spatial;
  const bool waits = best > current_.spatial || (shape_.key_dependent && best < current_.spatial);
  return waits ? std::optional<std::uint8_t>(0) : std::nullopt;
}

void LayerSelector::restart() {
  current_ = {};
  dependencies_ = {};
}

Choice LayerSelector::choose(std::uint8_t encoding, const CachedPacket& packet, bool late) {
  if (target_.spatial < 0) {
    restart();
    return Choice::ignore;
  }
  return shape_.svc ? choose_layer(packet, late) : choose_encoding(encoding, packet, late);
}

Choice LayerSelector::choose_encoding(std::uint8_t encoding, const CachedPacket& packet, bool late) {
  const bool switches = int(encoding) == target_.spatial && current_.spatial != target_.spatial;
  // A key frame whose beginning was repaired serves a subscriber who has nothing yet; what came meanwhile is in the
  // cache.
  const bool in_time = !late || current_.spatial < 0;
  if (switches && in_time && (packet.keyframe || shape_.kind == wire::MediaKind::audio)) {
    current_ = {target_.spatial, wanted_temporal()};
    dependencies_ = {};
    if (packet.dependency) follow_dependencies(*packet.dependency, 0, late);
    return Choice::switch_;
  }
  if (int(encoding) != current_.spatial) return Choice::ignore;
  if (packet.dependency && packet.size > 0) return follow_dependencies(*packet.dependency, 0, late);
  if (late) return Choice::forward;           // its number is reserved; a picture too many does no harm
  if (packet.size == 0) return Choice::skip;  // padding
  if (packet.picture.layered) return choose_temporal(packet.picture, packet.keyframe);
  return Choice::forward;
}

// Temporal layers of one encoding by the payload's own descriptor.
Choice LayerSelector::choose_temporal(const wire::PictureMark& picture, bool keyframe) {
  if (keyframe) current_.temporal = wanted_temporal();
  if (picture.starts && !keyframe) begin_picture(picture);
  return picture.temporal <= current_.temporal ? Choice::forward : Choice::skip;
}

// VP8's Y and the fixed patterns of VP9 mark the first picture of a higher layer that needs nothing of that layer (RFC
// 7741 §4.2); RFC 9628 §4.2 lets U stand at a lower picture, after which all layers above may be joined.
void LayerSelector::begin_picture(const wire::PictureMark& picture) {
  const int wanted = wanted_temporal(), layer = picture.temporal;
  if (wanted < current_.temporal) current_.temporal = wanted;
  if (!picture.switch_up || wanted <= current_.temporal) return;
  if (layer > current_.temporal && layer <= wanted && !picture.flexible) {
    current_.temporal = layer;
  } else if (layer <= current_.temporal && !picture.closes_up) {
    current_.temporal = wanted;
  }
}

Choice LayerSelector::choose_layer(const CachedPacket& packet, bool late) {
  const auto left_out = current_.spatial < 0 ? Choice::ignore : late ? Choice::blank : Choice::skip;
  if (packet.size == 0) return left_out;
  if (packet.dependency) {
    const bool begins = current_.spatial < 0;
    if (begins && !packet.keyframe) return Choice::ignore;
    const auto choice = follow_dependencies(*packet.dependency, target_.spatial, late);
    return begins && choice == Choice::forward ? Choice::switch_ : choice;
  }
  const auto& picture = packet.picture;
  if (packet.keyframe && (!late || current_.spatial < 0)) {
    const bool begins = current_.spatial < 0;
    current_ = {target_.spatial, wanted_temporal()};
    picture_ = packet.time;
    return begins ? Choice::switch_ : Choice::forward;
  }
  if (current_.spatial < 0) return Choice::ignore;
  if (!late && packet.time != picture_) {
    picture_ = packet.time;
    if (!shape_.key_dependent && target_.spatial < current_.spatial) current_.spatial = target_.spatial;
    begin_picture(picture);
  }
  const bool needed = shape_.key_dependent && picture.predicted ? picture.spatial == current_.spatial
                                                                : picture.spatial <= current_.spatial;
  return needed && (late || picture.temporal <= current_.temporal) ? Choice::forward : left_out;
}

Choice LayerSelector::follow_dependencies(const wire::DependencyMark& mark, int spatial, bool late) {
  const bool admitted = dependencies_.admits(mark, {spatial, wanted_temporal()}, late);
  if (const auto now = dependencies_.current(); now.spatial >= 0) {
    current_ = {shape_.svc ? now.spatial : current_.spatial, now.temporal};
  }
  if (admitted) return Choice::forward;
  return late ? Choice::blank : Choice::skip;
}

bool LayerSelector::closes_picture(const CachedPacket& packet) const {
  if (!shape_.svc) return false;
  if (packet.dependency) return packet.dependency->ends && packet.dependency->layer.spatial == current_.spatial;
  return packet.picture.ends && packet.picture.spatial == current_.spatial;
}

}  // namespace greenroom::sfu

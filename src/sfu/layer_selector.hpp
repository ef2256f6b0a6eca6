// Decides, packet by packet, what of a producer goes to one subscriber: which encoding, and which spatial and temporal
// layers of it. The target is set from outside (allocator, preferences); the selector follows it as soon as the codec
// permits: another encoding at a key frame; within an encoding (SVC) more spatial layers at a key frame and fewer at
// the next picture, or with layers that depend on one another in key pictures only (K-SVC) at a key frame as well; a
// higher temporal layer at a switch-up point, a lower one at the next picture. Where packets carry a dependency
// descriptor, it decides. Pure, owned by a Forwarder.
#pragma once
#include <cstdint>
#include <optional>

#include "rtc/negotiation.hpp"
#include "sfu/dependency_filter.hpp"
#include "sfu/layers.hpp"
#include "sfu/packet_cache.hpp"

namespace greenroom::sfu {

enum class Choice : std::uint8_t {
  ignore,  // not of the encoding that is forwarded
  skip,    // of it, but left out: the numbering closes up
  forward,
  switch_,  // forward, and from here on this encoding
  blank,    // left out, but it comes late: its number is kept free already, and goes out without a payload
};

// How a producer is layered, as it was negotiated.
struct LayerShape {
  wire::MediaKind kind = wire::MediaKind::video;
  bool svc = false;            // spatial layers are within one encoding; otherwise they are encodings
  bool key_dependent = false;  // K-SVC
  bool temporal = true;        // temporal layers were declared; undeclared ones are never left out
  static LayerShape of(const rtc::ProducerPlan& plan) {
    return {plan.kind, plan.svc(), plan.key_dependent, plan.temporal_layers > 1};
  }
};

class LayerSelector {
 public:
  explicit LayerSelector(LayerShape shape) : shape_(shape) {}

  void set_target(Layers target) { target_ = target; }
  Layers target() const { return target_; }
  Layers current() const { return current_; }
  // The encoding that is forwarded; -1: none.
  int encoding() const { return shape_.svc && current_.spatial >= 0 ? 0 : current_.spatial; }
  // An encoding that is waited for: a key frame of it is needed.
  std::optional<std::uint8_t> wants_keyframe() const;
  // Forgets where it was: the next packet forwarded begins a picture (after a pause).
  void restart();
  Choice choose(std::uint8_t encoding, const CachedPacket& packet, bool late);
  // Of a packet that is forwarded: nothing after it goes out of its picture, which a marker bit must say (RFC 9628
  // §4.1).
  bool closes_picture(const CachedPacket& packet) const;

 private:
  Choice choose_encoding(std::uint8_t encoding, const CachedPacket& packet, bool late);
  Choice choose_layer(const CachedPacket& packet, bool late);
  Choice choose_temporal(const wire::PictureMark& picture, bool keyframe);
  Choice follow_dependencies(const wire::DependencyMark& mark, int spatial, bool late);
  void begin_picture(const wire::PictureMark& picture);
  int wanted_temporal() const { return shape_.temporal ? target_.temporal : 7; }

  LayerShape shape_;
  Layers target_, current_;
  wire::RtpTime picture_;  // of SVC without a dependency descriptor: the newest one
  DependencyFilter dependencies_;
};

}  // namespace greenroom::sfu

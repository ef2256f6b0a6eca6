#include "sfu/up_track.hpp"

#include <algorithm>

#include "rtc/header_extras.hpp"
#include "wire/av1.hpp"
#include "wire/h264.hpp"
#include "wire/rtp_extensions.hpp"
#include "wire/vp8.hpp"
#include "wire/vp9.hpp"

namespace greenroom::sfu {
namespace {
// A shared screen that stands still is sent about once a second.
constexpr base::Duration active_within = std::chrono::milliseconds(2500);

constexpr base::Duration layer_within = std::chrono::milliseconds(600);

std::optional<std::uint8_t> byte_of(const std::optional<base::ByteView>& value) {
  if (!value || value->size() != 1) return std::nullopt;
  return (*value)[0];
}

bool says_screen(const boost::json::value& app_data) {
  const auto* about = app_data.if_object();
  const auto* source = about ? about->if_contains("source") : nullptr;
  return source && source->is_string() && source->get_string() == "screen";
}
}  // namespace

UpTrack::UpTrack(ProducerId id, PeerId peer, rtc::ProducerPlan plan, boost::json::value app_data)
    : id_(id),
      peer_(peer),
      plan_(std::move(plan)),
      app_data_(std::move(app_data)),
      is_screen_(says_screen(app_data_)) {}

void UpTrack::describe_video(CachedPacket& slot, const wire::RtpView& packet, Layer& layer) {
  const auto payload = packet.payload();
  switch (plan_.codec) {
    case rtc::Codec::vp8:
      if (const auto descriptor = wire::Vp8Descriptor::parse(payload)) slot.picture = wire::mark_of(*descriptor);
      slot.keyframe = wire::is_vp8_keyframe(payload);
      break;
    case rtc::Codec::vp9:
      if (const auto descriptor = wire::Vp9Descriptor::parse(payload)) {
        slot.picture = wire::mark_of(*descriptor);
        slot.keyframe = wire::begins_vp9_keyframe(*descriptor);
      }
      break;
    case rtc::Codec::h264:
      slot.keyframe = wire::is_h264_keyframe(payload);
      break;
    case rtc::Codec::av1:
      slot.keyframe = wire::is_av1_keyframe(payload);
      break;
    case rtc::Codec::opus:
      break;
  }
  if (!plan_.extensions.dependency) return;
  const auto value = packet.extension({plan_.extensions.dependency});
  if (!value) return;
  if (!layer.dependencies) layer.dependencies = std::make_unique<wire::DependencyReader>();
  slot.dependency = layer.dependencies->read(*value);
  if (slot.dependency && plan_.codec == rtc::Codec::av1) {
    slot.keyframe = slot.dependency->structured && slot.dependency->starts;
    slot.picture.numbers.picture_id = slot.dependency->frame_number;
    slot.picture.counted = true;
  }
}

void UpTrack::describe(CachedPacket& slot, const wire::RtpView& packet, Layer& layer) {
  slot.picture = {};
  slot.dependency.reset();
  slot.redundant = plan_.red_payload_type && packet.payload_type().value == *plan_.red_payload_type;
  slot.keyframe = kind() == wire::MediaKind::audio;
  if (kind() == wire::MediaKind::video) describe_video(slot, packet, layer);
  slot.audio_level = byte_of(packet.extension({plan_.extensions.audio_level}));
  slot.orientation = byte_of(packet.extension({plan_.extensions.orientation}));
  slot.extras_size =
      std::uint16_t(rtc::keep_extras(packet, plan_.extensions, base::ByteSpan(slot.bytes).subspan(slot.size)));
  if (slot.audio_level) loudest_ = std::min(loudest_, std::uint8_t(*slot.audio_level & 0x7f));
}

const CachedPacket* UpTrack::store(const rtc::ReceivedRtp& rtp, base::Instant now) {
  const auto payload = rtp.packet.payload();
  if (payload.size() > max_payload_size) return nullptr;
  auto& layer = layers_[rtp.encoding];
  if (!layer.cache) {
    layer.cache =
        std::make_unique<PacketCache>(kind() == wire::MediaKind::audio ? audio_cache_packets : video_cache_packets);
  }
  if (!reference_) reference_ = rtp.encoding;
  auto& slot = layer.cache->put(rtp.seq);
  slot.time = rtp.packet.timestamp();
  slot.arrival = now;
  slot.marker = rtp.packet.marker();
  slot.size = std::uint16_t(payload.size());
  std::ranges::copy(payload, slot.bytes.begin());
  describe(slot, rtp.packet, layer);
  measure(slot, rtp.encoding, rtp.packet.packet().size(), now);
  if (slot.keyframe) note_keyframe(slot, rtp.encoding);
  if (!rtp.late) layer.highest = rtp.seq, layer.last_time = slot.time, layer.last_arrival = now;
  return &slot;
}

const CachedPacket* UpTrack::find(std::uint8_t encoding, wire::ExtSeq seq) const {
  return layers_[encoding].cache ? layers_[encoding].cache->find(seq) : nullptr;
}

// Some codecs mark several packets of the picture.
void UpTrack::note_keyframe(const CachedPacket& packet, std::uint8_t encoding) {
  auto& newest = layers_[encoding].keyframe;
  const auto* begun = newest ? find(encoding, *newest) : nullptr;
  const bool same_picture = begun && begun->time == packet.time;
  if (!newest || (same_picture ? packet.seq < *newest : packet.seq > *newest)) newest = packet.seq;
}

std::optional<UpTrack::Group> UpTrack::group_since_keyframe(std::uint8_t encoding, base::ByteCount at_most) const {
  constexpr std::size_t overhead = 40;  // of a packet, so that empty ones count too
  const auto& layer = layers_[encoding];
  if (!layer.keyframe) return std::nullopt;
  Group group{*layer.keyframe, layer.highest + 1, 0, 0, {}};
  for (const auto& waiting : fanout.waiting()) {
    if (waiting.late) return std::nullopt;  // a hole is being filled
    if (waiting.encoding == encoding) group.end = std::min(group.end, waiting.seq);
  }
  for (auto seq = group.first; seq < group.end; seq = seq + 1) {
    const auto* packet = find(encoding, seq);
    group.bytes += packet ? packet->size + overhead : 0;
    if (!packet || group.bytes > at_most.value) return std::nullopt;
    if (group.pictures == 0 || packet->time != group.last_time) ++group.pictures;
    group.last_time = packet->time;
  }
  if (group.pictures == 0) return std::nullopt;
  return group;
}

void UpTrack::measure(const CachedPacket& packet, std::uint8_t encoding, std::size_t size, base::Instant now) {
  const auto said = packet.dependency ? packet.dependency->layer.spatial : packet.picture.spatial;
  const std::size_t layer = plan_.svc() ? std::min<std::size_t>(said, layers() - 1) : encoding;
  spatial_[layer].meter.add(size, now);
  spatial_[layer].last_arrival = now;
}

void UpTrack::drop_caches() {
  for (auto& layer : layers_) layer.cache.reset();
}

// What is not consumed here is not piped: of an import only its branch knows what could be had.
base::Bitrate UpTrack::bitrate(std::size_t layer, base::Instant now) {
  if (import) return import->rates[layer];
  auto rate = spatial_[layer].meter.rate(now);
  for (std::size_t below = 0; plan_.svc() && below < layer; ++below) {
    const auto lower = spatial_[below].meter.rate(now);
    // A higher layer that costs less by itself is still the better one: whoever shares out sees it as a step.
    rate = plan_.key_dependent ? std::max(rate, lower * 1.01) : rate + lower;
  }
  return rate;
}

// An upper layer that is left out of the pictures is noticed sooner than an encoding that stands still.
bool UpTrack::active(std::size_t layer, base::Instant now) const {
  if (import) return import->rates[layer].bps > 0 && now - import->told_at < active_within;
  const auto last = spatial_[layer].last_arrival;
  if (last == base::Instant{} || now - last >= active_within) return false;
  return !plan_.svc() || layers_[0].last_arrival - last < layer_within;
}

// By the sender's reports where both encodings have one (RFC 3550 §6.4.1: NTP and RTP time of the same instant), by
// arrival until then: a few milliseconds off, once, at a switch that early.
std::int64_t UpTrack::time_delta(std::size_t encoding) const {
  if (!reference_ || *reference_ == encoding) return 0;
  const auto& from = layers_[encoding];
  const auto& to = layers_[*reference_];
  if (from.clock && to.clock) {
    const double seconds = double(std::int64_t(from.clock->ntp.value - to.clock->ntp.value)) / 4294967296.0;
    return distance(to.clock->rtp_time, from.clock->rtp_time) + std::int64_t(seconds * plan_.clock_rate);
  }
  return distance(to.last_time, from.last_time) +
         wire::to_ticks(from.last_arrival - to.last_arrival, {plan_.clock_rate});
}

}  // namespace greenroom::sfu

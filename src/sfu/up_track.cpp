#include "sfu/up_track.hpp"

#include <algorithm>

#include "wire/h264.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::sfu {
namespace {
// A shared screen that stands still is sent about once a second.
constexpr base::Duration active_within = std::chrono::milliseconds(2500);

std::optional<std::uint8_t> byte_of(const std::optional<base::ByteView>& value) {
  if (!value || value->size() != 1) return std::nullopt;
  return (*value)[0];
}
}  // namespace

UpTrack::UpTrack(ProducerId id, PeerId peer, rtc::ProducerPlan plan, boost::json::value app_data)
    : id_(id), peer_(peer), plan_(std::move(plan)), app_data_(std::move(app_data)) {}

void UpTrack::describe(CachedPacket& slot, const wire::RtpView& packet) {
  const auto payload = packet.payload();
  slot.vp8.reset();
  slot.starts_frame = false;
  slot.keyframe = plan_.codec == rtc::Codec::opus;
  if (plan_.codec == rtc::Codec::vp8) {
    slot.vp8 = wire::Vp8Descriptor::parse(payload);
    slot.starts_frame = slot.vp8 && slot.vp8->starts_frame();
    slot.keyframe = wire::is_vp8_keyframe(payload);
  } else if (plan_.codec == rtc::Codec::h264) {
    slot.keyframe = wire::is_h264_keyframe(payload);
  }
  slot.audio_level = byte_of(packet.extension({plan_.extensions.audio_level}));
  slot.orientation = byte_of(packet.extension({plan_.extensions.orientation}));
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
  describe(slot, rtp.packet);
  layer.meter.add(rtp.packet.packet().size(), now);
  if (!rtp.late) layer.highest = rtp.seq, layer.last_time = slot.time, layer.last_arrival = now;
  return &slot;
}

const CachedPacket* UpTrack::find(std::uint8_t encoding, wire::ExtSeq seq) const {
  return layers_[encoding].cache ? layers_[encoding].cache->find(seq) : nullptr;
}

base::Bitrate UpTrack::bitrate(std::size_t encoding, base::Instant now) { return layers_[encoding].meter.rate(now); }

bool UpTrack::active(std::size_t encoding, base::Instant now) const {
  return layers_[encoding].cache && now - layers_[encoding].last_arrival < active_within;
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

#include <algorithm>

#include "rtc/capabilities.hpp"
#include "rtc/header_extras.hpp"
#include "sim/browser.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::sim {
namespace {
constexpr std::uint8_t opus_type = 111, vp8_type = 96, vp8_rtx_type = 97;  // as Chromium numbers them
constexpr std::uint8_t dependency_id = 12;
constexpr std::size_t store_size = 600;

// A VP8 payload descriptor with a 15-bit picture id, TL0PICIDX and TID (RFC 7741 §4.2), the first bytes of a frame,
// then what the sinks read: the layer, and zeros.
base::Bytes vp8_payload(bool first, bool keyframe, std::uint16_t picture, std::uint8_t tl0, std::uint8_t tid, bool sync,
                        std::uint8_t layer, std::size_t size) {
  base::Bytes payload{
      std::uint8_t(0x80 | (first ? 0x10 : 0)),   0xe0, std::uint8_t(0x80 | picture >> 8), std::uint8_t(picture), tl0,
      std::uint8_t(tid << 6 | (sync ? 0x20 : 0))};
  payload.push_back(first && keyframe ? 0x00 : 0x01);  // P bit
  payload.push_back(0), payload.push_back(0);
  payload.push_back(0x9d), payload.push_back(0x01), payload.push_back(0x2a);
  payload.push_back(layer);
  payload.resize(std::max(size, payload.size() + 8), 0);
  return payload;
}
}  // namespace

std::string mime_type_of(Coding coding) {
  return coding == Coding::vp8 ? "video/VP8" : coding == Coding::vp9 ? "video/VP9" : "video/AV1";
}

// The extensions of a packet as rtc/header_extras.hpp has them.
base::Bytes with_descriptor(const base::Bytes& descriptor) {
  base::Bytes extras(2 + descriptor.size());
  extras[0] = std::uint8_t(rtc::Extra::dependency);
  extras[1] = std::uint8_t(descriptor.size());
  std::ranges::copy(descriptor, extras.begin() + 2);
  return extras;
}

Source::Source(SourceSettings settings, std::uint32_t first_ssrc, base::Rng& rng)
    : settings_(std::move(settings)),
      stream_({int(settings_.layers.size()), settings_.temporal_layers, settings_.key_dependent}) {
  const auto encodings = svc() ? 1 : settings_.layers.size();
  for (std::size_t i = 0; i < encodings; ++i) {
    Encoding e;
    e.ssrc = first_ssrc + std::uint32_t(i) * 2;
    e.time_offset = rng.u32();
    e.picture = std::uint16_t(rng.below(1 << 15));
    e.tl0 = std::uint8_t(rng.below(256));
    e.seq = {0x10000 + rng.below(1 << 16)};
    encodings_.push_back(std::move(e));
  }
}

wire::RtpParameters Source::parameters() const {
  wire::RtpParameters p;
  p.mid = std::to_string(encodings_[0].ssrc % 100);
  p.rtcp = wire::RtcpParameters{"cname", true, true};
  p.header_extensions.emplace();
  p.header_extensions->push_back({std::string(wire::uri_mid), 4, false, {}});
  p.header_extensions->push_back({std::string(wire::uri_transport_sequence), 3, false, {}});
  if (settings_.video) {
    p.codecs.push_back(
        {mime_type_of(settings_.coding),
         vp8_type,
         90000,
         {},
         {},
         std::vector<wire::RtcpFeedback>{{"nack", {}}, {"nack", "pli"}, {"ccm", "fir"}, {"transport-cc", {}}}});
    p.codecs.push_back({"video/rtx", vp8_rtx_type, 90000, {}, wire::CodecParameters{{"apt", vp8_type}}, {}});
  } else {
    p.codecs.push_back({"audio/opus", opus_type, 48000, 2, {}, std::vector<wire::RtcpFeedback>{{"nack", {}}}});
    p.header_extensions->push_back({std::string(wire::uri_audio_level), 1, false, {}});
  }
  if (settings_.coding == Coding::av1) {
    p.header_extensions->push_back({std::string(wire::uri_dependency_descriptor), dependency_id, false, {}});
  }
  p.encodings.emplace();
  for (const auto& e : encodings_) {
    wire::RtpEncodingParameters encoding;
    encoding.ssrc = e.ssrc;
    if (settings_.video) encoding.rtx = wire::RtxParameters{e.ssrc + 1};
    if (svc()) {
      encoding.scalability_mode = "L" + std::to_string(settings_.layers.size()) + "T" +
                                  std::to_string(settings_.temporal_layers) + (settings_.key_dependent ? "_KEY" : "");
    } else if (settings_.temporal_layers > 1)
      encoding.scalability_mode = "L1T" + std::to_string(settings_.temporal_layers);
    p.encodings->push_back(encoding);
  }
  return p;
}

void Source::attach(rtc::Transport& transport) {
  for (auto& e : encodings_) {
    rtc::ConsumerPlan plan;
    plan.codec = settings_.video ? rtc::Codec::vp8 : rtc::Codec::opus;
    plan.ssrc = e.ssrc;
    plan.payload_type = settings_.video ? vp8_type : opus_type;
    plan.clock_rate = settings_.video ? 90000 : 48000;
    plan.cname = "cname";
    plan.mid = std::to_string(encodings_[0].ssrc % 100);
    plan.extensions.mid = 4;
    plan.extensions.transport_wide = 3;
    plan.nack = true;
    if (settings_.video) {
      plan.rtx_ssrc = e.ssrc + 1;
      plan.rtx_payload_type = vp8_rtx_type;
      if (settings_.coding == Coding::av1) plan.extensions.dependency = dependency_id;
    } else {
      plan.extensions.audio_level = 1;
    }
    e.sender = transport.add_sender(plan);
  }
}

void Source::send_due(rtc::Transport& transport, base::Instant now, rtc::Outbox& out) {
  if (next_frame_ == base::Instant{}) next_frame_ = now;
  while (next_frame_ <= now) {
    next_frame_ +=
        settings_.video ? base::Duration(1'000'000 / settings_.frames_per_second) : std::chrono::milliseconds(20);
    if (muted || !transport.can_send()) continue;
    for (std::size_t i = 0; i < encodings_.size(); ++i) {
      if (svc()) {
        send_picture(encodings_[i], transport, now, out);
      } else if (int(i) <= max_layer)
        send_frame(encodings_[i], settings_.layers[i], transport, now, out);
    }
  }
}

void Source::send_frame(Encoding& e, base::Bitrate rate, rtc::Transport& transport, base::Instant now,
                        rtc::Outbox& out) {
  const auto hz = settings_.video ? 90000 : 48000;
  const wire::RtpTime time{e.time_offset + std::uint32_t(wire::to_ticks(now.time_since_epoch(), {std::uint32_t(hz)}))};
  transport.sender(e.sender)->set_clock(
      {{std::uint64_t(double(now.time_since_epoch().count()) * 4294.967296) + (std::uint64_t(1) << 60)}, time, now});
  if (!settings_.video) {
    base::Bytes payload(std::size_t(rate.bps / 8 / 50), 0x55);
    return send_packet(e, transport, time, std::move(payload), true, now, out);
  }
  const bool keyframe = std::exchange(e.keyframe, false);
  if (keyframe) ++keyframes, e.frame = 0;
  static constexpr std::uint8_t patterns[4][4] = {{0}, {0}, {0, 1}, {0, 2, 1, 2}};
  const int t = settings_.temporal_layers;
  const std::uint8_t tid = patterns[t][e.frame % (t == 3 ? 4 : t == 2 ? 2 : 1)];
  if (tid == 0) ++e.tl0;
  const bool sync = tid > 0 && e.frame % 4 < 3;
  auto left = std::size_t(rate.bps / 8 / settings_.frames_per_second) * (keyframe ? 4 : 1);
  const auto layer = std::uint8_t(&e - encodings_.data());
  for (bool first = true; left > 0; first = false) {
    const auto size = std::min(left, settings_.packet_size);
    left -= size;
    send_packet(e, transport, time, vp8_payload(first, keyframe, e.picture, e.tl0, tid, sync, layer, size), left == 0,
                now, out);
  }
  e.picture = std::uint16_t((e.picture + 1) & 0x7fff);
  ++e.frame;
}

// All layers of one picture; one that was not sent before begins with a key picture.
void Source::send_picture(Encoding& e, rtc::Transport& transport, base::Instant now, rtc::Outbox& out) {
  const wire::RtpTime time{e.time_offset + std::uint32_t(wire::to_ticks(now.time_since_epoch(), {90000}))};
  transport.sender(e.sender)->set_clock(
      {{std::uint64_t(double(now.time_since_epoch().count()) * 4294.967296) + (std::uint64_t(1) << 60)}, time, now});
  const int layers = std::min(max_layer + 1, int(settings_.layers.size()));
  const bool grows = std::exchange(layers_sent_, layers) < layers;
  const bool keyframe = std::exchange(e.keyframe, false) || grows;
  keyframes += keyframe;
  for (const auto& frame : stream_.next_picture(keyframe, layers)) {
    const auto rate = settings_.layers[std::size_t(frame.spatial)];
    auto left = std::size_t(rate.bps / 8 / settings_.frames_per_second) * (keyframe ? 4 : 1);
    for (bool first = true; left > 0; first = false) {
      const auto size = std::min(left, settings_.packet_size);
      left -= size;
      const bool last = left == 0;
      auto payload = settings_.coding == Coding::vp9 ? stream_.vp9_payload(frame, first, last, size)
                                                     : stream_.av1_payload(frame, first, last, size);
      if (settings_.coding == Coding::av1) extras_ = with_descriptor(stream_.dependency_descriptor(frame, first, last));
      frame_number_ = std::uint16_t(frame.number);
      send_packet(e, transport, time, std::move(payload), last && frame.spatial == layers - 1, now, out);
    }
  }
}

void Source::send_packet(Encoding& e, rtc::Transport& transport, wire::RtpTime time, base::Bytes payload, bool last,
                         base::Instant now, rtc::Outbox& out) {
  rtc::OutgoingRtp packet;
  packet.marker = last;
  packet.seq = e.seq.seq();
  packet.time = time;
  packet.rest = payload;
  packet.extras = extras_;
  packet.frame_number = frame_number_;
  if (!settings_.video) packet.audio_level = std::uint8_t(settings_.speaking ? 20 : 127);
  transport.send(e.sender, packet, now, out);
  ++packets_sent;
  e.store[e.seq.value] = {time, std::move(payload), std::exchange(extras_, {}), frame_number_};
  if (last) e.last_packets.insert(e.seq.value);
  while (e.store.size() > store_size) e.store.erase(e.store.begin());
  e.seq = e.seq + 1;
}

bool Source::owns(rtc::SenderIndex sender) const {
  return std::ranges::any_of(encodings_, [&](const auto& e) { return e.sender == sender; });
}

void Source::on_nack(rtc::Transport& transport, rtc::SenderIndex sender, std::span<const wire::SeqNo> lost,
                     base::Instant now, rtc::Outbox& out) {
  if (!settings_.video) return;  // sound is not repeated in the simulator
  for (auto& e : encodings_) {
    if (e.sender != sender) continue;
    for (const auto seq : lost) {
      const auto ext = e.seq + distance(seq, e.seq.seq());
      const auto found = e.store.find(ext.value);
      if (found == e.store.end()) continue;
      rtc::OutgoingRtp packet;
      packet.seq = seq;
      packet.time = found->second.time;
      packet.rest = found->second.payload;
      packet.extras = found->second.extras;
      packet.frame_number = found->second.frame_number;
      packet.marker = e.last_packets.contains(ext.value);
      packet.retransmission = true;
      transport.send(sender, packet, now, out);
      ++retransmitted;
    }
  }
}

void Source::on_keyframe_wanted(rtc::SenderIndex sender) {
  for (auto& e : encodings_) {
    if (e.sender == sender) e.keyframe = true;
  }
}

}  // namespace greenroom::sim

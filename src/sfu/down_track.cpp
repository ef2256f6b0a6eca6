#include "sfu/down_track.hpp"

#include <algorithm>

#include "sfu/peer.hpp"

namespace greenroom::sfu {

bool DownTrack::reachable() const { return flows() && transport_.rtc.can_send(); }

bool DownTrack::compose(std::uint8_t encoding, wire::ExtSeq seq, const Placement& placement, Patch& patch,
                        rtc::OutgoingRtp& out) const {
  const auto* packet = source_.find(encoding, seq);
  if (!packet) return false;
  out.marker = packet->marker;
  out.seq = placement.seq;
  out.time = placement.time;
  out.audio_level = packet->audio_level;
  out.orientation = packet->orientation;
  out.rest = packet->payload();
  if (packet->vp8) {
    const auto head = base::ByteSpan(patch).first(std::min<std::size_t>(packet->vp8->size, patch.size()));
    std::ranges::copy(out.rest.first(head.size()), head.begin());
    wire::patch_vp8(head, *packet->vp8, placement.vp8);
    out.head = head;
    out.rest = out.rest.subspan(head.size());
  }
  return true;
}

std::size_t BackupTrack::write(base::ByteSpan out, const CachedPacket& packet, const Placement& placement) const {
  const wire::RtpHeader header{{plan_.payload_type}, packet.marker, placement.seq, placement.time, {plan_.ssrc}};
  const auto size = wire::write_rtp(out, header, {}, packet.payload());
  if (size > 0 && packet.vp8) {
    wire::patch_vp8(out.subspan(size - packet.size, packet.size), *packet.vp8, placement.vp8);
  }
  return size;
}

}  // namespace greenroom::sfu

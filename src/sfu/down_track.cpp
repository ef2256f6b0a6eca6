#include "sfu/down_track.hpp"

#include <algorithm>

#include "sfu/peer.hpp"
#include "wire/red.hpp"

namespace greenroom::sfu {

bool DownTrack::reachable() const { return flows() && transport_.rtc.can_send(); }

rtc::OutgoingRtp DownTrack::compose(const CachedPacket& packet, const Placement& placement, Patch& patch) const {
  rtc::OutgoingRtp out;
  out.marker = packet.marker || placement.marker;
  out.seq = placement.seq;
  out.time = placement.time;
  if (placement.blank) {
    out.marker = false;
    return out;
  }
  out.audio_level = packet.audio_level;
  out.orientation = packet.orientation;
  out.extras = packet.extras();
  if (packet.dependency) {
    out.frame_number = packet.picture.counted ? placement.picture.picture_id : packet.dependency->frame_number;
  }
  out.rest = packet.payload();
  if (packet.redundant) {
    fit_redundancy(patch, out);
  } else if (packet.picture.head) {
    const auto head = base::ByteSpan(patch).first(std::min<std::size_t>(packet.picture.head, patch.size()));
    std::ranges::copy(out.rest.first(head.size()), head.begin());
    wire::patch_picture(head, packet.picture, placement.picture);
    out.head = head;
    out.rest = out.rest.subspan(head.size());
  }
  return out;
}

// Who knows redundancy gets it with the receiver's numbers in the block headers, others the sound of now.
void DownTrack::fit_redundancy(Patch& patch, rtc::OutgoingRtp& out) const {
  const auto red = wire::RedPayload::parse(out.rest);
  const auto head = wire::red_header_size(out.rest);
  if (!red || head > patch.size()) {
    out.rest = {};
    return;
  }
  if (!knows_redundancy_) {
    out.rest = red->primary().data;
    return;
  }
  out.redundant = true;
  const auto room = base::ByteSpan(patch).first(head);
  std::ranges::copy(out.rest.first(head), room.begin());
  wire::set_red_types(room, {payload_type_});
  out.head = room;
  out.rest = out.rest.subspan(head);
}

std::size_t BackupTrack::write(base::ByteSpan out, const CachedPacket& packet, const Placement& placement) const {
  const wire::RtpHeader header{
      {plan_.payload_type}, packet.marker || placement.marker, placement.seq, placement.time, {plan_.ssrc}};
  if (placement.blank) return 0;  // a recorder counts what it has
  if (packet.redundant) {
    const auto red = wire::RedPayload::parse(packet.payload());
    return red ? wire::write_rtp(out, header, {}, red->primary().data) : 0;
  }
  const auto size = wire::write_rtp(out, header, {}, packet.payload());
  if (size > 0) wire::patch_picture(out.subspan(size - packet.size, packet.size), packet.picture, placement.picture);
  return size;
}

}  // namespace greenroom::sfu

// One picture out of its packets, which all have come and are in order: VP8 (RFC 7741), VP9 (RFC 9628; the layers of a
// picture as one superframe), H.264 (RFC 6184; an access unit in Annex B) and AV1 (RTP Payload Format For AV1; a
// temporal unit of OBUs with their sizes). Nothing when the packets contradict the format. Pure.
#pragma once
#include <optional>
#include <span>

#include "record/depacketize.hpp"

namespace greenroom::record {

using Picture = std::span<const TimedPacket>;  // those with one time stamp; at least one, no payload empty

std::optional<Frame> vp8_frame(Picture picture);
std::optional<Frame> vp9_frame(Picture picture);
std::optional<Frame> h264_frame(Picture picture);
std::optional<Frame> av1_frame(Picture picture);

}  // namespace greenroom::record

// The packets of one encoding as they arrived, kept for a moment, shared by all subscribers: it is their queue (pacing
// refers to packets here), their retransmission store, and the only copy of a payload in the shard. Owned by an
// UpTrack. A ring addressed by sequence number: a slot is found in one step and overwritten one turn later, whatever
// the order of arrival. Invariant: find() gives the packet of exactly that number, or nothing.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "wire/dependency_descriptor.hpp"
#include "wire/picture_mark.hpp"
#include "wire/rtp.hpp"

namespace greenroom::sfu {

inline constexpr std::size_t max_payload_size = 1400;     // a browser's path MTU assumption is 1,200 and some
inline constexpr std::size_t video_cache_packets = 1024;  // at 2.5 Mbit/s of 1,200 bytes: four seconds
inline constexpr std::size_t audio_cache_packets = 64;    // 20 ms each: 1.3 s

struct CachedPacket {
  wire::ExtSeq seq;
  wire::RtpTime time;
  base::Instant arrival{};
  bool marker = false;
  bool keyframe = false;      // a decoder can begin here
  bool redundant = false;     // sound with copies of earlier sound around it (RFC 2198)
  wire::PictureMark picture;  // of video
  std::optional<wire::DependencyMark> dependency;
  std::optional<std::uint8_t> audio_level, orientation;
  std::uint16_t size = 0;
  std::uint16_t extras_size = 0;  // header extensions that are handed on, behind the payload (rtc/header_extras.hpp)
  std::array<std::uint8_t, max_payload_size> bytes;

  base::ByteView payload() const { return base::ByteView(bytes).first(size); }
  base::ByteView extras() const { return base::ByteView(bytes).subspan(size, extras_size); }
};

class PacketCache {
 public:
  explicit PacketCache(std::size_t packets) : slots_(packets) {}  // a power of two of them

  // The slot for a packet whose payload fits; the caller fills it in. It is found by its number from now on.
  CachedPacket& put(wire::ExtSeq seq) {
    auto& slot = slots_[seq.value & (slots_.size() - 1)];
    slot.seq = seq;
    return slot;
  }
  const CachedPacket* find(wire::ExtSeq seq) const {
    const auto& slot = slots_[seq.value & (slots_.size() - 1)];
    return slot.seq == seq ? &slot : nullptr;
  }

 private:
  std::vector<CachedPacket> slots_;  // seq 0 is never used: the unwrapper begins at 2^16
};

}  // namespace greenroom::sfu

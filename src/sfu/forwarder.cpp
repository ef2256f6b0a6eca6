#include "sfu/forwarder.hpp"

namespace greenroom::sfu {

std::optional<Placement> Forwarder::offer(const UpTrack& track, std::uint8_t encoding, const CachedPacket& packet,
                                          bool late, std::int64_t time_shift) {
  Rewriter::Incoming incoming{packet.seq, packet.time + time_shift, packet.picture};
  const auto choice = selector_.choose(encoding, packet, late);
  incoming.marker = selector_.closes_picture(packet);
  switch (choice) {
    case Choice::ignore:
      return std::nullopt;
    case Choice::skip:
      rewriter_.skip(incoming);
      return std::nullopt;
    case Choice::switch_:
      rewriter_.switch_to(encoding, incoming, track.time_delta(encoding));
      break;
    case Choice::blank:
      incoming.blank = true;
      break;
    case Choice::forward:
      break;
  }
  return rewriter_.place(incoming);
}

std::optional<rtc::ReceiveStream::SenderClock> Forwarder::clock(const UpTrack& track) const {
  const int encoding = selector_.encoding();
  if (encoding < 0 || !track.clock(std::size_t(encoding))) return std::nullopt;
  auto clock = *track.clock(std::size_t(encoding));
  clock.rtp_time = clock.rtp_time + rewriter_.time_delta();
  return clock;
}

}  // namespace greenroom::sfu

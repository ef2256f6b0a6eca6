// A participant's presence in a room: who, and which transports. Owned by its Room.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>

#include "rtc/transport.hpp"
#include "sfu/allocator.hpp"
#include "sfu/command.hpp"
#include "sfu/down_track.hpp"
#include "sfu/send_queue.hpp"

namespace greenroom::sfu {

class Room;

// An rtc::Transport with its place in the shard. The browser sends on one and receives on another.
struct PeerTransport {
  PeerTransport(TransportId i, Room& r, PeerId p, Direction d, const rtc::Transport::Config& config, base::Rng& rng)
      : id(i), room(r), peer(p), direction(d), rtc(config, rng) {}

  TransportId id;
  Room& room;
  PeerId peer;
  Direction direction;
  rtc::Transport rtc;
  SendQueue queue;
  rtc::Pacer repairs{std::chrono::milliseconds(500)};  // a budget for retransmissions: a storm of them feeds congestion
  TransportStatus reported = TransportStatus::connecting;
  std::uint32_t next_mid = 0;           // mediasoup numbers a transport's consumers
  std::vector<UpTrack*> up_tracks;      // by ReceiverIndex
  std::vector<DownTrack*> down_tracks;  // by SenderIndex
  base::Instant next_allocation{};
  struct Probe {
    rtc::ProbeCluster cluster;
    base::Instant since{};
    std::uint64_t sent = 0;  // bytes, media and padding
  };
  std::optional<Probe> probe;
};

struct Peer {
  PeerId id;
  std::string user_id, name;
  std::unordered_map<TransportId, std::unique_ptr<PeerTransport>> transports;
};

}  // namespace greenroom::sfu

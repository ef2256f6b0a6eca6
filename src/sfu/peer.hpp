// A participant's presence in a room: who, and which transports. Owned by its Room.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "rtc/transport.hpp"
#include "sfu/allocator.hpp"
#include "sfu/command.hpp"
#include "sfu/data_tracks.hpp"
#include "sfu/down_track.hpp"
#include "sfu/send_queue.hpp"
#include "sfu/steady_budget.hpp"
#include "sfu/timer_wheel.hpp"

namespace greenroom::sfu {

class Room;

// An rtc::Transport with its place in the shard. The browser sends on one and receives on another.
struct PeerTransport : Timed<PeerTransport> {
  PeerTransport(TransportId i, Room& r, PeerId p, Direction d, const rtc::Transport::Config& config, base::Rng& rng)
      : id(i), room(r), peer(p), direction(d), rtc(config, rng) {}

  TransportId id;
  Room& room;
  PeerId peer;
  Direction direction;
  SendQueue queue;
  struct Probe {
    rtc::ProbeCluster cluster;
    base::Instant since{};
    std::uint64_t sent = 0;  // bytes, media and padding
  };
  std::optional<Probe> probe;
  rtc::Transport rtc;
  rtc::Pacer repairs{std::chrono::milliseconds(500)};  // a budget for retransmissions: a storm of them feeds congestion
  TransportStatus reported = TransportStatus::connecting;
  std::uint32_t next_mid = 0;  // mediasoup numbers a transport's consumers
  struct EndedSlot {
    rtc::SendStream::Count count;
    Rewriter::End end;
    base::Instant at{};
  };
  static constexpr std::size_t slots_max = 64;
  std::map<std::uint32_t, EndedSlot> ended_slots;  // by SSRC: where the next consumer in it goes on
  std::vector<UpTrack*> up_tracks;                 // by ReceiverIndex
  std::vector<DownTrack*> down_tracks;             // by SenderIndex
  std::vector<DataProducer*> data_producers;
  std::vector<DataConsumer*> data_consumers;
  std::uint16_t next_data_stream = 0;
  base::Instant copies_until{};  // the work that its messages have made lasts so long, at the rate they may make it
  base::Instant next_allocation{};
  SteadyBudget budget;
  // It has all that it could wish for, as long as the estimate is not below `from`, of which sound takes a part.
  struct Content {
    base::Bitrate from, sound;
  };
  std::optional<Content> content;

  // What forwarding a packet needs of it stands at its beginning, up to what is at hand of `rtc`: a hint that it comes.
  void fetch_ahead() const;
};

inline void PeerTransport::fetch_ahead() const {
  const auto* begin = reinterpret_cast<const char*>(this);
  const auto* end = reinterpret_cast<const char*>(&rtc) + rtc::Transport::at_hand;
  base::prefetch(begin, std::size_t(end - begin));
}

struct Peer {
  PeerId id;
  std::string user_id, name;
  int told_score = 10;  // by PeerQuality
  base::Instant told_at{};
  std::unordered_map<TransportId, std::unique_ptr<PeerTransport>> transports;
};

}  // namespace greenroom::sfu

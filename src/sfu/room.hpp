// A room: its peers, their producers (UpTracks) and consumers (DownTracks), and the recorders that are subscribed.
// Owned by the Shard, one thread. Commands come as values and are answered as values; media packets come from the
// peers' transports and go out through the transports of the subscribers. A room that is too big for one shard is a
// branch on each of several, joined by pipes (room_pipes.cpp); nothing here knows of another room. Invariant: an
// UpTrack's lists of subscribers, and the transports' tables of tracks, hold exactly the tracks that live.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sfu/arrivals.hpp"
#include "sfu/outputs.hpp"
#include "sfu/peer.hpp"
#include "sfu/pipes.hpp"
#include "sfu/recording.hpp"
#include "sfu/routes.hpp"
#include "sfu/timer_wheel.hpp"

namespace greenroom::sfu {

// What a room uses of its shard.
struct ShardContext {
  const ShardConfig& config;
  const crypto::SecureChannelFactory& channels;
  base::Rng& rng;
  Outputs& outputs;
  Routes& routes;
  TimerWheel<PeerTransport>& timers;
  Arrivals& arrivals;
  ShardCounters& counters;
  const wire::RtpCapabilities& capabilities;
  Pipes& pipes;
};

class Room {
 public:
  Room(RoomId id, ShardContext context) : id_(std::move(id)), context_(context) {}
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  using Answer = base::Result<ReplyBody>;
  Answer handle(JoinRoom& command, base::Instant now);
  Answer handle(LeaveRoom& command, base::Instant now);
  Answer handle(CreateTransport& command, base::Instant now);
  Answer handle(ConnectTransport& command, base::Instant now);
  Answer handle(CloseTransport& command, base::Instant now);
  Answer handle(RestartIce& command, base::Instant now);
  Answer handle(Produce& command, base::Instant now);
  Answer handle(CloseProducer& command, base::Instant now);
  Answer handle(PauseProducer& command, base::Instant now);
  Answer handle(ResumeProducer& command, base::Instant now);
  Answer handle(Consume& command, base::Instant now);
  Answer handle(ResumeConsumer& command, base::Instant now);
  Answer handle(PauseConsumer& command, base::Instant now);
  Answer handle(CloseConsumer& command, base::Instant now);
  Answer handle(SetPreferredLayers& command, base::Instant now);
  Answer handle(SetConsumerPriority& command, base::Instant now);
  Answer handle(RequestKeyFrame& command, base::Instant now);
  Answer handle(GetPeerStats& command, base::Instant now);
  Answer handle(StartBackup& command, base::Instant now);
  Answer handle(StopBackup& command, base::Instant now);
  Answer handle(ProduceData& command, base::Instant now);
  Answer handle(CloseDataProducer& command, base::Instant now);
  Answer handle(ConsumeData& command, base::Instant now);
  Answer handle(CloseDataConsumer& command, base::Instant now);
  Answer handle(JoinBranches& command, base::Instant now);
  Answer handle(ExportProducer& command, base::Instant now);
  Answer handle(ImportProducer& command, base::Instant now);
  Answer handle(PauseImport& command, base::Instant now);
  Answer handle(EndImport& command, base::Instant now);
  Answer handle(ExportData& command, base::Instant now);
  Answer handle(ImportData& command, base::Instant now);
  Answer handle(EndDataImport& command, base::Instant now);
  Answer handle(EndExports& command, base::Instant now);
  void close(base::Instant now);
  bool empty() const { return peers_.empty() && recordings_.empty(); }

  // ---- media
  void on_rtp(PeerTransport& transport, const rtc::ReceivedRtp& rtp, base::Instant now);
  void on_feedback(PeerTransport& transport, const rtc::Reported& reported, base::Instant now);
  void on_data(PeerTransport& transport, base::Instant now);  // after datagrams, and while messages wait
  // Offers what has arrived of the producer to its subscribers; false: the outbox has its turn's worth, go on later.
  bool forward_round(UpTrack& track, base::Instant now);
  void advance(PeerTransport& transport, base::Instant now);  // what is due on it; schedules it again
  void advance(base::Instant now);                            // what is due of the room as a whole
  base::Instant next_deadline() const;

  // ---- from other branches (room_pipes.cpp)
  void on_piped(UpTrack& track, const PipedPacket& piped, base::ByteView packet, base::Instant now);
  void on_piped(UpTrack& track, const PipedClock& clock, base::Instant now);
  void on_piped(UpTrack& track, const PipedState& state, base::Instant now);
  void on_piped(UpTrack& track, const PipedWish& wish, base::Instant now);
  void on_piped(const PipedSpeaker& speaker);
  void on_piped_levels(ShardIndex from, base::ByteView levels, base::Instant now);
  void repeat(DataProducer& producer, const sctp::Message& message, base::Instant now);
  static base::Duration cost_of_repeating(const DataProducer& producer);

  void add_stats(Stats& stats, bool detailed, base::Instant now);

 private:
  base::Result<Peer*> find_peer(const PeerId& id);
  base::Result<PeerTransport*> find_transport(const PeerId& peer, const TransportId& id);
  base::Result<UpTrack*> find_producer(const PeerId& peer, const ProducerId& id);
  base::Result<DownTrack*> find_consumer(const PeerId& peer, const ConsumerId& id);
  template <class IdType>
  IdType new_id();
  std::size_t count_producers(const PeerId& peer) const;

  base::Result<rtc::ConsumerPlan> plan_for(const UpTrack& source, PeerTransport& transport, const Consume& command);
  void close_transport(Peer& peer, PeerTransport& transport, base::Instant now, bool say);
  void close_producer(UpTrack& track, base::Instant now, bool say);
  void close_consumer(DownTrack& track, base::Instant now);
  void go_on(DownTrack& track, base::Instant now);
  void set_producer_paused(UpTrack& track, bool paused, base::Instant now);

  // ---- forwarding (room_media.cpp)
  void take(UpTrack& track, const rtc::ReceivedRtp& rtp, base::Instant now);
  void forward(DownTrack& track, std::uint8_t encoding, const CachedPacket& packet, bool late, base::Instant now,
               std::int64_t time_shift = 0);
  bool begin_from_cache(DownTrack& track, base::Instant now);
  void send(DownTrack& track, const CachedPacket& packet, const Placement& placement, bool retransmission,
            base::Instant now);
  void enqueue(PeerTransport& transport, const QueuedPacket& packet, base::Instant now);
  void drain(PeerTransport& transport, base::Instant now);
  void retransmit(DownTrack& track, std::span<const wire::SeqNo> lost, base::Instant now);
  void relay_clock(UpTrack& track, std::uint8_t encoding, const rtc::ReceiveStream::SenderClock& clock,
                   base::Instant now);
  rtc::KeyframeRequests& keyframe_requests(UpTrack& track, std::size_t encoding);
  void request_keyframe(UpTrack& track, std::uint8_t encoding, base::Instant now);
  void request_lost_keyframe(DownTrack& track, base::Instant now);
  void request_missing_keyframes(UpTrack& track, base::Instant now);
  void request_missing_keyframe(UpTrack& track, const Forwarder& forwarder, base::Instant now);
  void hurry_requests(UpTrack& track, std::uint8_t encoding, base::Instant now);
  void tell_phase(PeerTransport& transport, base::Instant now);

  // ---- sharing out bandwidth (room_bandwidth.cpp)
  void allocate(PeerTransport& transport, base::Instant now);
  std::optional<PeerTransport::Content> content_with(base::Bitrate estimate, base::Bitrate sound,
                                                     base::Instant now) const;
  void review_allocation(PeerTransport& transport, base::Instant now);
  void hurry_allocation(PeerTransport& transport, base::Instant now);
  void look_at_activity(base::Instant now);
  base::Bitrate collect_demands(PeerTransport& transport, base::Instant now);
  Demand demand_of(DownTrack& track, base::Instant now) const;
  void follow_allotment(DownTrack& track, const Demand& demand, Layers allotted, base::Instant now);
  void probe_for_more(PeerTransport& transport, base::Bitrate sound, base::Instant now);
  void keep_probing(PeerTransport& transport, base::Instant now);
  void tell_layers(DownTrack& track);
  void retarget_audio(DownTrack& track);

  // ---- pipes to other branches (room_pipes.cpp)
  void add_pipe(base::Instant now);
  void pipe_out(UpTrack& track, const rtc::ReceivedRtp& rtp, base::Instant now);
  void wish(UpTrack& track, std::uint8_t encodings, base::Instant now);
  void wish_for(DownTrack& track, base::Instant now);
  void keep_pipes(base::Instant now);
  void tell_state(UpTrack& track, base::Instant now);
  void review_wishes(UpTrack& track, base::Instant now);
  PipedRates rates_of(UpTrack& track, base::Instant now) const;
  void end_pipes(UpTrack& track);

  // ---- levels (room_levels.cpp)
  bool tell_home(std::span<const AudioLevel> loudest_first);
  void tell_branches();
  void add_branches(std::vector<AudioLevel>& levels, base::Instant now) const;
  void tell_levels(base::Instant now);
  void choose_speaker(const std::vector<AudioLevel>& loudest_first, base::Instant now);

  // ---- quality and statistics (room_quality.cpp, room_stats.cpp)
  void look_at_quality(base::Instant now);
  void look_at(UpTrack& track, base::Instant now);
  void look_at(DownTrack& track);
  void tell_score(UpTrack& track, const UpTrack::Told& scores);
  Quality quality_of(const Peer& peer) const;
  void tell_quality(Peer& peer, base::Instant now);
  PeerStats peer_stats(Peer& peer, base::Instant now);
  TransportStats transport_stats(PeerTransport& transport);
  ProducerStats producer_stats(UpTrack& track, base::Instant now);
  ConsumerStats consumer_stats(DownTrack& track);

  // ---- backup (room_backup.cpp)
  bool is_to_be_backed_up(const Recording& recording, const UpTrack& track) const;
  void subscribe_backup(const std::string& recording, UpTrack& track, base::Instant now);
  void end_backup(BackupTrack& track, base::Instant now);
  void back_up(BackupTrack& track, std::uint8_t encoding, const CachedPacket& packet, bool late);
  void retarget_backup(BackupTrack& track, base::Instant now);

  // ---- data channels (room_data.cpp)
  bool branches_take(const DataProducer& producer);
  void repeat(DataConsumer& consumer, const sctp::Message& message, base::Instant now);
  void close_data(PeerTransport& transport, DataEnd reason, bool say);
  void close_data_producer(DataProducer& producer, DataEnd reason);
  void close_data_consumer(DataConsumer& consumer);
  void say_closed(const DataConsumer& consumer, DataEnd reason);

  RoomId id_;
  ShardContext context_;
  std::unordered_map<PeerId, std::unique_ptr<Peer>> peers_;
  std::unordered_map<ProducerId, std::unique_ptr<UpTrack>> up_tracks_;
  std::unordered_map<ConsumerId, std::unique_ptr<DownTrack>> down_tracks_;
  std::unordered_map<BackupTrackId, std::unique_ptr<BackupTrack>> backup_tracks_;
  std::unordered_map<DataProducerId, std::unique_ptr<DataProducer>> data_producers_;
  std::unordered_map<DataConsumerId, std::unique_ptr<DataConsumer>> data_consumers_;
  std::vector<Recording> recordings_;
  std::vector<Demand> demands_;  // of the allocation under way
  std::vector<DownTrack*> demanding_;
  std::vector<Layers> allotted_;
  base::Instant next_levels_{}, next_activity_{}, next_quality_{}, next_backups_{};
  std::optional<PeerId> speaker_;
  base::Instant speaker_since_{};
  std::optional<PeerId> favoured_;  // whose pictures go first: the last who spoke for more than a moment
  int speaker_lead_ = 0;
  std::optional<PeerId> candidate_;
  struct Branches {
    PipeNumber number = 0;  // 0: the room is on this shard alone
    std::optional<ShardIndex> home;
    std::vector<ShardIndex> others;
  } branches_;
  struct Heard {
    std::vector<AudioLevel> levels;
    base::Instant at{};
  };
  std::map<ShardIndex, Heard> heard_;  // of the home: what the others said last
  base::Instant next_pipes_ = base::Instant::max();
};

// 122 random bits, marked as a UUID of version 4 (RFC 9562 §5.4).
template <class IdType>
IdType Room::new_id() {
  base::Uuid uuid;
  context_.rng.fill(uuid);
  uuid[6] = std::uint8_t((uuid[6] & 0x0f) | 0x40);
  uuid[8] = std::uint8_t((uuid[8] & 0x3f) | 0x80);
  return IdType(uuid);
}

}  // namespace greenroom::sfu

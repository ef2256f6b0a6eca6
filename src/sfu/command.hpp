// What a shard can be asked to do and what it says: values, so that they cross threads through mailboxes. Every Command
// but GetStats names its room (room_of), which decides the shard. Each Command is answered by exactly one Reply with
// the same request_id, in order. Facts that nobody asked for are Events. A command about a thing that does not exist,
// or that is not the given peer's, fails with one of the codes below (parameters that make no
// sense: with those of rtc/negotiation.hpp) and changes nothing.
//
// Life: CreateRoom (get-or-create) -> JoinRoom (makes the peer) -> CreateTransport -> ConnectTransport -> Produce /
// Consume
// -> ResumeConsumer. LeaveRoom closes all that the peer has; the consumers that others had of it end by ConsumerClosed.
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "sfu/data_command.hpp"
#include "sfu/histogram.hpp"
#include "sfu/ids.hpp"
#include "sfu/pipe_command.hpp"
#include "wire/ortc.hpp"

namespace greenroom::sfu {

// ---- errors
namespace errors {
using base::ErrorCode;
using base::ErrorKind;
inline constexpr ErrorCode no_such_room{ErrorKind::not_found, "sfu.no_such_room"};
inline constexpr ErrorCode no_such_peer{ErrorKind::not_found, "sfu.no_such_peer"};
inline constexpr ErrorCode no_such_transport{ErrorKind::not_found, "sfu.no_such_transport"};
inline constexpr ErrorCode no_such_producer{ErrorKind::not_found, "sfu.no_such_producer"};
inline constexpr ErrorCode no_such_consumer{ErrorKind::not_found, "sfu.no_such_consumer"};
inline constexpr ErrorCode no_such_backup{ErrorKind::not_found, "sfu.no_such_backup"};
inline constexpr ErrorCode already_connected{ErrorKind::conflict, "sfu.already_connected"};
inline constexpr ErrorCode wrong_direction{ErrorKind::conflict, "sfu.wrong_direction"};  // produce on a recv transport
inline constexpr ErrorCode too_many{ErrorKind::exhausted, "sfu.too_many"};               // a limit of ShardConfig
inline constexpr ErrorCode bad_room_id{ErrorKind::invalid, "sfu.bad_room_id"};           // empty or over 128 bytes
inline constexpr ErrorCode bad_peer{ErrorKind::invalid, "sfu.bad_peer"};                 // user id or name too long
inline constexpr ErrorCode bad_recording{ErrorKind::invalid, "sfu.bad_recording"};       // empty, or over 256 bytes
inline constexpr ErrorCode bad_dtls_parameters{ErrorKind::invalid, "sfu.bad_dtls_parameters"};
}  // namespace errors

// ---- commands
enum class Direction : std::uint8_t { send, recv };  // seen from the client
BOOST_DESCRIBE_ENUM(Direction, send, recv)

struct CreateRoom {
  RoomId room;
};
struct CloseRoom {
  RoomId room;
};
struct JoinRoom {
  RoomId room;
  std::string user_id;  // opaque: shown to others, and written into backups (the participant's id where there is one)
  std::string name;     // opaque: likewise
  wire::RtpCapabilities rtp_capabilities;
};
struct LeaveRoom {
  RoomId room;
  PeerId peer;
};
struct CreateTransport {
  RoomId room;
  PeerId peer;
  Direction direction = Direction::send;
};
struct ConnectTransport {
  RoomId room;
  PeerId peer;
  TransportId transport;
  wire::DtlsParameters dtls_parameters;
};
struct CloseTransport {
  RoomId room;
  PeerId peer;
  TransportId transport;
};
struct RestartIce {
  RoomId room;
  PeerId peer;
  TransportId transport;
};
struct Produce {
  RoomId room;
  PeerId peer;
  TransportId transport;
  wire::MediaKind kind = wire::MediaKind::audio;
  wire::RtpParameters rtp_parameters;
  boost::json::value app_data;  // opaque
};
struct CloseProducer {
  RoomId room;
  PeerId peer;
  ProducerId producer;
};
struct PauseProducer {
  RoomId room;
  PeerId peer;
  ProducerId producer;
};
struct ResumeProducer {
  RoomId room;
  PeerId peer;
  ProducerId producer;
};
struct Consume {  // the consumer starts paused
  RoomId room;
  PeerId peer;
  TransportId transport;
  ProducerId producer;
  wire::RtpCapabilities rtp_capabilities;
  std::optional<wire::ConsumerSlot> slot = {};  // one after the other they go on with its stream
};
struct ResumeConsumer {
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
};
struct PauseConsumer {
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
};
struct CloseConsumer {
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
};
struct SetPreferredLayers {  // an upper bound; what is sent follows the bandwidth below it
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
  std::uint8_t spatial_layer = 0;
  std::optional<std::uint8_t> temporal_layer;
};
struct SetConsumerPriority {  // higher ones get their layers first, whatever is behind them
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
  std::uint8_t priority = 1;
};
struct RequestKeyFrame {
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
};
struct GetPeerStats {  // answered with PeerStats
  RoomId room;
  PeerId peer;
};
struct GetStats {
  std::optional<RoomId> room;  // absent: totals of the shard only
};
// Subscribes a recorder to the present and future producers of these people (user ids), or of everybody. Said again of
// the same recording, it adds people. `recording` is the caller's name for it.
struct StartBackup {
  RoomId room;
  std::string recording;
  std::optional<std::set<std::string>> people = {};  // none: everybody
};
struct StopBackup {
  RoomId room;
  std::string recording;
};

using CommandBody =
    std::variant<CreateRoom, CloseRoom, JoinRoom, LeaveRoom, CreateTransport, ConnectTransport, CloseTransport,
                 RestartIce, Produce, CloseProducer, PauseProducer, ResumeProducer, Consume, ResumeConsumer,
                 PauseConsumer, CloseConsumer, SetPreferredLayers, SetConsumerPriority, RequestKeyFrame, GetPeerStats,
                 GetStats, StartBackup, StopBackup, ProduceData, CloseDataProducer, ConsumeData, CloseDataConsumer,
                 JoinBranches, ExportProducer, ImportProducer, PauseImport, EndImport, ExportData, ImportData,
                 EndDataImport, EndExports>;

struct Command {
  std::uint64_t request_id = 0;  // the caller's, unique among its unanswered commands
  CommandBody body;
};

// The room that a command is about; nullptr for the totals of a shard.
const RoomId* room_of(const CommandBody& command);

// ---- replies
struct Done {};
struct RoomCreated {
  wire::RtpCapabilities rtp_capabilities;
};
struct Joined {
  PeerId peer;
};
struct TransportCreated {
  TransportId transport;
  wire::IceParameters ice_parameters;
  std::vector<wire::IceCandidate> ice_candidates;
  wire::DtlsParameters dtls_parameters;
  wire::SctpParameters sctp_parameters = {};
};
struct IceRestarted {
  wire::IceParameters ice_parameters;
};
struct Produced {
  ProducerId producer;
};
struct Consumed {
  ConsumerId consumer;
  ProducerId producer;
  wire::MediaKind kind = wire::MediaKind::audio;
  wire::RtpParameters rtp_parameters;
  bool simulcast = false, svc = false;  // at most one: several encodings, or spatial layers within one
  bool producer_paused = false;
};
enum class TransportStatus : std::uint8_t { connecting, connected, disconnected, failed, closed };
BOOST_DESCRIBE_ENUM(TransportStatus, connecting, connected, disconnected, failed, closed)

struct ConsumerStats {
  ConsumerId consumer;
  ProducerId producer;
  wire::MediaKind kind = wire::MediaKind::audio;
  std::uint64_t packets = 0, bytes = 0, retransmitted = 0, nacked = 0, not_in_cache = 0, key_frame_requests = 0;
  int spatial_layer = -1, temporal_layer = -1;  // -1: nothing is sent
  double fraction_lost = 0;                     // this and what follows: last receiver report
  std::int64_t lost = 0;
  double jitter_ms = 0;
  std::optional<double> rtt_ms;
  int score = 10, producer_score = 10;
};
struct ProducerStats {
  ProducerId producer;
  wire::MediaKind kind = wire::MediaKind::audio;
  std::uint64_t packets = 0, bytes = 0, lost = 0, recovered = 0, duplicates = 0, nacks = 0, key_frame_requests = 0;
  double jitter_ms = 0;
  double fraction_lost = 0;  // lately, before repairs
  int score = 10;
  struct Layer {
    base::Bitrate bitrate;
    int score = 0;
    std::uint64_t key_frame_requests = 0;
  };
  std::vector<Layer> layers;  // lowest first
};
struct TransportStats {
  TransportId transport;
  Direction direction = Direction::send;
  TransportStatus status = TransportStatus::connecting;
  std::optional<double> rtt_ms;
  std::optional<base::Bitrate> available_outgoing;  // of receiving ones, from their first feedback on
};
// How well a peer is connected, both ways.
struct Quality {
  int score = 10;  // the worst of what it sends and what it is sent
  double loss_up = 0, loss_down = 0;
  double jitter_ms = 0;
  std::optional<double> rtt_ms;
};
struct PeerStats {
  PeerId peer;
  std::string user_id;
  bool connected = false;        // every transport it has
  std::optional<double> rtt_ms;  // of the receiving transport
  std::optional<base::Bitrate> available_outgoing;
  Quality quality;
  std::vector<TransportStats> transports;
  std::vector<ProducerStats> producers;
  std::vector<ConsumerStats> consumers;
};
struct ShardCounters {
  std::uint64_t datagrams_in = 0, datagrams_out = 0, bytes_in = 0, bytes_out = 0;
  std::uint64_t rtp_in = 0, rtp_forwarded = 0, rtcp_in = 0, stun_in = 0, dtls_in = 0;
  std::uint64_t dropped_unknown = 0;     // from an address or ufrag that belongs to nobody, or not WebRTC at all
  std::uint64_t dropped_malformed = 0;   // does not parse
  std::uint64_t dropped_forged = 0;      // fails authentication or replay
  std::uint64_t dropped_unexpected = 0;  // parses, but no stream is declared for it
  std::uint64_t dropped_overflow = 0;    // no room in an output queue
  std::uint64_t key_frame_requests = 0, nacked = 0, retransmitted = 0, probes = 0;
  std::uint64_t piped_out = 0, piped_in = 0, dropped_pipe = 0;  // packets to and from other shards; no room in a pipe
  // Looked at once a second of each connected transport or stream that has something to tell.
  RttHistogram rtt;
  LossHistogram loss_up, loss_down;
};
struct Stats {
  std::uint32_t rooms = 0, peers = 0, transports = 0, producers = 0, consumers = 0;
  std::uint32_t data_producers = 0, data_consumers = 0;
  std::uint32_t branches = 0;  // rooms, of these, that other shards have a part of
  std::uint32_t imports = 0;   // producers on other shards that somebody consumes here
  ShardCounters counters;
  std::vector<PeerStats> room_peers;  // where the command names a room
};

using ReplyBody = std::variant<Done, RoomCreated, Joined, TransportCreated, IceRestarted, Produced, Consumed, PeerStats,
                               Stats, DataProduced, DataConsumed, PipedProducer, PipedDataProducer>;

struct Reply {
  std::uint64_t request_id = 0;
  base::Result<ReplyBody> result;
};

// ---- events: each names the room and, where one peer is to be told, that peer
struct ProducerClosed {  // not by CloseProducer or LeaveRoom: the transport it was on is gone
  RoomId room;
  PeerId peer;
  ProducerId producer;
};
struct ConsumerClosed {  // its producer or its transport is gone; told to the consumer's peer
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
  ProducerId producer;
};
struct ConsumerPaused {  // the producer behind it was paused or resumed; told to the consumer's peer
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
  bool paused = false;
};
struct ConsumerLayersChanged {
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
  std::optional<std::uint8_t> spatial_layer;  // absent: nothing is sent now
  std::optional<std::uint8_t> temporal_layer;
};
struct ProducerScore {  // 0..10, quality of what arrives from a producer; when it changes
  RoomId room;
  PeerId peer;
  ProducerId producer;
  int score = 10;
  std::vector<int> encodings;  // lowest first; 0: not being sent
};
struct ConsumerScore {  // 0..10, quality of what arrives at a consumer; when one of them changes
  RoomId room;
  PeerId peer;
  ConsumerId consumer;
  int score = 10;
  int producer_score = 10;
};
struct PeerQuality {  // when its score changes; told to everyone in the room
  RoomId room;
  PeerId peer;
  Quality quality;
};
struct TransportState {  // failed: no consent for 30 s (RFC 7675 §5.1) or DTLS refused; the caller decides what then
  RoomId room;
  PeerId peer;
  TransportId transport;
  TransportStatus status = TransportStatus::connecting;
};
struct ActiveSpeaker {
  RoomId room;
  std::optional<PeerId> peer;  // absent: silence
};
struct AudioLevel {
  PeerId peer;
  ProducerId producer;
  int level_db = -127;  // 0 is full scale
};
struct AudioLevels {  // those above silence, loudest first, a few times a second
  RoomId room;
  std::vector<AudioLevel> levels;
};

struct RoomLost {  // by whoever runs the shards: the one that had it has stalled, and nothing of the room is left
  RoomId room;
};
struct PeersLost {  // likewise, of a room that others have a part of: these peers are gone with all they had
  RoomId room;
  std::vector<PeerId> peers;
};

using Event = std::variant<ProducerClosed, ConsumerClosed, ConsumerPaused, ConsumerLayersChanged, ProducerScore,
                           ConsumerScore, PeerQuality, TransportState, ActiveSpeaker, AudioLevels, RoomLost, PeersLost,
                           DataProducerClosed, DataConsumerClosed>;

const RoomId& room_of(const Event& event);

void add(ShardCounters& sum, const ShardCounters& counters);
void add(Stats& sum, const Stats& stats);  // of shards, or of branches of a room

}  // namespace greenroom::sfu

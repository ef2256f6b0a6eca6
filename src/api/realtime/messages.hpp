// The signaling events' requests, results and notices: described structs and nothing else, so that validation, printing
// and the event document come from one list. Shapes and names are mediasoup's; docs/protocol.md explains them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/realtime/data_messages.hpp"
#include "studio/stage.hpp"
#include "studio/values.hpp"
#include "wire/json.hpp"
#include "wire/ortc.hpp"

namespace greenroom::api::realtime {

inline constexpr std::size_t name_chars_max = 128;

// ---- rooms
struct CreateRoomRequest {
  std::string call_id;
};
BOOST_DESCRIBE_STRUCT(CreateRoomRequest, (), (call_id))
struct CreateRoomResult {
  wire::RtpCapabilities rtp_capabilities;
};
BOOST_DESCRIBE_STRUCT(CreateRoomResult, (), (rtp_capabilities))

struct ProducerInfo {
  sfu::ProducerId producer_id;
  sfu::PeerId peer_id;
  std::string user_id;
  std::optional<std::string> participant_id;
  wire::MediaKind kind = wire::MediaKind::audio;
  boost::json::value app_data;
  bool paused = false;
};
BOOST_DESCRIBE_STRUCT(ProducerInfo, (), (producer_id, peer_id, user_id, participant_id, kind, app_data, paused))

struct PeerInfo {
  sfu::PeerId peer_id;
  std::string user_id;
  std::optional<std::string> participant_id;
  std::string name;
  std::vector<ProducerInfo> producers;
  std::vector<DataProducerInfo> data_producers;
};
BOOST_DESCRIBE_STRUCT(PeerInfo, (), (peer_id, user_id, participant_id, name, producers, data_producers))

struct JoinRoomRequest {
  std::string call_id;
  std::string user_id;
  wire::RtpCapabilities rtp_capabilities;
};
BOOST_DESCRIBE_STRUCT(JoinRoomRequest, (), (call_id, user_id, rtp_capabilities))
// What suits the room as one finds it: two people may speak to each other without the server in between.
enum class RoomMode { direct, server };
BOOST_DESCRIBE_ENUM(RoomMode, direct, server)
struct JoinRoomResult {
  sfu::PeerId peer_id;
  std::vector<PeerInfo> peers;
  RoomMode mode = RoomMode::server;
  std::optional<std::vector<wire::IceServer>> ice_servers;  // for a direct connection
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(JoinRoomResult, (), (peer_id, peers, mode, ice_servers, revision))
struct RoomResult {
  std::vector<PeerInfo> peers;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(RoomResult, (), (peers, revision))

struct EmptyRequest {};
BOOST_DESCRIBE_STRUCT(EmptyRequest, (), ())
struct LeaveRoomResult {
  bool left = false;
};
BOOST_DESCRIBE_STRUCT(LeaveRoomResult, (), (left))
struct ProducersResult {
  std::vector<ProducerInfo> producers;
  std::vector<DataProducerInfo> data_producers;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(ProducersResult, (), (producers, data_producers, revision))

// ---- transports
struct CreateTransportRequest {
  sfu::Direction direction = sfu::Direction::send;
};
BOOST_DESCRIBE_STRUCT(CreateTransportRequest, (), (direction))
struct CreateTransportResult {
  sfu::TransportId id;
  wire::IceParameters ice_parameters;
  std::vector<wire::IceCandidate> ice_candidates;
  wire::DtlsParameters dtls_parameters;
  wire::SctpParameters sctp_parameters;
  std::optional<std::vector<wire::IceServer>> ice_servers;
};
BOOST_DESCRIBE_STRUCT(CreateTransportResult, (),
                      (id, ice_parameters, ice_candidates, dtls_parameters, sctp_parameters, ice_servers))

struct ConnectTransportRequest {
  sfu::TransportId transport_id;
  wire::DtlsParameters dtls_parameters;
};
BOOST_DESCRIBE_STRUCT(ConnectTransportRequest, (), (transport_id, dtls_parameters))
struct TransportRequest {
  sfu::TransportId transport_id;
};
BOOST_DESCRIBE_STRUCT(TransportRequest, (), (transport_id))
struct RestartIceResult {
  wire::IceParameters ice_parameters;
};
BOOST_DESCRIBE_STRUCT(RestartIceResult, (), (ice_parameters))

// ---- producers and consumers
struct ProduceRequest {
  sfu::TransportId transport_id;
  wire::MediaKind kind = wire::MediaKind::audio;
  wire::RtpParameters rtp_parameters;
  std::optional<boost::json::object> app_data;
};
BOOST_DESCRIBE_STRUCT(ProduceRequest, (), (transport_id, kind, rtp_parameters, app_data))
struct ProduceResult {
  sfu::ProducerId id;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(ProduceResult, (), (id, revision))
struct ProducerRequest {
  sfu::ProducerId producer_id;
};
BOOST_DESCRIBE_STRUCT(ProducerRequest, (), (producer_id))

struct ConsumeRequest {
  sfu::TransportId transport_id;
  sfu::ProducerId producer_id;
  wire::RtpCapabilities rtp_capabilities;
  std::optional<wire::ConsumerSlot> slot;
};
BOOST_DESCRIBE_STRUCT(ConsumeRequest, (), (transport_id, producer_id, rtp_capabilities, slot))
enum class ConsumerType { simple, simulcast, svc };
BOOST_DESCRIBE_ENUM(ConsumerType, simple, simulcast, svc)
struct ConsumeResult {
  sfu::ConsumerId id;
  sfu::ProducerId producer_id;
  wire::MediaKind kind = wire::MediaKind::audio;
  wire::RtpParameters rtp_parameters;
  ConsumerType type = ConsumerType::simple;
  bool producer_paused = false;
};
BOOST_DESCRIBE_STRUCT(ConsumeResult, (), (id, producer_id, kind, rtp_parameters, type, producer_paused))
struct ConsumerRequest {
  sfu::ConsumerId consumer_id;
};
BOOST_DESCRIBE_STRUCT(ConsumerRequest, (), (consumer_id))
struct PreferredLayersRequest {
  sfu::ConsumerId consumer_id;
  std::uint8_t spatial_layer = 0;
  std::optional<std::uint8_t> temporal_layer;
};
BOOST_DESCRIBE_STRUCT(PreferredLayersRequest, (), (consumer_id, spatial_layer, temporal_layer))

struct ConsumerPriorityRequest {
  sfu::ConsumerId consumer_id;
  std::uint8_t priority = 1;
};
BOOST_DESCRIBE_STRUCT(ConsumerPriorityRequest, (), (consumer_id, priority))
struct AudioLevelsRequest {
  bool wanted = true;
};
BOOST_DESCRIBE_STRUCT(AudioLevelsRequest, (), (wanted))

// ---- from one peer to another
// What two browsers have to tell each other to connect directly. The server reads none of it.
struct Signal {
  sfu::PeerId peer_id;  // whom it is for; as the other gets it, who it is from
  std::optional<boost::json::object> description;
  std::optional<boost::json::object> candidate;
  std::optional<bool> ended;  // it will not become a direct connection: use the server
};
BOOST_DESCRIBE_STRUCT(Signal, (), (peer_id, description, candidate, ended))

// ---- results that say only that it has been done; of a producer, with the revision that this made
struct ProducerClosedResult {
  bool closed = true;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(ProducerClosedResult, (), (closed, revision))
struct ProducerPausedResult {
  bool paused = true;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(ProducerPausedResult, (), (paused, revision))
struct ProducerResumedResult {
  bool resumed = true;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(ProducerResumedResult, (), (resumed, revision))
struct ConnectedResult {
  bool connected = true;
};
BOOST_DESCRIBE_STRUCT(ConnectedResult, (), (connected))
struct ClosedResult {
  bool closed = true;
};
BOOST_DESCRIBE_STRUCT(ClosedResult, (), (closed))
struct PausedResult {
  bool paused = true;
};
BOOST_DESCRIBE_STRUCT(PausedResult, (), (paused))
struct ResumedResult {
  bool resumed = true;
};
BOOST_DESCRIBE_STRUCT(ResumedResult, (), (resumed))
struct RequestedResult {
  bool requested = true;
};
BOOST_DESCRIBE_STRUCT(RequestedResult, (), (requested))

// ---- time and sessions
struct ClockRequest {
  double t0 = 0;  // the client's clock, in any unit and from any origin: comes back as it was
};
BOOST_DESCRIBE_STRUCT(ClockRequest, (), (t0))
struct ClockResult {
  double t0 = 0;
  double t1 = 0;  // the request came in: milliseconds since 1970 on the server's clock
  double t2 = 0;  // the answer went out
};
BOOST_DESCRIBE_STRUCT(ClockResult, (), (t0, t1, t2))

struct SubscribeRequest {
  std::string session_id;
};
BOOST_DESCRIBE_STRUCT(SubscribeRequest, (), (session_id))
struct SubscribedResult {
  bool subscribed = true;
};
BOOST_DESCRIBE_STRUCT(SubscribedResult, (), (subscribed))

struct RecordingProgress {
  std::string take_id;
  std::optional<std::string> stem_id;
  studio::Source source = studio::Source::mic;
  double captured_ms = 0;    // since the take's start, kept in the browser
  double safe_ms = 0;        // since the take's start, stored by the server
  double pending_bytes = 0;  // still to be uploaded
};
BOOST_DESCRIBE_STRUCT(RecordingProgress, (), (take_id, stem_id, source, captured_ms, safe_ms, pending_bytes))
struct RelayedResult {
  bool relayed = true;
};
BOOST_DESCRIBE_STRUCT(RelayedResult, (), (relayed))

// ---- notices: server to client
struct PeerJoinedNotice : PeerInfo {
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(PeerJoinedNotice, (PeerInfo), (revision))
struct PeerLeftNotice {
  sfu::PeerId peer_id;
  std::string user_id;
  std::optional<std::string> participant_id;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(PeerLeftNotice, (), (peer_id, user_id, participant_id, revision))
struct NewProducerNotice : ProducerInfo {
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(NewProducerNotice, (ProducerInfo), (revision))
struct ProducerNotice {
  sfu::ProducerId producer_id;
  sfu::PeerId peer_id;
  studio::Revision revision = 0;
};
BOOST_DESCRIBE_STRUCT(ProducerNotice, (), (producer_id, peer_id, revision))
struct ConsumerClosedNotice {
  sfu::ConsumerId consumer_id;
  sfu::ProducerId producer_id;
};
BOOST_DESCRIBE_STRUCT(ConsumerClosedNotice, (), (consumer_id, producer_id))
struct LayersNotice {
  sfu::ConsumerId consumer_id;
  std::optional<std::uint8_t> spatial_layer;  // absent: nothing is sent now
  std::optional<std::uint8_t> temporal_layer;
};
BOOST_DESCRIBE_STRUCT(LayersNotice, (), (consumer_id, spatial_layer, temporal_layer))
struct ProducerScoreNotice {
  sfu::ProducerId producer_id;
  int score = 10;
  std::vector<int> scores;  // of each encoding, lowest first; 0: not sent now
};
BOOST_DESCRIBE_STRUCT(ProducerScoreNotice, (), (producer_id, score, scores))
struct ConsumerScoreNotice {
  sfu::ConsumerId consumer_id;
  int score = 10;
  int producer_score = 10;
};
BOOST_DESCRIBE_STRUCT(ConsumerScoreNotice, (), (consumer_id, score, producer_score))
struct ConnectionQuality {
  int score = 10;        // 0 to 10, the worst of what the peer sends and what it is sent
  double loss_up = 0;    // share of its packets that did not arrive here, before repairs
  double loss_down = 0;  // share of what is sent to it
  double jitter_ms = 0;
  std::optional<double> round_trip_ms;
};
BOOST_DESCRIBE_STRUCT(ConnectionQuality, (), (score, loss_up, loss_down, jitter_ms, round_trip_ms))
struct ConnectionQualityNotice {
  sfu::PeerId peer_id;
  ConnectionQuality quality;
};
BOOST_DESCRIBE_STRUCT(ConnectionQualityNotice, (), (peer_id, quality))
struct TransportNotice {
  sfu::TransportId transport_id;
  sfu::TransportStatus state = sfu::TransportStatus::connecting;
};
BOOST_DESCRIBE_STRUCT(TransportNotice, (), (transport_id, state))
struct ActiveSpeakerNotice {
  std::optional<sfu::PeerId> peer_id;  // absent: silence
};
BOOST_DESCRIBE_STRUCT(ActiveSpeakerNotice, (), (peer_id))
struct AudioLevel {
  sfu::PeerId peer_id;
  sfu::ProducerId producer_id;
  int volume = -127;  // dB, 0 is full scale
};
BOOST_DESCRIBE_STRUCT(AudioLevel, (), (peer_id, producer_id, volume))
struct AudioLevelsNotice {
  std::vector<AudioLevel> levels;  // those who can be heard, loudest first
};
BOOST_DESCRIBE_STRUCT(AudioLevelsNotice, (), (levels))
struct EmptyNotice {};
BOOST_DESCRIBE_STRUCT(EmptyNotice, (), ())
struct RecordingProgressNotice : RecordingProgress {
  sfu::PeerId peer_id;
  std::optional<std::string> participant_id;
};
BOOST_DESCRIBE_STRUCT(RecordingProgressNotice, (RecordingProgress), (peer_id, participant_id))

ProducerInfo to_message(const studio::StageProducer& producer);
PeerInfo to_message(const studio::StagePeer& peer);
std::vector<PeerInfo> to_messages(const std::vector<studio::StagePeer>& peers);
std::optional<std::string> unless_empty(const std::string& text);

// ---- limits
constexpr wire::FieldRule field_rule(const CreateRoomRequest*, std::string_view) {
  return {.min_length = 1, .max_length = name_chars_max};
}
constexpr wire::FieldRule field_rule(const JoinRoomRequest*, std::string_view member) {
  if (member == "rtp_capabilities") return {};
  return {.min_length = 1, .max_length = name_chars_max};
}
constexpr wire::FieldRule field_rule(const ConsumerPriorityRequest*, std::string_view member) {
  if (member == "consumer_id") return {};
  return {.minimum = 1, .maximum = 255};
}
constexpr wire::FieldRule field_rule(const SubscribeRequest*, std::string_view) {
  return {.min_length = 1, .max_length = name_chars_max};
}
constexpr wire::FieldRule field_rule(const RecordingProgress*, std::string_view) {
  return {.max_length = name_chars_max};
}

}  // namespace greenroom::api::realtime

// The stage: who is in which live room now, and what each may do there. It checks the order of calls, rights and
// ownership, forwards commands to the SFU through a MediaGateway, keeps the list of peers and producers that newcomers
// get, and tells the others what happened. Owned by api/realtime, used on the control thread only.
// A seat is one connection. It enters, may hold one room (by creating or joining it), and exits; a room nobody holds is
// closed. Answers come once each; those of a seat that has gone or left meanwhile are errors.stage.left.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "sfu/command.hpp"
#include "studio/media_gateway.hpp"
#include "studio/permissions.hpp"

namespace greenroom::studio {

namespace stage_errors {
using base::ErrorCode;
using base::ErrorKind;
inline constexpr ErrorCode not_joined{ErrorKind::conflict, "stage.not_joined"};
inline constexpr ErrorCode already_joined{ErrorKind::conflict, "stage.already_joined"};
inline constexpr ErrorCode left{ErrorKind::gone, "stage.left"};
inline constexpr ErrorCode no_such_room{ErrorKind::not_found, "stage.no_such_room"};
inline constexpr ErrorCode no_such_peer{ErrorKind::not_found, "stage.no_such_peer"};
inline constexpr ErrorCode no_such_transport{ErrorKind::not_found, "stage.no_such_transport"};
inline constexpr ErrorCode no_such_producer{ErrorKind::not_found, "stage.no_such_producer"};
inline constexpr ErrorCode no_such_consumer{ErrorKind::not_found, "stage.no_such_consumer"};
inline constexpr ErrorCode no_such_data_producer{ErrorKind::not_found, "stage.no_such_data_producer"};
inline constexpr ErrorCode no_such_data_consumer{ErrorKind::not_found, "stage.no_such_data_consumer"};
inline constexpr ErrorCode other_room{ErrorKind::forbidden, "stage.other_room"};
inline constexpr ErrorCode needs_token{ErrorKind::unauthorized, "stage.needs_token"};
inline constexpr ErrorCode may_not_produce{ErrorKind::forbidden, "stage.may_not_produce"};
inline constexpr ErrorCode wrong_direction{ErrorKind::conflict, "stage.wrong_direction"};
inline constexpr ErrorCode own_producer{ErrorKind::conflict, "stage.own_producer"};
inline constexpr ErrorCode busy{ErrorKind::exhausted, "stage.busy"};
}  // namespace stage_errors

using Seat = std::string;  // the connection's id

// Who sits there, as far as the stage is concerned.
struct Visitor {
  enum class Access { none, one_room, any_room };
  Access access = Access::none;
  std::string room;            // of one_room
  std::string participant_id;  // empty: not a participant of a session
  std::string name;
  Permissions may = Permissions::all();    // the publish_…, share_screen and send_data count
  std::optional<base::Error> barred = {};  // why the room is shut to them: they wait in the lobby, the session is over
};

struct ProducerSummary {
  sfu::ProducerId producer;
  sfu::PeerId peer;
  wire::MediaKind kind = wire::MediaKind::audio;
  boost::json::value app_data;
  bool paused = false;
};
struct DataProducerSummary {
  sfu::DataProducerId producer;
  sfu::PeerId peer;
  std::string label, protocol;
  boost::json::value app_data;
};

struct StagePeer {
  sfu::PeerId peer;
  std::string user_id;
  std::string participant_id;
  std::string name;
  std::vector<ProducerSummary> producers;
  std::vector<DataProducerSummary> data_producers = {};
};

// What the others, or the one concerned, are told. Facts of the room count up its revision, each by one: who was told
// one and then a later one that is not the next has missed something.
using Revision = std::uint64_t;
struct PeerJoined {
  StagePeer peer;
  Revision revision = 0;
};
struct PeerLeft {
  sfu::PeerId peer;
  std::string user_id;
  std::string participant_id;
  Revision revision = 0;
};
// Producers come in two kinds, of media and of data, and go the same ways.
template <class Summary>
struct OfPeer {
  Summary producer;
  std::string user_id;  // of its peer
  std::string participant_id;
};
using StageProducer = OfPeer<ProducerSummary>;
using StageDataProducer = OfPeer<DataProducerSummary>;
template <class Summary>
struct Appeared {
  OfPeer<Summary> producer;
  Revision revision = 0;
};
using NewProducer = Appeared<ProducerSummary>;
using NewDataProducer = Appeared<DataProducerSummary>;
template <class ProducerId>
struct Gone {
  ProducerId producer;
  sfu::PeerId peer;
  Revision revision = 0;
};
using ProducerGone = Gone<sfu::ProducerId>;
using DataProducerGone = Gone<sfu::DataProducerId>;
struct ProducerPause {
  sfu::ProducerId producer;
  sfu::PeerId peer;
  bool paused = false;
  Revision revision = 0;
};
struct RoomGone {};   // the media server has lost the room; the seat is outside, and may come back
struct Displaced {};  // the same participant joined from elsewhere; this seat has left the room
using StageFact = std::variant<PeerJoined, PeerLeft, NewProducer, ProducerGone, ProducerPause, RoomGone, Displaced,
                               sfu::ConsumerClosed, sfu::ConsumerLayersChanged, sfu::ProducerScore, sfu::ConsumerScore,
                               sfu::PeerQuality, sfu::TransportState, sfu::ActiveSpeaker, sfu::AudioLevels,
                               NewDataProducer, DataProducerGone, sfu::DataConsumerClosed>;
using StageAudience = std::function<void(const std::vector<Seat>& to, const StageFact& fact)>;

struct JoinRequest {
  std::string room;
  std::string user_id;
  wire::RtpCapabilities rtp_capabilities;
};
struct RoomState {
  Revision revision = 0;
  std::vector<StagePeer> others;
};
struct JoinResult {
  sfu::PeerId peer;
  std::vector<StagePeer> others;
  Revision revision = 0;
};
struct ProduceRequest {
  sfu::TransportId transport;
  wire::MediaKind kind = wire::MediaKind::audio;
  wire::RtpParameters rtp_parameters;
  boost::json::value app_data;
};
struct ConsumeRequest {
  sfu::TransportId transport;
  sfu::ProducerId producer;
  wire::RtpCapabilities rtp_capabilities;
  std::optional<wire::ConsumerSlot> slot = {};
};
struct ProduceDataRequest {
  sfu::TransportId transport;
  wire::SctpStreamParameters sctp_stream_parameters;
  std::string label, protocol;
  boost::json::value app_data;
};
struct LayersRequest {
  sfu::ConsumerId consumer;
  std::uint8_t spatial_layer = 0;
  std::optional<std::uint8_t> temporal_layer;
};

struct PriorityRequest {
  sfu::ConsumerId consumer;
  std::uint8_t priority = 1;
};

struct StageCounts {
  std::size_t rooms = 0, peers = 0, transports = 0, producers = 0, consumers = 0;
};

class Stage {
 public:
  template <class T>
  using Answer = std::function<void(base::Result<T>)>;
  using Done = Answer<sfu::Done>;

  static constexpr std::size_t calls_in_flight_max = 64;  // of one seat; what a browser does at once is below ten

  Stage(MediaGateway& gateway, StageAudience audience);
  ~Stage();

  void enter(const Seat& seat, Visitor visitor);
  void exit(const Seat& seat);  // leaves, and forgets the seat
  // What the visitor may do has changed: producers that they may no longer have are closed, and who is barred leaves.
  void update(const Seat& seat, Visitor visitor);

  void create_room(const Seat&, std::string room, Answer<sfu::RoomCreated>);
  void join(const Seat&, JoinRequest, Answer<JoinResult>);
  bool leave(const Seat&);  // false: was in no room

  void create_transport(const Seat&, sfu::Direction, Answer<sfu::TransportCreated>);
  void connect_transport(const Seat&, sfu::TransportId, wire::DtlsParameters, Done);
  void restart_ice(const Seat&, sfu::TransportId, Answer<sfu::IceRestarted>);
  void close_transport(const Seat&, sfu::TransportId, Done);

  void produce(const Seat&, ProduceRequest, Answer<sfu::Produced>);
  void close_producer(const Seat&, sfu::ProducerId, Done);
  void pause_producer(const Seat&, sfu::ProducerId, Done);
  void resume_producer(const Seat&, sfu::ProducerId, Done);
  base::Result<std::vector<StageProducer>> producers(const Seat&) const;  // of the others

  void consume(const Seat&, ConsumeRequest, Answer<sfu::Consumed>);
  void resume_consumer(const Seat&, sfu::ConsumerId, Done);
  void pause_consumer(const Seat&, sfu::ConsumerId, Done);
  void close_consumer(const Seat&, sfu::ConsumerId, Done);
  void set_preferred_layers(const Seat&, LayersRequest, Done);
  void set_priority(const Seat&, PriorityRequest, Done);
  void request_key_frame(const Seat&, sfu::ConsumerId, Done);

  base::Result<RoomState> room(const Seat&) const;
  Revision revision(const Seat&) const;  // of the room it is in; 0: in none
  void stats(const Seat&, Answer<sfu::PeerStats>);
  base::Status want_levels(const Seat&, bool wanted);  // AudioLevels of the room, while this stay lasts
  // Data channels (stage_data.cpp).
  void produce_data(const Seat&, ProduceDataRequest, Answer<sfu::DataProduced>);
  void close_data_producer(const Seat&, sfu::DataProducerId, Done);
  void consume_data(const Seat&, sfu::TransportId, sfu::DataProducerId, Answer<sfu::DataConsumed>);
  void close_data_consumer(const Seat&, sfu::DataConsumerId, Done);
  base::Result<std::vector<StageDataProducer>> data_producers(const Seat&) const;  // of the others

  void media_event(const MediaEvent& event);

  base::Result<std::vector<Seat>> others_in_room(const Seat&) const;  // error: not joined
  base::Result<Seat> seat_of(const Seat&, sfu::PeerId other) const;   // who must be in the same room, and not oneself
  std::optional<sfu::PeerId> peer_of(const Seat&) const;
  base::Status may_hold(const Seat&, const std::string& room);  // may it create or join that room now?
  bool has_room(const std::string& room) const { return rooms_.contains(room); }
  std::vector<Seat> holders(const std::string& room) const;  // who created or joined it
  StageCounts counts() const;

 private:
  enum class Place : std::uint8_t { outside, holding, joining, joined };  // holding: has created the room, is not in it
  struct Sitting {
    Visitor visitor;
    Place place = Place::outside;
    std::string room;
    sfu::PeerId peer;           // when joined
    std::uint64_t stay = 0;     // counts up at each leave: what was asked in an earlier stay is answered with `left`
    std::size_t in_flight = 0;  // commands
    bool wants_levels = false;
    std::map<sfu::TransportId, sfu::Direction> transports;
    std::tuple<std::set<sfu::ProducerId>, std::set<sfu::ConsumerId>, std::set<sfu::DataProducerId>,
               std::set<sfu::DataConsumerId>>
        own;
  };
  struct Member {
    Seat seat;
    StagePeer peer;
  };
  struct Room {
    std::set<Seat> holders;  // those who created or joined it
    std::map<sfu::PeerId, Member> members;
    Revision revision = 0;
  };

  Sitting* find(const Seat& seat);
  base::Result<Sitting*> joined(const Seat& seat);
  base::Result<Sitting*> with_transport(const Seat&, sfu::TransportId, std::optional<sfu::Direction>);
  template <class Id>  // of a producer or consumer, of media or data, here and below (detail/stage_own.hpp)
  base::Result<Sitting*> with_own(const Seat&, Id);
  base::Result<Sitting*> with_room(const Seat&, const std::string& room);
  template <class Id>
  base::Status may_consume(const Sitting& sitting, Id producer) const;

  // Sends a seat's command. `then` turns the reply it expects into the answer; it runs only if the seat is still in the
  // stay in which it asked.
  template <class Reply, class T>
  void forward(const Seat& seat, sfu::CommandBody command, Answer<T> answer, std::function<T(Sitting&, Reply)> then);
  template <class Command>
  void forward_consumer(const Seat& seat, Command command, Done answer);
  void set_paused(const Seat& seat, sfu::ProducerId producer, bool paused, Done answer);
  void note_pause(Sitting& sitting, sfu::ProducerId producer, bool paused);

  void hold(const Seat& seat, Sitting& sitting, const std::string& room);
  void release(const Seat& seat, Sitting& sitting);
  void empty(Sitting& sitting);
  JoinResult admit(const Seat& seat, Sitting& sitting, const JoinRequest& request, sfu::PeerId peer);
  void finish_join(const Seat& seat, std::uint64_t stay, const JoinRequest& request, const Answer<JoinResult>& answer,
                   base::Result<sfu::ReplyBody> reply);
  void displace(const std::string& room, const std::string& participant_id, const Seat& by);
  template <class Summary>
  void add_producer(const Seat& seat, Sitting& sitting, Summary summary);
  template <class Id>
  Revision remove_producer(Sitting& sitting, Id producer);
  template <class Id>
  void forget_own(Sitting& sitting, Id id);
  template <class Close, class Id>
  void close_own(const Seat& seat, Id id, Done answer);
  template <class Id>
  auto producers_of_others(const Seat& seat) const;
  template <class Close, class Id>
  void withdraw(const Seat& seat, Sitting& sitting, const std::vector<Id>& producers);
  void close_forbidden(const Seat& seat, Sitting& sitting);
  // A fact of the room, with its revision.
  template <class Fact>
  Revision tell_change(const Sitting& sitting, Fact fact) {
    fact.revision = ++rooms_.at(sitting.room).revision;
    tell_others(sitting, fact);
    return fact.revision;
  }
  std::vector<StagePeer> others_than(const Sitting& sitting) const;
  void tell_others(const Sitting& sitting, const StageFact& fact) const;
  void tell_everyone(const std::string& room, const StageFact& fact) const;
  void tell_peer(const std::string& room, sfu::PeerId peer, const StageFact& fact) const;
  Sitting* sitting_of(const std::string& room, sfu::PeerId peer);

  template <class Closed>
  void producer_closed(const Closed& event);
  template <class Closed>
  void consumer_closed(const Closed& event);
  void on(const sfu::ProducerClosed& event);
  void on(const sfu::ConsumerClosed& event);
  void on(const sfu::ConsumerLayersChanged& event);
  void on(const sfu::ProducerScore& event);
  void on(const sfu::ConsumerScore& event);
  void on(const sfu::PeerQuality& event);
  void on(const sfu::TransportState& event);
  void on(const sfu::ActiveSpeaker& event);
  void on(const sfu::RoomLost& event);
  void on(const sfu::PeersLost& event);
  void on(const sfu::DataProducerClosed& event);
  void on(const sfu::DataConsumerClosed& event);
  void on(const sfu::ConsumerPaused&) {}  // the room has been told producerPaused
  void on(const sfu::AudioLevels& event);

  MediaGateway& gateway_;
  const StageAudience audience_;
  std::unordered_map<Seat, Sitting> sittings_;
  std::unordered_map<std::string, Room> rooms_;
  std::shared_ptr<Stage*> self_;  // answers that come after the stage is gone find nothing
};

}  // namespace greenroom::studio

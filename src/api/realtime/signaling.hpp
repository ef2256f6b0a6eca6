// The signaling events in Socket.IO's default namespace: who may connect, what each event asks of the Stage, what the
// room is told. Owned by Server, on the control thread. Every event is a row of the table in signaling_events.cpp: a
// request struct, a result struct, a function between them; the acknowledgement is the result or {error, code}.
// A participant whose connection is lost keeps their seat on the stage for seat_patience: media does not go through the
// signaling connection and goes on. Who returns in time (socket_namespace.hpp) is still in the room; who then joins
// again all the same, as clients do that know nothing of recovery, leaves first. Later the seat is given up, the others
// hear peerLeft, and the connection finds `leftRoom` among what it missed.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/realtime/messages.hpp"
#include "api/realtime/server.hpp"
#include "api/realtime/socket_server.hpp"
#include "api/realtime/stats_messages.hpp"

namespace greenroom::api::realtime {

namespace errors {
using base::ErrorCode;
using base::ErrorKind;
inline constexpr ErrorCode unknown_event{ErrorKind::invalid, "realtime.unknown_event"};
inline constexpr ErrorCode invalid_request{ErrorKind::invalid, "realtime.invalid_request"};
inline constexpr ErrorCode unauthorized{ErrorKind::unauthorized, "realtime.unauthorized"};
inline constexpr ErrorCode busy{ErrorKind::exhausted, "realtime.busy"};
inline constexpr ErrorCode too_many_signals{ErrorKind::exhausted, "realtime.too_many_signals"};
inline constexpr ErrorCode too_many{ErrorKind::exhausted, "realtime.too_many_subscriptions"};
}  // namespace errors

class Relay;
struct RelayHooks;

class Signaling {
 public:
  template <class T>
  using Reply = std::function<void(base::Result<T>)>;

  // Between two browsers: a description of a call with data, sound and three videos is some 10 KB; a candidate 200
  // bytes.
  static constexpr std::size_t description_max = 64 * 1024;
  static constexpr std::size_t candidate_max = 2048;
  // An offer or answer with all its candidates twice over, and then a trickle.
  static constexpr EventRateOptions signal_rate{.burst = 200, .per_second = 20};
  static constexpr std::size_t app_data_max = 4096;  // bytes as JSON: it is kept and shown to everyone in the room

  Signaling(SocketServer& sockets, ServerDependencies dependencies, const ServerOptions& options);
  ~Signaling();

  studio::Stage& stage() { return stage_; }
  const studio::Stage& stage() const { return stage_; }
  void session_event(std::string_view session_id, std::string_view payload);
  void session_events_missed();
  void logins_ended(std::optional<std::string_view> user_id);

  // ---- clients without a connection (signaling_inside.cpp)
  void enter_inside(std::optional<std::string> token, InsideHandlers handlers, Server::Entered answer);
  void call_inside(const SocketId& id, std::string event, boost::json::value request, Server::InsideAnswer answer);
  void leave_inside(const SocketId& id);

  // ---- the events
  void create_room(const SocketId&, CreateRoomRequest, Reply<CreateRoomResult>);
  void join_room(const SocketId&, JoinRoomRequest, Reply<JoinRoomResult>);
  void leave_room(const SocketId&, EmptyRequest, Reply<LeaveRoomResult>);
  void create_transport(const SocketId&, CreateTransportRequest, Reply<CreateTransportResult>);
  void connect_transport(const SocketId&, ConnectTransportRequest, Reply<ConnectedResult>);
  void close_transport(const SocketId&, TransportRequest, Reply<ClosedResult>);
  void restart_ice(const SocketId&, TransportRequest, Reply<RestartIceResult>);
  void produce(const SocketId&, ProduceRequest, Reply<ProduceResult>);
  void close_producer(const SocketId&, ProducerRequest, Reply<ProducerClosedResult>);
  void pause_producer(const SocketId&, ProducerRequest, Reply<ProducerPausedResult>);
  void resume_producer(const SocketId&, ProducerRequest, Reply<ProducerResumedResult>);
  void get_producers(const SocketId&, EmptyRequest, Reply<ProducersResult>);
  void get_room(const SocketId&, EmptyRequest, Reply<RoomResult>);
  void get_stats(const SocketId&, EmptyRequest, Reply<StatsResult>);
  void set_audio_levels(const SocketId&, AudioLevelsRequest, Reply<RequestedResult>);
  void set_consumer_priority(const SocketId&, ConsumerPriorityRequest, Reply<RequestedResult>);
  void consume(const SocketId&, ConsumeRequest, Reply<ConsumeResult>);
  void resume_consumer(const SocketId&, ConsumerRequest, Reply<ResumedResult>);
  void pause_consumer(const SocketId&, ConsumerRequest, Reply<PausedResult>);
  void close_consumer(const SocketId&, ConsumerRequest, Reply<ClosedResult>);
  void set_preferred_layers(const SocketId&, PreferredLayersRequest, Reply<RequestedResult>);
  void request_key_frame(const SocketId&, ConsumerRequest, Reply<RequestedResult>);
  void produce_data(const SocketId&, ProduceDataRequest, Reply<ProduceDataResult>);
  void close_data_producer(const SocketId&, DataProducerRequest, Reply<ProducerClosedResult>);
  void consume_data(const SocketId&, ConsumeDataRequest, Reply<ConsumeDataResult>);
  void close_data_consumer(const SocketId&, DataConsumerRequest, Reply<ClosedResult>);
  void signal(const SocketId&, Signal, Reply<RelayedResult>);
  void clock(const SocketId&, ClockRequest, Reply<ClockResult>);
  void subscribe(const SocketId&, SubscribeRequest, Reply<SubscribedResult>);
  void recording_progress(const SocketId&, RecordingProgress, Reply<RelayedResult>);

 private:
  struct Client {
    Identity identity;
    bool present = false;   // the doorman has been told that the participant entered
    bool returned = false;  // with their seat, and has not yet said whether they know
    EventRate signals{signal_rate};
    net::Timer patience;                                // away: until the seat is given up
    std::shared_ptr<const InsideHandlers> inside = {};  // has no connection
  };

  void connecting(const SocketId& id, const ClientInfo& info, const boost::json::value& auth, Admit admit);
  void identified(const SocketId& id, base::Result<Identity> identity, const Admit& admit);
  void connected(const SocketId& id);
  void event(const SocketId& id, SocketEvent event);
  void disconnected(const SocketId& id, std::string_view reason);
  void away(const SocketId& id);
  bool may_return(const SocketId& newcomer, const SocketId& before);
  void returned(const SocketId& id);
  void give_up_seat(const SocketId& id);
  void leave_before_joining_again(const SocketId& id);
  studio::Visitor visitor_of(const Identity& identity) const;
  void set_present(const SocketId& id, bool present);

  // ---- what participants may do, as it changes (signaling_standing.cpp)
  using Settled = std::function<void(base::Status)>;
  void heed(std::string_view session_id, std::string_view event, const boost::json::value& data);
  void look_again(const SocketId& id, Settled then = {});
  void ask_standing();
  void standing_answered(std::vector<std::pair<SocketId, base::Result<Identity::Participant>>> found);
  void settle(const SocketId& id, base::Result<Identity::Participant> now);
  bool has_standing(const SocketId& id) const;
  using Logins = std::vector<std::pair<SocketId, std::string>>;
  void ask_logins(Logins logins);

  std::optional<std::vector<wire::IceServer>> ice_servers(sfu::PeerId peer) const;
  void tell(const std::vector<SocketId>& to, const studio::StageFact& fact);
  void emit(const std::vector<SocketId>& to, std::string_view event, const boost::json::value& data);
  void deliver(const std::vector<SocketId>& to, std::string_view event, const boost::json::value& data);  // our own
  void put_out(const SocketId& id);

  // ---- clients of other nodes here, and ours there (signaling_relay.cpp)
  RelayHooks relay_hooks();
  void take_up(const SocketId& id, SocketEvent event);
  void run(const SocketId& id, const SocketEvent& event);
  bool leave_seat(const SocketId& id);  // wherever it is; false: was in no room
  void take_leave(const SocketId& id);
  void far_arrived(const SocketId& id, Identity identity);
  void far_departed(const SocketId& id);

  ServerDependencies dependencies_;
  const bool open_rooms_;
  const base::Duration seat_patience_;
  SocketNamespace& space_;
  std::unordered_map<SocketId, Client> clients_;
  studio::Stage stage_;
  std::unique_ptr<Relay> relay_;
  std::uint64_t last_inside_ = 0;
  std::map<SocketId, std::vector<Settled>> to_look_at_, looked_at_;  // to be asked about, and being asked about
  net::Timer ask_later_;
  std::shared_ptr<Signaling*> self_;  // what the pool answers late finds out here whether we still live
};

// One row of the table.
struct ClientEvent {
  std::function<void(Signaling&, const SocketId&, const boost::json::value& request, const Ack& ack)> run;
  wire::SchemaOf request_schema, result_schema;
};
const ClientEvent* find_client_event(std::string_view name);

std::string session_room(std::string_view session_id);  // of those who follow a session
boost::json::object error_json(const base::Error& error);

}  // namespace greenroom::api::realtime

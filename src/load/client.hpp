// One person as a server sees them: a Socket.IO connection, and a transport each way. Goes by itself through
// createRoom, joinRoom, createTransport, connectTransport, produce, consume and resumeConsumer, then sends and receives
// until it leaves. Owned by a Crowd, on the Loop's thread; what its Place refers to outlives it.
#pragma once
#include <optional>
#include <set>

#include "load/publication.hpp"
#include "load/reception.hpp"
#include "load/signaling.hpp"

namespace greenroom::load {

enum class Leaving : std::uint8_t {
  politely,       // leaveRoom, then the connection is closed
  by_disconnect,  // the connection is closed
  abruptly,       // the connection breaks, and nothing is said on the transports
};

struct ClientPlan {
  std::string room, user;
  std::vector<Traffic> sends;
  bool receives = true;
  bool checked = false;  // opens what it receives
  Leaving leaving = Leaving::by_disconnect;
};

class Client;

struct ClientPlace {
  net::Loop& loop;
  LinkGround ground;
  const ServerPlace& server;
  Tally& tally;
  Distribution& latency_us;
  std::vector<Client*>& by_member;  // of the swarm
  std::vector<Client*>& to_repair;
};

class Client {
 public:
  Client(const ClientPlace& place, ClientPlan plan);
  ~Client();

  void start(base::Instant now);
  void leave();
  // Everything asked for was answered, and the links are up.
  bool settled() const;
  const std::optional<std::string>& failure() const { return failure_; }
  bool gone() const { return gone_; }  // the connection has ended, as wished or not
  const ClientPlan& plan() const { return plan_; }
  const Reception& reception() const { return reception_; }
  Link* send_link() const { return send_link_.get(); }
  const std::vector<std::unique_ptr<Publication>>& publications() const { return publications_; }
  base::Duration join_time() const { return join_time_; }  // from start() until settled

  void take(net::UdpSwarm::Member member, base::ByteSpan datagram, const net::UdpArrival& arrival);
  void send_due(base::Instant now, int stretch);
  void service(base::Instant now);  // checks, handshakes, feedback and reports
  bool repair(base::Instant now);
  bool to_be_repaired = false;  // is in the Place's list

 private:
  using Result = base::Result<boost::json::object>;
  // An answer's way on: a refusal is this client's failure.
  Signaling::Answer then(std::function<void(const boost::json::object&)> next);
  void call(std::string_view event, boost::json::object request, std::function<void(const boost::json::object&)> next);
  void fail(std::string why);
  void create_room();
  void join_room(const boost::json::object& created);
  void take_part(const boost::json::object& joined);
  void create_transport(bool send);
  void connect_transport(bool send, const boost::json::object& options);
  void produce(const Traffic& traffic);
  void watch(const boost::json::object& producer);
  void consume(const std::string& producer);
  void consumed(const boost::json::object& consumer, base::Instant asked);
  void open_link(bool send, const boost::json::object& options);
  void note_settled(base::Instant now);
  void take_sender_rtcp(base::ByteSpan datagram, base::Instant now);

  const ClientPlace place_;
  const ClientPlan plan_;
  Signaling signaling_;
  std::optional<std::string> failure_;
  bool gone_ = false, in_room_ = false, receiving_ = false, settled_ = false;
  std::size_t outstanding_ = 0;  // calls
  base::Instant started_{};
  base::Duration join_time_{};
  wire::RtpCapabilities device_;
  std::string send_id_, receive_id_;
  std::unique_ptr<Link> send_link_, receive_link_;
  std::vector<std::unique_ptr<Publication>> publications_;
  Reception reception_;
  std::set<std::string> watched_;     // producers
  std::vector<std::string> waiting_;  // producers that came before the transport
};

}  // namespace greenroom::load

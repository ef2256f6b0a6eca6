// The realtime face of the server: Socket.IO v5 at /socket.io/ with the signaling events of docs/protocol.md. app owns
// one, feeds it HTTP requests and WebSockets by path, the SFU's events and the bus's session messages, all on the
// control thread; it must live as long as the HttpServer whose connections it answers. Nothing here blocks: who
// somebody is, is asked through Doorman on the blocking pool.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/realtime/engine_session.hpp"
#include "api/realtime/event_rate.hpp"
#include "api/realtime/placement.hpp"
#include "api/realtime/socket_namespace.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"
#include "bus/bus.hpp"
#include "net/blocking_pool.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "studio/media_gateway.hpp"
#include "studio/stage.hpp"
#include "wire/ortc.hpp"

namespace greenroom::api::realtime {

class SocketServer;

// Somebody who takes part without a connection of their own: what speaks another protocol to its client (WHIP, WHEP)
// and the events of docs/protocol.md to the room. Both are called on the control thread, never inside a call to the
// server. After `ended` (removed, displaced, the server closes) the id is no longer known.
struct InsideHandlers {
  std::function<void(const std::string& event, const boost::json::value& data)> notice;
  std::function<void()> ended;
};

// What a client brings to be recognised by.
struct Credentials {
  std::optional<std::string> token;   // of CONNECT's auth: a participant token
  std::optional<std::string> cookie;  // greenroom_access; only of a request from our own site
};

struct Identity {
  struct Participant {
    std::string id;
    std::string session_id;
    std::string name;
    studio::Permissions may = studio::Permissions::all();
    bool waiting = false;  // in the lobby: hears nothing of the session but what becomes of themselves
    std::optional<base::Error> barred = {};  // why they may not join the room now
  };
  // What their browser is signed in by, also of one who brings a participant token: their connection ends with it.
  struct Login {
    std::string id;
    std::string user_id;
  };
  std::optional<Participant> participant;
  std::optional<std::string> user_id;
  std::optional<std::string> workspace_id;  // of the user
  std::optional<Login> login = {};
};

// identify, may_follow, look_again and is_login are called on the blocking pool, several at a time.
struct Doorman {
  // An error refuses the connection. An Identity with neither is a stranger: let in with open_rooms only.
  std::function<base::Result<Identity>(const Credentials&)> identify;
  // May this one follow the events of that session?
  std::function<base::Status(const Identity&, const std::string& session_id)> may_follow;
  // How things stand with a participant now; forbidden: they are no longer in the session. Asked before they join and
  // whenever the bus says that something has changed. Without it, what identify said holds.
  std::function<base::Result<Identity::Participant>(const std::string& participant_id)> look_again = {};
  // Whether a login has not ended. Asked once they are connected and when some of their user's have ended.
  std::function<base::Result<bool>(const std::string& login_id)> is_login = {};
  // A participant has joined its session's room, or waits in its lobby; has left it (by leaveRoom, disconnect or
  // displacement by itself from elsewhere). Called on the control thread, in the order in which it happened.
  std::function<void(const std::string& participant_id)> entered;
  std::function<void(const std::string& participant_id)> left;
};

struct ServerOptions {
  EngineOptions engine;
  base::Duration connect_timeout = std::chrono::seconds(45);
  RecoveryOptions recovery = {};  // default: none
  EventRateOptions events = {};   // default: no limit
  // How long somebody whose connection is lost stays in the room: longer than a blip and the client's first two tries
  // to reconnect (after 1 and 2 s), shorter than the others mind looking at a still picture.
  base::Duration seat_patience = std::chrono::seconds(8);
  NodeLimits nodes = {};
  bool open_rooms = false;
  // Instead of signaling: the echo namespaces and /engine.io/ that the protocol suites expect.
  bool conformance = false;
};

ServerOptions studio_options();       // what `greenroom serve` runs with: recovery for two minutes, a rate limit
ServerOptions conformance_options();  // what the official protocol suites expect

struct ServerDependencies {
  net::Loop& loop;
  net::BlockingPool& pool;
  studio::MediaGateway& media;
  base::Rng& rng;
  base::LogSink& log;
  Doorman doorman;
  // The STUN and TURN servers for somebody by that name, whose credentials begin to run out now; none: none.
  std::function<std::vector<wire::IceServer>(std::string_view who, base::WallTime now)> ice_servers = {};
  bus::Bus* bus = nullptr;  // to other nodes that rooms may be on (relay.hpp); none: all rooms are here
  // NodeLoad::busy of this one; none: not at all.
  std::function<double()> busy = {};
};

struct ServerCounts {
  std::size_t connections = 0;
  studio::StageCounts stage;
};

class Server {
 public:
  Server(ServerOptions options, ServerDependencies dependencies);
  ~Server();

  bool owns(std::string_view path) const;  // "/socket.io/..."
  void request(net::Request request, net::Responder respond);
  std::optional<net::WebSocketHandler> web_socket(const net::Request& request);

  void media_event(const studio::MediaEvent& event);
  // A message of the bus's topic session/<id>: {"event": "...", "data": {...}}, forwarded to those who follow it.
  void session_event(std::string_view session_id, std::string_view payload);
  // Some of them did not come: everyone is told to ask anew (`missedEvents`).
  void session_events_missed();
  // Some of a user's logins have ended, or, of nobody by name, anyone's: connections of those that have are closed.
  void logins_ended(std::optional<std::string_view> user_id);
  void close();  // says goodbye to everyone; new connections are refused

  // An inside client: answered once, with its id or why it is refused. Nothing but a token counts; without one it is a
  // stranger.
  using Entered = std::function<void(base::Result<std::string>)>;
  void enter_inside(std::optional<std::string> token, InsideHandlers handlers, Entered answer);
  // One of its events; the acknowledgement's object is the result or {error, code}.
  using InsideAnswer = std::function<void(const boost::json::value&)>;
  void call_inside(const std::string& id, std::string event, boost::json::value request, InsideAnswer answer);
  void leave_inside(const std::string& id);

  // For further namespaces beside "/": add() before the first connection.
  SocketServer& sockets();

  ServerCounts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Every signaling event with the schemas of its request and result, as JSON: what docs/protocol.md is held against.
std::string event_document();

}  // namespace greenroom::api::realtime

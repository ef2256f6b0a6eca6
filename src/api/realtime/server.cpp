#include "api/realtime/server.hpp"

#include "api/realtime/conformance.hpp"
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

namespace {

constexpr std::string_view socket_path = "/socket.io";
constexpr std::string_view engine_path = "/engine.io";
constexpr std::string_view echo_path = "/echo";

bool is_under(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

ServerOptions studio_options() {
  ServerOptions options;
  options.recovery.window = std::chrono::minutes(2);
  options.events.burst = 500;
  return options;
}

ServerOptions conformance_options() {
  ServerOptions options;
  options.engine.greeting_delay = std::chrono::milliseconds(5);
  options.engine.ping_interval = std::chrono::milliseconds(300);
  options.engine.ping_timeout = std::chrono::milliseconds(200);
  options.connect_timeout = std::chrono::seconds(1);
  options.conformance = true;
  return options;
}

struct Server::State {
  State(ServerOptions o, ServerDependencies d)
      : options(std::move(o)),
        sockets(d.loop, d.rng, {options.engine, options.connect_timeout, options.recovery, options.events}) {
    if (!options.conformance) {
      signaling.emplace(sockets, std::move(d), options);
      return;
    }
    for (auto name : {"/", "/custom"}) add_echo_namespace(sockets, d.loop, name);
    echo.emplace(d.loop, d.rng, options.engine);
  }
  EngineServer& engine_of(std::string_view path) {
    return is_under(path, engine_path) && echo ? echo->engine() : sockets.engine();
  }

  ServerOptions options;
  SocketServer sockets;
  std::optional<Signaling> signaling;
  std::optional<EngineEcho> echo;
};

Server::Server(ServerOptions options, ServerDependencies dependencies)
    : state_(std::make_unique<State>(std::move(options), std::move(dependencies))) {}

Server::~Server() = default;

bool Server::owns(std::string_view path) const {
  return is_under(path, socket_path) || (state_->echo && (is_under(path, engine_path) || path == echo_path));
}

void Server::request(net::Request request, net::Responder respond) {
  auto& engine = state_->engine_of(request.path);
  engine.request(std::move(request), std::move(respond));
}

std::optional<net::WebSocketHandler> Server::web_socket(const net::Request& request) {
  if (state_->echo && request.path == echo_path) return echo_web_socket();
  return state_->engine_of(request.path).web_socket(request);
}

void Server::media_event(const studio::MediaEvent& event) {
  if (state_->signaling) state_->signaling->stage().media_event(event);
}

void Server::session_event(std::string_view session_id, std::string_view payload) {
  if (state_->signaling) state_->signaling->session_event(session_id, payload);
}

void Server::session_events_missed() {
  if (state_->signaling) state_->signaling->session_events_missed();
}

void Server::logins_ended(std::optional<std::string_view> user_id) {
  if (state_->signaling) state_->signaling->logins_ended(user_id);
}

void Server::close() {
  state_->sockets.engine().close_all();
  if (state_->echo) state_->echo->engine().close_all();
}

void Server::enter_inside(std::optional<std::string> token, InsideHandlers handlers, Entered answer) {
  if (state_->signaling) state_->signaling->enter_inside(std::move(token), std::move(handlers), std::move(answer));
}

void Server::call_inside(const std::string& id, std::string event, boost::json::value request, InsideAnswer answer) {
  if (state_->signaling) state_->signaling->call_inside(id, std::move(event), std::move(request), std::move(answer));
}

void Server::leave_inside(const std::string& id) {
  if (state_->signaling) state_->signaling->leave_inside(id);
}

SocketServer& Server::sockets() { return state_->sockets; }

ServerCounts Server::counts() const {
  ServerCounts counts;
  counts.connections = state_->sockets.engine().size();
  if (state_->signaling) counts.stage = state_->signaling->stage().counts();
  return counts;
}

}  // namespace greenroom::api::realtime

// Socket.IO v5 over Engine.IO: namespaces by name, packets to the namespace they name, and the rules of a connection: a
// client that is in no namespace when connect_timeout has passed, sends what does not parse, or speaks to a namespace
// it is not in, is closed; one that sends more events than EventRate allows is told so, then closed. Owned by Server,
// on the control thread.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "api/realtime/engine_server.hpp"
#include "api/realtime/event_rate.hpp"
#include "api/realtime/socket_namespace.hpp"

namespace greenroom::api::realtime {

struct SocketOptions {
  EngineOptions engine;
  base::Duration connect_timeout = std::chrono::seconds(45);
  RecoveryOptions recovery = {};
  EventRateOptions events = {};
};

class SocketServer {
 public:
  SocketServer(net::Loop& loop, base::Rng& rng, SocketOptions options);
  ~SocketServer();

  SocketNamespace& add(std::string name, NamespaceHandlers handlers);  // before the first connection
  EngineServer& engine() { return engine_; }
  const EngineServer& engine() const { return engine_; }

 private:
  struct Client {
    explicit Client(const EventRateOptions& events) : rate(events) {}
    EventRate rate;
    ClientInfo info;
    wire::socketio::Assembler assembler;
    net::Timer connect_timer;
  };

  void opened(const std::string& sid, const ClientInfo& info);
  void message(const std::string& sid, std::string data, bool binary);
  void closed(const std::string& sid, CloseReason reason);
  void too_fast(const std::string& sid, Client& client, const wire::socketio::Packet& packet);
  bool dispatch(const std::string& sid, Client& client, wire::socketio::Packet packet);
  bool connect(const std::string& sid, Client& client, wire::socketio::Packet packet);
  bool is_in_a_namespace(const std::string& sid) const;

  net::Loop& loop_;
  base::Rng& rng_;
  const SocketOptions options_;
  std::map<std::string, std::unique_ptr<SocketNamespace>, std::less<>> namespaces_;
  std::unordered_map<std::string, Client> clients_;  // by sid
  EngineServer engine_;
};

}  // namespace greenroom::api::realtime

// One Socket.IO connection to a server, as a client sees it: calls with their answers, and the events that matter to
// the generator. Socket.IO 5 over Engine.IO 4, by WebSocket alone. Owned by a Client, on the Loop's thread. An answer
// comes once, or never when the connection ends first; events that nobody asked for are dropped before they are parsed,
// since a room of thousands tells each of them of all the others.
#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <unordered_map>

#include "base/result.hpp"
#include "net/web_socket_client.hpp"
#include "wire/socketio.hpp"

namespace greenroom::load {

inline constexpr base::ErrorCode refused{base::ErrorKind::unavailable, "load.refused"};

struct ServerPlace {
  base::Address address;
  std::string host;  // as the Host header says it
};
// "http://127.0.0.1:4000"
base::Result<ServerPlace> parse_server_url(std::string_view url);

class Signaling {
 public:
  using Answer = std::function<void(base::Result<boost::json::object>)>;
  struct Handlers {
    std::function<void()> ready;
    std::function<void(std::string_view event, const boost::json::object&)> event;  // newProducer alone
    std::function<void(std::string reason)> closed;
  };
  Signaling(net::Loop& loop, Handlers handlers);
  void open(const ServerPlace& server);
  void call(std::string_view event, boost::json::object request, Answer answer);
  void close() { socket_.close(); }
  void drop() { socket_.drop(); }

 private:
  void take(std::string_view message);
  void take_packet(std::string_view text);
  void take_answer(const wire::socketio::Packet& packet);

  Handlers handlers_;
  wire::socketio::Assembler assembler_;
  std::unordered_map<std::uint64_t, Answer> calls_;  // at most a handful at once: the caller waits for answers
  std::uint64_t next_call_ = 0;
  net::WebSocketClient socket_;
};

}  // namespace greenroom::load

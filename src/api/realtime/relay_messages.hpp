// What nodes say to one another about their clients (ADR 20), as JSON on the bus's topic node/<name>. A client of one
// node that sits in a room of another is "far" there. Every message says who sent it; messages of one node to another
// arrive in order or are missed, which the bus tells.
#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/realtime/server.hpp"
#include "wire/json.hpp"

namespace greenroom::api::realtime {

// Who the client is, as far as its own node knows.
struct RelayedIdentity {
  std::optional<std::string> participant_id;
  std::string session_id;
  std::string name;
  std::vector<studio::Permission> may;
  std::optional<std::string> user_id;
  std::optional<std::string> workspace_id;
};
BOOST_DESCRIBE_STRUCT(RelayedIdentity, (), (participant_id, session_id, name, may, user_id, workspace_id))
RelayedIdentity to_relayed(const Identity& identity);
Identity to_identity(const RelayedIdentity& relayed);

// An event of a client; answered with RelayReply of the same number, when it is not zero.
struct RelayRequest {
  std::string from;
  std::uint64_t number = 0;
  std::string socket;
  RelayedIdentity who;
  std::string event;
  boost::json::value data;
};
BOOST_DESCRIBE_STRUCT(RelayRequest, (), (from, number, socket, who, event, data))

struct RelayReply {
  std::string from;
  std::uint64_t number = 0;
  boost::json::value answer;  // the acknowledgement's one argument
};
BOOST_DESCRIBE_STRUCT(RelayReply, (), (from, number, answer))

// An event for clients of the node it is sent to.
struct RelayNotice {
  std::string from;
  std::vector<std::string> to;
  std::string event;
  boost::json::value data;
};
BOOST_DESCRIBE_STRUCT(RelayNotice, (), (from, to, event, data))

// The client has left its room (and stays connected), or has gone.
struct RelayLeft {
  std::string from;
  std::string socket;
  bool gone = false;
};
BOOST_DESCRIBE_STRUCT(RelayLeft, (), (from, socket, gone))

// After a gap: which of your clients are with me? And the answer: all of them.
struct RelayRollCall {
  std::string from;
};
BOOST_DESCRIBE_STRUCT(RelayRollCall, (), (from))
struct RelayRoll {
  std::string from;
  std::vector<std::string> sockets;
};
BOOST_DESCRIBE_STRUCT(RelayRoll, (), (from, sockets))

using RelayMessage = std::variant<RelayRequest, RelayReply, RelayNotice, RelayLeft, RelayRollCall, RelayRoll>;

inline constexpr std::string_view every_node = "node/all";
std::string node_topic(std::string_view node);  // "node/<name>"

std::string print_relay_message(const RelayMessage& message);
std::optional<RelayMessage> parse_relay_message(std::string_view text);  // nothing: it is none

}  // namespace greenroom::api::realtime

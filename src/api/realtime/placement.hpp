// On which node a room begins that is on none yet (ADR 20): on the one that was asked for it, unless that has enough to
// do and another has not. Pure.
#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace greenroom::api::realtime {

// What a node says of itself on the bus, as JSON, once a second.
struct NodeLoad {
  double busy = 0;  // 0..1, of a core: the media thread that the next room would get
  std::uint64_t rooms = 0;
  friend bool operator==(const NodeLoad&, const NodeLoad&) = default;
};
BOOST_DESCRIBE_STRUCT(NodeLoad, (), (busy, rooms))
using NodeLoads = std::map<std::string, NodeLoad>;  // by the node's name

// At either of them a node has enough to do.
struct NodeLimits {
  double busy = 0.7;
  std::uint64_t rooms = 30;
};

// The name of the node that a new room is to be offered to; none: the room begins here.
std::optional<std::string> better_node(const NodeLoad& here, const NodeLoads& others, const NodeLimits& limits);

std::string print_node_load(const NodeLoad& load);
std::optional<NodeLoad> parse_node_load(std::string_view text);  // nothing: it is none

}  // namespace greenroom::api::realtime

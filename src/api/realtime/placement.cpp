#include "api/realtime/placement.hpp"

#include <tuple>

#include "wire/json.hpp"

namespace greenroom::api::realtime {

std::optional<std::string> better_node(const NodeLoad& here, const NodeLoads& others, const NodeLimits& limits) {
  const auto has_enough = [&](const NodeLoad& load) { return load.busy >= limits.busy || load.rooms >= limits.rooms; };
  if (!has_enough(here)) return std::nullopt;
  // As among the media threads of one node: loads within a tenth are alike, and the number of rooms is known sooner.
  const auto rank = [](const auto& node) { return std::tuple(int(node.second.busy * 10), node.second.rooms); };
  const NodeLoads::value_type* best = nullptr;
  for (const auto& node : others) {
    if (!has_enough(node.second) && (!best || rank(node) < rank(*best))) best = &node;
  }
  return best ? std::optional(best->first) : std::nullopt;
}

std::string print_node_load(const NodeLoad& load) { return wire::print_json(wire::to_json(load)); }

std::optional<NodeLoad> parse_node_load(std::string_view text) {
  const auto load = wire::from_text<NodeLoad>(text);
  if (!load || !(load->busy >= 0 && load->busy <= 1)) return std::nullopt;
  return *load;
}

}  // namespace greenroom::api::realtime

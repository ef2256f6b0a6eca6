#include "app/nodes.hpp"

#include <future>

#include "api/realtime/relay.hpp"

namespace greenroom::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration start_patience = 10s;  // Redis that was started with us
constexpr auto answer_patience = 5s;

}  // namespace

void announce_node(bus::Bus& bus, base::LogSink& log) {
  bus.announce(api::realtime::nodes_topic, bus.node(), {});
  const auto reached = bus.settle(start_patience);
  if (reached) return log.info("node.announced", {{"node", bus.node()}});
  log.warning("node.alone", {{"node", bus.node()}, {"error", reached.error().what}});
}

base::Status recover_from_dead_nodes(bus::Bus& bus, studio::Studio& studio) {
  auto answer = std::make_shared<std::promise<base::Result<std::vector<bus::Member>>>>();
  auto members = answer->get_future();
  bus.members(api::realtime::nodes_topic, [answer](auto result) { answer->set_value(std::move(result)); });
  if (members.wait_for(answer_patience) != std::future_status::ready) return {};
  const auto there = members.get();
  if (!there) return {};
  std::vector<std::string> names;
  for (const auto& member : *there) names.push_back(member.name);
  return studio.recover(names);
}

}  // namespace greenroom::app

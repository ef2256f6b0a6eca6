#include "app/bench.hpp"

#include <signal.h>

#include <cstdio>

#include "app/bench_server.hpp"
#include "crypto/random.hpp"
#include "load/bench.hpp"
#include "load/trial.hpp"
#include "wire/json.hpp"

namespace greenroom::app {
namespace {

constexpr std::size_t people_of_a_room = 10;

// A server to measure: the one that was named, or a fresh one.
struct Target {
  std::unique_ptr<BenchServer> own;
  load::CrowdOptions crowd;
};

base::Result<Target> find_target(const BenchConfig& config) {
  Target out;
  std::string url = config.url;
  out.crowd.pids.assign(config.pids.begin(), config.pids.end());
  if (url.empty()) {
    GREENROOM_TRY(out.own, BenchServer::start(config.shards, config.room_split));
    url = out.own->url();
    out.crowd.pids = {out.own->pid()};
  }
  GREENROOM_TRY(out.crowd.server, load::parse_server_url(url));
  out.crowd.coalesce = config.coalesce;
  out.crowd.feedback_ms = config.feedback_ms;
  return out;
}

std::vector<load::Shape> shapes_of(const BenchConfig& config) {
  std::vector<load::Shape> out;
  for (const auto& name : config.shapes) {
    if (name == "rooms-10x10") out.push_back(load::rooms(10, people_of_a_room, config.check_every));
    if (name == "rooms-17x10") out.push_back(load::rooms(17, people_of_a_room, config.check_every));  // 70 % of a core
    if (name == "rooms-30x10") out.push_back(load::rooms(30, people_of_a_room, config.check_every));
    if (name != "fanout") continue;
    const load::Traffic traffic{wire::MediaKind::video, 30, std::max(1u, config.packets_per_second / 30), 1200};
    for (const auto subscribers : config.subscribers)
      out.push_back(load::fanout(traffic, subscribers, config.check_every));
  }
  return out;
}

base::Result<load::Figures> measure_once(const BenchConfig& config, const load::Shape& shape) {
  GREENROOM_TRY(const auto target, find_target(config));
  const load::BenchTimes times{std::chrono::seconds(2), std::chrono::seconds(config.seconds)};
  GREENROOM_TRY(auto figures, load::measure(target.crowd, shape, times));
  crypto::SystemRng rng;
  const load::BareLoop bare{std::min<std::size_t>(shape.streams, 500), shape.burst, shape.packet_size, config.coalesce};
  auto paced = bare;
  paced.rounds_per_second = 30;
  auto usual = paced;
  usual.by_openssl = true;
  const auto hold_against = [&](const load::BareLoop& loop, double& floor_us, double& ratio) -> base::Status {
    GREENROOM_TRY(const auto floor, load::measure_bare_loop(loop, rng));
    floor_us = floor.total_us();
    ratio = figures.cpu_us_per_packet / std::max(0.001, floor_us);
    return {};
  };
  GREENROOM_CHECK_OK(hold_against(bare, figures.bare_us_per_packet, figures.times_bare));
  GREENROOM_CHECK_OK(hold_against(paced, figures.bare_paced_us_per_packet, figures.times_bare_paced));
  GREENROOM_CHECK_OK(hold_against(usual, figures.openssl_paced_us_per_packet, figures.times_openssl_paced));
  return figures;
}

void print(const BenchConfig& config, const std::vector<load::Figures>& rows) {
  if (config.json)
    std::puts(wire::print_json_pretty(wire::to_json(rows)).c_str());
  else
    std::fputs(load::print_table(rows).c_str(), stdout);
}

// Interleaved: each shape once, then each again, so that a busy minute of the machine is not one shape's alone.
int run_measurements(const BenchConfig& config) {
  const auto shapes = shapes_of(config);
  std::vector<std::vector<load::Figures>> runs(shapes.size());
  for (unsigned run = 0; run < config.runs; ++run) {
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      auto figures = measure_once(config, shapes[i]);
      if (!figures) {
        std::fprintf(stderr, "%s: %s\n", shapes[i].name.c_str(), figures.error().what.c_str());
        return 1;
      }
      if (!config.json) std::fputs(load::print_table({*figures}).c_str(), stderr);
      runs[i].push_back(std::move(*figures));
    }
  }
  std::vector<load::Figures> medians;
  for (const auto& each : runs) medians.push_back(load::median(each));
  print(config, medians);
  return 0;
}

// ---- what a server must hold

using TrialFunction = base::Result<load::Trial> (*)(const BenchConfig&, const Target&);

std::optional<TrialFunction> trial_of(std::string_view shape) {
  constexpr std::size_t packets = 300;
  if (shape == "delivery")
    return [](const BenchConfig& config, const Target& target) {
      return load::try_delivery(target.crowd, config.subscribers.front(), packets);
    };
  if (shape == "join-leave")
    return [](const BenchConfig& config, const Target& target) {
      load::JoinLeave wanted;
      wanted.cycles = config.cycles;
      if (target.own) wanted.statistics_url = target.own->url() + "/stats";
      return load::try_join_leave(target.crowd, wanted);
    };
  if (shape == "flood")
    return [](const BenchConfig& config, const Target& target) {
      return load::try_flood(target.crowd, {config.flood_rate, std::chrono::seconds(config.seconds)});
    };
  return std::nullopt;
}

int run_trial(const BenchConfig& config, TrialFunction trial) {
  const auto target = find_target(config);
  const auto result = target ? trial(config, *target) : tl::unexpected(target.error());
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().what.c_str());
    return 1;
  }
  std::puts(wire::print_json_pretty(result->found).c_str());
  for (const auto& fault : result->faults) std::fprintf(stderr, "FAULT: %s\n", fault.c_str());
  return result->faults.empty() ? 0 : 1;
}

}  // namespace

int run_bench(const BenchConfig& config) {
  ::signal(SIGPIPE, SIG_IGN);
  for (const auto& shape : config.shapes)
    if (const auto trial = trial_of(shape)) return run_trial(config, *trial);
  return run_measurements(config);
}

}  // namespace greenroom::app

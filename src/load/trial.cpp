#include "load/trial.hpp"

#include "load/flood.hpp"
#include "load/process.hpp"
#include "net/clock.hpp"
#include "net/http_client.hpp"
#include "wire/json.hpp"

namespace greenroom::load {
namespace {
using namespace std::chrono_literals;
namespace json = boost::json;
constexpr Traffic gentle{wire::MediaKind::video, 30, 3, 1000};
constexpr base::Duration patience = 30s;

// Not inlined: g++ 12 sees an overread in the string that it moves.
[[gnu::noinline]] void add_fault(Trial& trial, std::string fault) { trial.faults.push_back(std::move(fault)); }

template <class Number>
void expect(Trial& trial, const char* name, Number found, Number wanted) {
  trial.found[name] = found;
  if (found != wanted) add_fault(trial, fmt::format("{} is {}, not {}", name, found, wanted));
}

template <class Done>
void turn_until(Crowd& crowd, Done&& done) {
  const auto deadline = net::now() + patience;
  crowd.loop().run_while([&] { return !done() && net::now() < deadline; });
}
}  // namespace

// ---- delivery

base::Result<Trial> try_delivery(const CrowdOptions& options, std::size_t subscribers, std::size_t packets) {
  GREENROOM_TRY(const auto crowd, Crowd::open(options));
  const auto shape = fanout(gentle, subscribers, 1);
  GREENROOM_CHECK_OK(crowd->join(shape.first, 0));
  GREENROOM_CHECK_OK(crowd->join(shape.plans, shape.streams));
  // Between two silences every packet that is sent is to arrive everywhere.
  crowd->pause_senders(true);
  crowd->run_for(500ms);
  const auto before = crowd->tally();
  crowd->pause_senders(false);
  turn_until(*crowd, [&] { return crowd->tally().sent >= before.sent + packets; });
  crowd->pause_senders(true);
  const auto wanted = (crowd->tally().sent - before.sent) * subscribers;
  turn_until(*crowd, [&] { return crowd->tally().received >= before.received + wanted; });

  Trial trial;
  const auto& after = crowd->tally();
  trial.found["sent"] = after.sent - before.sent;
  trial.found["subscribers"] = subscribers;
  expect(trial, "received", after.received - before.received, wanted);
  expect(trial, "duplicates", after.duplicates - before.duplicates, std::uint64_t(0));
  expect(trial, "late", after.late - before.late, std::uint64_t(0));
  expect(trial, "outOfLine", after.out_of_line - before.out_of_line, std::uint64_t(0));
  expect(trial, "forged", after.forged - before.forged, std::uint64_t(0));
  expect(trial, "lost", crowd->lost(), std::int64_t(0));
  crowd->leave_all();
  return trial;
}

// ---- joining and leaving

namespace {

base::Result<json::object> ask_statistics(const std::string& url) {
  GREENROOM_TRY(const auto answer, net::http_get({url, {}, {}}));
  GREENROOM_TRY(auto document, wire::parse_json(answer.body));
  if (!document.is_object()) return base::fail(bad_answer, "the statistics are no object");
  return std::move(document.get_object());
}

bool is_empty(const json::object& statistics) {
  return std::ranges::all_of(statistics, [](const auto& each) {
    return each.key() == "workers" || !each.value().is_number() || each.value().template to_number<double>() == 0;
  });
}

// What is left once the time for coming back has passed.
base::Status wait_until_empty(Crowd& crowd, const std::string& url, Trial& trial) {
  const auto deadline = net::now() + patience;
  json::object left;
  do {
    GREENROOM_TRY(left, ask_statistics(url));
    if (is_empty(left)) break;
    crowd.run_for(100ms);
  } while (net::now() < deadline);
  if (!is_empty(left)) add_fault(trial, "something is left: " + wire::print_json(left));
  trial.found["left"] = std::move(left);
  return {};
}

std::vector<ClientPlan> a_batch(std::size_t batch, std::size_t together) {
  constexpr std::array ways{Leaving::politely, Leaving::by_disconnect, Leaving::abruptly};
  std::vector<ClientPlan> out;
  for (std::size_t i = 0; i < together; ++i)
    out.push_back({fmt::format("load-batch-{}", batch),
                   fmt::format("visitor-{}", i),
                   {voice},
                   true,
                   false,
                   ways[i % ways.size()]});
  return out;
}
}  // namespace

base::Result<Trial> try_join_leave(const CrowdOptions& options, const JoinLeave& wanted) {
  GREENROOM_TRY(const auto crowd, Crowd::open(options));
  Trial trial;
  const auto begun = net::now();
  std::uint64_t memory = 0;
  std::size_t cycles = 0, judged_from = 0;
  const bool judged = wanted.cycles >= judged_min;
  const auto goes_on = [&] {
    if (cycles < wanted.cycles) return true;
    return judged && (judged_from == 0 || cycles - judged_from < wanted.cycles / 4);
  };
  for (std::size_t batch = 0; goes_on(); ++batch, cycles += wanted.together) {
    if (judged && judged_from == 0 && cycles >= wanted.cycles / 2 && net::now() - begun >= remembered)
      memory = memory_of(options.pids), judged_from = cycles;
    GREENROOM_CHECK_OK(crowd->join(a_batch(batch, wanted.together), wanted.together * (wanted.together - 1)));
    crowd->leave_all();
  }
  trial.found["cycles"] = cycles;
  trial.found["seconds"] = base::to_seconds(net::now() - begun);
  if (!wanted.statistics_url.empty()) GREENROOM_CHECK_OK(wait_until_empty(*crowd, wanted.statistics_url, trial));
  if (judged_from == 0) return trial;
  const auto end = memory_of(options.pids);
  const auto grown = double(end) - double(memory), per_cycle = grown / double(cycles - judged_from);
  trial.found["memoryBytesAtFirst"] = memory;
  trial.found["memoryBytesAtEnd"] = end;
  trial.found["bytesPerCycle"] = per_cycle;
  // A leak of one peer would be kilobytes each; an allocator's own unrest is some megabytes in all.
  if (grown > 4e6 && per_cycle > 256) add_fault(trial, fmt::format("memory grows by {:.0f} bytes a cycle", per_cycle));
  return trial;
}

// ---- flood

namespace {

json::object describe(const Window& window) {
  return {{"packets", window.counted.received},
          {"lost", window.lost},
          {"recovered", window.counted.recovered},
          {"outOfLine", window.counted.out_of_line},
          {"latencyUsP50", window.latency_us_p50},
          {"latencyUsP99", window.latency_us_p99},
          {"serverCorePercent", 100 * base::to_seconds(window.server_cpu) / base::to_seconds(window.time)}};
}

void judge_strangers(const Flood& flood, Trial& trial) {
  json::object told;
  for (const auto& stranger : flood.strangers()) {
    auto& sum = told[stranger.name];
    if (!sum.is_object()) sum = json::object{{"packets", 0}, {"bytesOut", 0}, {"bytesIn", 0}};
    const auto add = [&](const char* name, std::uint64_t value) {
      sum.get_object()[name] = sum.get_object()[name].to_number<std::uint64_t>() + value;
    };
    add("packets", stranger.packets), add("bytesOut", stranger.bytes_out), add("bytesIn", stranger.bytes_in);
    if (stranger.bytes_in > stranger.bytes_out)
      add_fault(trial,
                fmt::format("{}: {} bytes came back for {}", stranger.name, stranger.bytes_in, stranger.bytes_out));
  }
  trial.found["strangers"] = std::move(told);
}
}  // namespace

base::Result<Trial> try_flood(const CrowdOptions& options, const FloodTrial& wanted) {
  GREENROOM_TRY(const auto crowd, Crowd::open(options));
  Capture capture;
  crowd->capture_into(&capture);
  const auto shape = fanout(gentle, 4, 1);
  GREENROOM_CHECK_OK(crowd->join(shape.first, 0));
  GREENROOM_CHECK_OK(crowd->join(shape.plans, shape.streams));
  crowd->run_for(1s);
  const auto quiet = crowd->measure(wanted.window);
  crowd->capture_into(nullptr);
  const auto lost_before = crowd->lost();
  crypto::SystemRng rng;
  GREENROOM_TRY(const auto flood,
                Flood::start(crowd->loop(), capture, crowd->flood_target(), wanted.packets_per_second, rng));
  const auto flooded = crowd->measure(wanted.window);
  Trial trial;
  trial.found["floodPacketsPerSecond"] = double(flood->packets()) / base::to_seconds(flooded.time);
  trial.found["quiet"] = describe(quiet);
  trial.found["flooded"] = describe(flooded);
  expect(trial, "lostInFlood", crowd->lost() - lost_before, std::int64_t(0));
  expect(trial, "outOfLineInFlood", flooded.counted.out_of_line, std::uint64_t(0));
  if (flooded.counted.received * 10 < quiet.counted.received * 9) add_fault(trial, "the call came to a halt");
  judge_strangers(*flood, trial);
  return trial;
}

}  // namespace greenroom::load

#include "sim/scenario.hpp"

#include <charconv>
#include <functional>
#include <sstream>

#include "sim/world.hpp"

namespace greenroom::sim {
namespace {
using Words = std::vector<std::string>;

struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Words split(std::string_view text, std::string_view separators) {
  Words words;
  while (!text.empty()) {
    const auto end = text.find_first_of(separators);
    if (end != 0) words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return words;
}

// "8%" -> 0.08, "600kbps" -> 600000, "1.5s" -> 1.5, "20ms" -> 0.02, "low" -> 0, "12" -> 12
double number(std::string_view text) {
  if (text == "low") return 0;
  if (text == "middle") return 1;
  if (text == "high") return 2;
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  const std::string_view unit(end, std::size_t(text.data() + text.size() - end));
  if (unit.empty() || unit == "s" || unit == "bps") return value;
  if (unit == "%") return value / 100;
  if (unit == "ms") return value / 1000;
  if (unit == "kbps") return value * 1000;
  if (unit == "Mbps") return value * 1'000'000;
  if (unit == "KB") return value * 1000;
  throw Wrong("no such number: " + std::string(text));
}

base::Duration duration(std::string_view text) { return base::Duration(std::int64_t(number(text) * 1e6)); }

// "name=value" -> its halves
std::pair<std::string, std::string> setting(const std::string& word) {
  const auto at = word.find('=');
  return at == std::string::npos ? std::pair(word, std::string()) : std::pair(word.substr(0, at), word.substr(at + 1));
}

class Runner {
 public:
  Runner(std::uint64_t seed, Sharding sharding) : world_(seed, nullptr, {}, sharding), start_(world_.now()) {}

  void line(const std::string& text) {
    auto words = split(text, " \t");
    if (words.empty()) return;
    if (words[0] == "at") {
      world_.run_until(start_ + duration(words.at(1)));
      return act(Words(words.begin() + 2, words.end()));
    }
    if (words[0] == "by") return watch(start_ + duration(words.at(1)), Words(words.begin() + 2, words.end()));
    act(words);
  }

 private:
  void act(const Words& words) {
    if (words.empty() || words[0] == "seed") return;
    if (words[0] == "expect") return check(words);
    const auto verb = verbs_.find(words[0]);
    if (verb == verbs_.end()) throw Wrong("no such word: " + words[0]);
    (this->*verb->second)(words);
  }

  // join NAME
  void join(const Words& w) { world_.join(w.at(1)); }
  // leave NAME
  void leave(const Words& w) { world_.leave(w.at(1)); }
  // publish NAME LABEL opus|vp8|vp9|av1 [simulcast=N] [svc=N] [key] [temporal=N] [rate=R]
  void publish(const Words& w) {
    SourceSettings s;
    s.video = w.at(3) != "opus";
    s.coding = w.at(3) == "vp9" ? Coding::vp9 : w.at(3) == "av1" ? Coding::av1 : Coding::vp8;
    if (s.video) s.layers = {base::Bitrate::kbps(600)};
    for (std::size_t i = 4; i < w.size(); ++i) {
      const auto [name, value] = setting(w[i]);
      if (name == "key") {
        s.key_dependent = true;
      } else if (name == "simulcast" || name == "svc") {
        s.layers = {base::Bitrate::kbps(120), base::Bitrate::kbps(400), base::Bitrate::kbps(1200)};
        s.layers.resize(std::size_t(number(value)));
      } else if (name == "temporal") {
        s.temporal_layers = int(number(value));
      } else if (name == "rate") {
        s.layers = {base::Bitrate{std::int64_t(number(value))}};
      } else {
        throw Wrong("no such setting: " + name);
      }
    }
    world_.publish(w.at(1), w.at(2), s);
  }
  // unpublish NAME LABEL
  void unpublish(const Words& w) { world_.unpublish(w.at(1), w.at(2)); }
  // subscribe NAME LABEL [paused], subscribe all
  void subscribe(const Words& w) {
    if (w.at(1) == "all") return world_.subscribe_all();
    world_.subscribe(w.at(1), w.at(2), w.size() < 4);
  }
  // resume NAME LABEL, pause NAME LABEL
  void resume(const Words& w) { world_.resume(w.at(1), w.at(2)); }
  void pause(const Words& w) { world_.pause(w.at(1), w.at(2)); }
  // net NAME [up|down] loss=P burst=N delay=T jitter=T rate=R queue=B reorder=P duplicate=P
  void net(const Words& w) {
    const bool one = w.at(2) == "up" || w.at(2) == "down";
    for (auto* link : {&world_.up(w[1]), &world_.down(w[1])}) {
      if (one && (w[2] == "up") != (link == &world_.up(w[1]))) continue;
      for (std::size_t i = one ? 3 : 2; i < w.size(); ++i) set(link->settings, w[i]);
    }
  }
  static void set(LinkSettings& s, const std::string& word) {
    const auto [name, value] = setting(word);
    const double x = number(value);
    if (name == "loss")
      s.loss = x;
    else if (name == "burst")
      s.burst = x;
    else if (name == "delay")
      s.delay = duration(value);
    else if (name == "jitter")
      s.jitter = duration(value);
    else if (name == "rate")
      s.rate = {std::int64_t(x)};
    else if (name == "queue")
      s.queue_bytes = std::size_t(x);
    else if (name == "reorder")
      s.reorder = x;
    else if (name == "duplicate")
      s.duplicate = x;
    else
      throw Wrong("no such setting: " + name);
  }
  // restart-ice NAME
  void restart_ice(const Words& w) { world_.restart_ice(w.at(1)); }
  // layers NAME LABEL N: the browser sends only the N lowest from here on
  void layers(const Words& w) { world_.browser(w.at(1)).source(w.at(2))->max_layer = int(number(w.at(3))) - 1; }
  // prefer NAME LABEL SPATIAL TEMPORAL: an upper bound
  void prefer(const Words& w) {
    const auto temporal = std::uint8_t(number(w.at(4)));
    world_.ask<sfu::Done>(sfu::SetPreferredLayers{world_.room, world_.peer(w.at(1)), sink_of(w).consumer,
                                                  std::uint8_t(number(w.at(3))), temporal});
  }
  // backup start|stop NAME
  void backup(const Words& w) { w.at(1) == "start" ? world_.start_backup(w.at(2)) : world_.stop_backup(w.at(2)); }
  // garbage N: datagrams of noise, half of them under the address of somebody in the call
  void garbage(const Words& w) {
    for (int i = 0; i < int(number(w.at(1))); ++i) {
      base::Bytes noise(1 + world_.rng().below(300));
      world_.rng().fill(noise);
      world_.inject(base::Address::v4(10, 0, 0, 1, std::uint16_t(1 + world_.rng().below(8))), noise);
    }
  }
  // reset NAME LABEL: counts from here
  void reset(const Words& w) {
    auto& sink = sink_of(w);
    Sink fresh;
    fresh.consumer = sink.consumer;
    fresh.receiver = sink.receiver;
    fresh.video = sink.video;
    fresh.svc = sink.svc;
    fresh.decoder = sink.decoder;
    fresh.decoder.undecodable = fresh.decoder.unclosed = fresh.decoder.keyframes = 0;
    fresh.layer = sink.layer;
    if (sink.first) {
      fresh.highest = sink.highest;
      fresh.first = sink.highest + 1;
      fresh.counts_from_first = true;
    }
    sink = fresh;
  }

  Sink& sink_of(const Words& w) {
    auto* sink = world_.browser(w.at(1)).sink(w.at(2));
    if (!sink) throw Wrong(w.at(1) + " does not receive " + w.at(2));
    return *sink;
  }

  // ---- expect NAME LABEL what<=N ..., expect backup LABEL what>=N ..., expect counters what=N
  std::string failing(const Words& w) {
    for (std::size_t i = 1; i < w.size(); ++i) {
      const auto at = w[i].find_first_of("<>=");
      if (at == std::string::npos) continue;
      const auto op = w[i].substr(at, w[i].find_first_not_of("<>=", at) - at);
      const double wanted = number(std::string_view(w[i]).substr(at + op.size()));
      const double seen = measure(w, w[i].substr(0, at));
      const bool holds = op == "<="   ? seen <= wanted
                         : op == ">=" ? seen >= wanted
                         : op == "<"  ? seen < wanted
                         : op == ">"  ? seen > wanted
                                      : seen == wanted;
      if (!holds) return w[i] + ", seen " + std::to_string(seen);
    }
    return {};
  }

  double measure(const Words& w, const std::string& what) {
    if (w.at(1) == "backup") return measure_backup(w.at(2), what);
    if (w.at(1) == "counters") return measure_counters(what);
    if (what == "receives") return double(world_.browser(w.at(1)).sinks().size());
    const auto& s = sink_of(w);
    if (what == "layer") return s.layer;
    if (what == "undecodable") return double(s.decoder.undecodable);  // of svc
    if (what == "unclosed") return double(s.decoder.unclosed);        // likewise
    if (what == "packets") return double(s.packets);
    if (what == "missing") return double(s.seen_missing());
    if (what == "loss") return s.packets ? double(s.seen_missing()) / double(s.packets + s.seen_missing()) : 1;
    if (what == "recovered") return double(s.recovered);
    if (what == "keyframes") return double(s.keyframes);
    if (what == "frames") return double(s.frames);
    if (what == "freezes") return double(s.freezes);
    if (what == "jumps") return double(s.time_jumps);
    if (what == "gap") return base::to_seconds(s.longest_gap);
    throw Wrong("no such measure: " + what);
  }

  double measure_backup(const std::string& label, const std::string& what) {
    for (const auto& [track, log] : world_.backups()) {
      const auto* source = log.started.app_data.as_object().if_contains("source");
      if (log.started.user_id + "/" + std::string(source->as_string()) != label) continue;
      const std::set<std::uint64_t> different(log.sequences.begin(), log.sequences.end());
      if (what == "packets") return double(log.sequences.size());
      if (what == "twice") return double(log.sequences.size() - different.size());
      if (what == "ended") return log.ended;
      if (what == "missing") return double(*different.rbegin() - *different.begin() + 1 - different.size());
      throw Wrong("no such measure: " + what);
    }
    throw Wrong("no backup of " + label);
  }

  double measure_counters(const std::string& what) {
    const auto c = world_.stats().counters;
    if (what == "unknown") return double(c.dropped_unknown);
    if (what == "malformed") return double(c.dropped_malformed);
    if (what == "forged") return double(c.dropped_forged);
    if (what == "unexpected") return double(c.dropped_unexpected);
    if (what == "overflow") return double(c.dropped_overflow);
    throw Wrong("no such counter: " + what);
  }

  void check(const Words& w) {
    if (const auto wrong = failing(w); !wrong.empty()) throw Wrong(wrong);
  }
  void watch(base::Instant end, const Words& w) {
    if (!world_.run_until([&] { return failing(w).empty(); }, end - world_.now())) throw Wrong(failing(w));
  }

  using Verb = void (Runner::*)(const Words&);
  const std::map<std::string, Verb> verbs_{
      {"join", &Runner::join},     {"leave", &Runner::leave},     {"publish", &Runner::publish},
      {"resume", &Runner::resume}, {"pause", &Runner::pause},     {"unpublish", &Runner::unpublish},
      {"net", &Runner::net},       {"reset", &Runner::reset},     {"subscribe", &Runner::subscribe},
      {"backup", &Runner::backup}, {"garbage", &Runner::garbage}, {"restart-ice", &Runner::restart_ice},
      {"layers", &Runner::layers}, {"prefer", &Runner::prefer},
  };
  World world_;
  base::Instant start_;
};

std::uint64_t seed_of(std::string_view text) {
  const auto at = text.find("seed ");
  std::uint64_t seed = 1;
  if (at != std::string_view::npos) std::from_chars(text.data() + at + 5, text.data() + text.size(), seed);
  return seed;
}
}  // namespace

std::optional<std::string> run_scenario(std::string_view text, std::optional<std::uint64_t> given, Sharding sharding) {
  const auto seed = given.value_or(seed_of(text));
  Runner runner(seed, sharding);
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    try {
      for (const auto& step : split(line, "|")) runner.line(step);
    } catch (const std::exception& e) {
      return "line " + std::to_string(number) + " (" + line + "): " + e.what() + " [seed " + std::to_string(seed) + "]";
    }
  }
  return std::nullopt;
}

}  // namespace greenroom::sim

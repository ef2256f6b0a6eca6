// What the running process knows of itself, given to api by app: the counts of /stats, the samples of /metrics and the
// reasons why /ready says no. The functions are called on the blocking pool, from any thread.
#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace greenroom::api {

struct Stats {
  std::uint32_t rooms = 0;
  std::uint32_t peers = 0;
  std::uint32_t workers = 0;
  std::uint32_t producers = 0;
  std::uint32_t consumers = 0;
  std::uint32_t transports = 0;
  std::uint32_t branches = 0;  // parts of rooms that several workers share
};
BOOST_DESCRIBE_STRUCT(Stats, (), (rooms, peers, workers, producers, consumers, transports, branches))

enum class MetricType { counter, gauge, histogram };

struct MetricSample {
  std::string suffix;  // "_bucket", "_sum", "_count" of a histogram; else empty
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};
// Labels are bounded: never a room, a person or a path.
struct MetricFamily {
  std::string name;  // base units and suffixes as Prometheus wants: "greenroom_http_requests_total"
  std::string help;
  MetricType type = MetricType::gauge;
  std::vector<MetricSample> samples;
};

inline MetricFamily counter(std::string name, std::string help, std::uint64_t value) {
  return {std::move(name), std::move(help), MetricType::counter, {{"", {}, double(value)}}};
}

struct Statistics {
  std::function<Stats()> stats;
  std::function<std::vector<MetricFamily>()> metrics;
  std::function<std::vector<std::string>()> not_ready;  // reasons; empty: ready
};

// Prometheus text exposition format 0.0.4.
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";
std::string print_metrics(const std::vector<MetricFamily>& families);

}  // namespace greenroom::api

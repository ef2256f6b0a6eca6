// How many requests each operation has answered, with which class of status, and how long they took. Any thread.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "api/statistics.hpp"
#include "base/time.hpp"

namespace greenroom::api {

class RequestMetrics {
 public:
  explicit RequestMetrics(std::vector<std::string> operations);  // "getSession": the label, so bounded
  // `operation`: an index of the list; past its end: no route.
  void count(std::size_t operation, int status, base::Duration took);
  std::vector<MetricFamily> families() const;

 private:
  static constexpr std::array<double, 9> bounds_s = {0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 1, 5, 30};
  static constexpr std::size_t classes = 5;  // 1xx to 5xx
  using Counter = std::atomic<std::uint64_t>;

  MetricFamily totals() const;
  MetricFamily durations() const;

  const std::vector<std::string> operations_;
  std::vector<std::array<Counter, classes>> counts_;
  std::array<Counter, bounds_s.size() + 1> buckets_{};
  Counter micros_{0};
};

}  // namespace greenroom::api

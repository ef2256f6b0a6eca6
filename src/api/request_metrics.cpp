#include "api/request_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace greenroom::api {

RequestMetrics::RequestMetrics(std::vector<std::string> operations)
    : operations_(std::move(operations)), counts_(operations_.size() + 1) {}

void RequestMetrics::count(std::size_t operation, int status, base::Duration took) {
  const std::size_t row = std::min(operation, operations_.size());
  const std::size_t column = std::size_t(std::clamp(status / 100, 1, 5) - 1);
  counts_[row][column].fetch_add(1, std::memory_order_relaxed);
  const double seconds = base::to_seconds(took);
  const auto bucket = std::lower_bound(bounds_s.begin(), bounds_s.end(), seconds) - bounds_s.begin();
  buckets_[std::size_t(bucket)].fetch_add(1, std::memory_order_relaxed);
  micros_.fetch_add(std::uint64_t(std::max<std::int64_t>(took.count(), 0)), std::memory_order_relaxed);
}

MetricFamily RequestMetrics::totals() const {
  MetricFamily family{"greenroom_http_requests_total", "Requests answered.", MetricType::counter, {}};
  for (std::size_t row = 0; row < counts_.size(); ++row) {
    const std::string operation = row < operations_.size() ? operations_[row] : "other";
    for (std::size_t column = 0; column < classes; ++column) {
      const auto count = counts_[row][column].load(std::memory_order_relaxed);
      if (count == 0) continue;
      family.samples.push_back(
          {"", {{"operation", operation}, {"status", fmt::format("{}xx", column + 1)}}, double(count)});
    }
  }
  return family;
}

MetricFamily RequestMetrics::durations() const {
  MetricFamily family{"greenroom_http_request_duration_seconds",
                      "From the head of a request to its answer.",
                      MetricType::histogram,
                      {}};
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    sum += buckets_[i].load(std::memory_order_relaxed);
    const std::string bound = i < bounds_s.size() ? fmt::format("{}", bounds_s[i]) : "+Inf";
    family.samples.push_back({"_bucket", {{"le", bound}}, double(sum)});
  }
  family.samples.push_back({"_sum", {}, double(micros_.load(std::memory_order_relaxed)) / 1e6});
  family.samples.push_back({"_count", {}, double(sum)});
  return family;
}

std::vector<MetricFamily> RequestMetrics::families() const { return {totals(), durations()}; }

}  // namespace greenroom::api

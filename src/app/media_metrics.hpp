// What the media threads count, as families of Prometheus. Pure: values in, values out. Labels have a handful of values
// each, whatever happens in rooms.
#pragma once
#include <vector>

#include "api/statistics.hpp"
#include "sfu/command.hpp"

namespace greenroom::app {

struct MediaTotals {
  std::uint32_t transports = 0;
  std::uint32_t branches = 0, imports = 0;  // of rooms on several of them
  sfu::ShardCounters counters;
};

MediaTotals add_up(const std::vector<sfu::Stats>& shards);
std::vector<api::MetricFamily> media_metrics(const MediaTotals& totals);

}  // namespace greenroom::app

// One measurement of a server under one shape, from outside: join, settle, measure, leave. Blocks its thread.
#pragma once
#include "load/bare_loop.hpp"
#include "load/crowd.hpp"
#include "load/report.hpp"
#include "load/shape.hpp"

namespace greenroom::load {

struct BenchTimes {
  base::Duration settle = std::chrono::seconds(2);  // between the last join and the window
  base::Duration window = std::chrono::seconds(10);
};

base::Result<Figures> measure(const CrowdOptions& options, const Shape& shape, const BenchTimes& times);

}  // namespace greenroom::load

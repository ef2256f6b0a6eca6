// `greenroom bench sfu`: the load generator (src/load) against a server that runs already, or against this binary,
// started anew for each measurement, so that one run's memory is not another's.
#pragma once
#include "app/config.hpp"

namespace greenroom::app {

int run_bench(const BenchConfig& config);  // the process's exit code

}  // namespace greenroom::app

// The `greenroom work` process: one job, then the end.
#pragma once
#include "app/config.hpp"
#include "base/log.hpp"

namespace greenroom::app {

int run_work(const WorkConfig& config, base::LogSink& log);  // the process's exit code

}  // namespace greenroom::app

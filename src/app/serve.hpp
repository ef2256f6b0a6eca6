// `greenroom serve`: opens everything in order, runs until a signal, closes everything in the opposite order.
#pragma once
#include "app/config.hpp"
#include "base/log.hpp"

namespace greenroom::app {

int run_serve(const ServeConfig& config, base::LogSink& log);  // the process's exit code

}  // namespace greenroom::app

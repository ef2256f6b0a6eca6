// `greenroom inspect FILE`: what media::inspect finds, as JSON on standard output.
#pragma once
#include "app/config.hpp"

namespace greenroom::app {

int run_inspect(const InspectConfig& config);  // the process's exit code

}  // namespace greenroom::app

// `greenroom migrate`: the tables of this version, made or brought forward; prints how many steps that took. Safe
// beside a running server and beside another of its kind.
#pragma once
#include "app/config.hpp"
#include "base/log.hpp"

namespace greenroom::app {

int run_migrate(const MigrateConfig& config, base::LogSink& log);

}  // namespace greenroom::app

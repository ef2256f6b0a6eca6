// Where log lines go: one JSON object a line on standard error, through spdlog. Any thread.
#pragma once
#include <memory>
#include <string_view>

#include "base/log.hpp"

namespace greenroom::app {

// level: "debug", "info", "warning" or "error".
std::unique_ptr<base::LogSink> make_log(std::string_view level);

}  // namespace greenroom::app

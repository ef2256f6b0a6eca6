#include "app/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace greenroom::app {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", unsigned(c));
    else
      out += c;
  }
  out += '"';
}

spdlog::level::level_enum to_spdlog(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::debug:
      return spdlog::level::debug;
    case base::LogLevel::info:
      return spdlog::level::info;
    case base::LogLevel::warning:
      return spdlog::level::warn;
    case base::LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

class JsonLines final : public base::LogSink {
 public:
  explicit JsonLines(std::string_view level) : logger_("greenroom", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc);
    logger_.set_level(spdlog::level::from_str(std::string(level)));
  }

  void write(base::LogLevel level, std::string_view event, std::initializer_list<base::LogField> fields) override {
    if (!logger_.should_log(to_spdlog(level))) return;
    std::string line = "\"event\":";
    append_quoted(line, event);
    for (const auto& field : fields) {
      line += ',';
      append_quoted(line, field.name);
      line += ':';
      append_quoted(line, field.value);
    }
    logger_.log(to_spdlog(level), spdlog::string_view_t(line));
  }

 private:
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<base::LogSink> make_log(std::string_view level) { return std::make_unique<JsonLines>(level); }

}  // namespace greenroom::app

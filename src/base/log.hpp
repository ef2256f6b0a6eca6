// A log sink passed by reference: modules say what happened as an event name and fields, app decides where lines go
// (spdlog, JSON lines). LogLimit lets one line a second through for things a stranger can cause at will.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"

namespace greenroom::base {

enum class LogLevel { debug, info, warning, error };

struct LogField {
  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, std::int64_t v) : name(n), value(std::to_string(v)) {}
  std::string_view name;
  std::string value;
};

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, event, fields);
  }
};

// Discards everything: for tests and simulations.
class NullLog final : public LogSink {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

class LogLimit {
 public:
  // The number of events since the last line, itself included, when a line is due; 0 otherwise.
  std::uint64_t due(Instant now) {
    ++pending_;
    if (any_ && now - last_ < std::chrono::seconds(1)) return 0;
    any_ = true;
    last_ = now;
    return std::exchange(pending_, 0);
  }

 private:
  bool any_ = false;
  Instant last_{};
  std::uint64_t pending_ = 0;
};

}  // namespace greenroom::base

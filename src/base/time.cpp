#include "base/time.hpp"

#include <fmt/format.h>

#include <charconv>

namespace greenroom::base {
namespace {

constexpr ErrorCode bad_time{ErrorKind::invalid, "base.bad_time"};

// Reads exactly `digits` decimal digits at `at`, or -1.
int digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string to_rfc3339(WallTime t) {
  using namespace std::chrono;
  const sys_time<milliseconds> sys{floor<milliseconds>(t.time_since_epoch())};
  const auto day = floor<days>(sys);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{sys - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto bad = [&] { return fail(bad_time, "expected a time like 2026-01-31T09:30:00Z"); };
  const int y = digits_at(text, 0, 4), mo = digits_at(text, 5, 2), d = digits_at(text, 8, 2);
  const int h = digits_at(text, 11, 2), mi = digits_at(text, 14, 2), s = digits_at(text, 17, 2);
  if (y < 0 || mo < 0 || d < 0 || h < 0 || mi < 0 || s < 0) return bad();
  if (text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':') return bad();
  const year_month_day date{year(y), month(unsigned(mo)), day(unsigned(d))};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return bad();
  std::size_t at = 19;
  std::int64_t micros = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t scale = 100'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      micros += scale * (text[at] - '0');
    if (at == first) return bad();
  }
  minutes offset{0};
  const std::string_view zone = text.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    const int oh = digits_at(zone, 1, 2), om = digits_at(zone, 4, 2);
    if (oh < 0 || oh > 23 || om < 0 || om > 59) return bad();
    offset = minutes((oh * 60 + om) * (zone[0] == '-' ? -1 : 1));
  } else if (zone != "Z" && zone != "z") {
    return bad();
  }
  const auto sys = sys_days(date) + hours(h) + minutes(mi) + seconds(s) - offset;
  return wall_from_micros(duration_cast<microseconds>(sys.time_since_epoch()).count() + micros);
}

}  // namespace greenroom::base

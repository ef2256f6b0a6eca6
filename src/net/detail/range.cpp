#include "net/detail/range.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {

std::optional<std::uint64_t> parse_position(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

RangeChoice suffix(std::string_view text, std::uint64_t size) {
  const auto count = parse_position(text);
  if (!count) return {};
  if (*count == 0) return {RangeChoice::Kind::unsatisfiable, 0, 0};
  if (size == 0) return {};
  const auto length = std::min(*count, size);
  return {RangeChoice::Kind::part, size - length, length};
}

std::string_view opaque(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

Portion not_modified(Response& response) {
  response.status = 304;
  return {};
}

Portion changed(Response& response) {
  response.status = 412;
  return {};
}

Portion unsatisfiable(Response& response, std::uint64_t size) {
  response.status = 416;
  response.headers.set("Content-Range", "bytes */" + std::to_string(size));
  return {};
}

Portion partial(Response& response, const RangeChoice& range, std::uint64_t size) {
  response.status = 206;
  const auto last = range.first + range.length - 1;
  response.headers.set("Content-Range", "bytes " + std::to_string(range.first) + "-" + std::to_string(last) + "/" +
                                            std::to_string(size));
  return {range.first, range.length};
}

RangeChoice requested_range(const Request& request, std::string_view etag, std::uint64_t size) {
  const auto range = request.headers.find("range");
  if (!range || request.method != "GET") return {};
  const auto if_range = request.headers.find("if-range");
  if (if_range && !if_range_holds(*if_range, etag)) return {};
  return choose_range(*range, size);
}

}  // namespace

RangeChoice choose_range(std::string_view field, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!base::equal_without_case(field.substr(0, unit.size()), unit)) return {};
  const auto spec = trim(field.substr(unit.size()));
  const auto dash = spec.find('-');
  if (dash == spec.npos) return {};
  if (dash == 0) return suffix(spec.substr(1), size);
  const auto first = parse_position(spec.substr(0, dash));
  const auto last = dash + 1 == spec.size() ? UINT64_MAX : parse_position(spec.substr(dash + 1));
  if (!first || !last || *last < *first) return {};
  if (*first >= size) return {RangeChoice::Kind::unsatisfiable, 0, 0};
  return {RangeChoice::Kind::part, *first, std::min(*last, size - 1) - *first + 1};
}

bool etag_list_matches(std::string_view field, std::string_view etag) {
  if (trim(field) == "*") return true;
  while (const auto element = next_element(field)) {
    if (!etag.empty() && opaque(*element) == opaque(etag)) return true;
  }
  return false;
}

bool if_match_holds(std::string_view field, std::string_view etag) {
  if (trim(field) == "*") return true;
  while (const auto element = next_element(field)) {
    if (!etag.empty() && !etag.starts_with("W/") && *element == etag) return true;
  }
  return false;
}

bool if_range_holds(std::string_view field, std::string_view etag) {
  return !etag.empty() && !etag.starts_with("W/") && trim(field) == etag;
}

Portion select_portion(const Request& request, Response& response, std::string_view etag, std::uint64_t size) {
  if (!etag.empty()) response.headers.set("ETag", std::string(etag));
  if (response.status != 200 || (request.method != "GET" && request.method != "HEAD")) return {0, size};
  response.headers.set("Accept-Ranges", "bytes");
  const auto wanted = request.headers.find("if-match");
  if (wanted && !if_match_holds(*wanted, etag)) return changed(response);
  const auto known = request.headers.find("if-none-match");
  if (known && etag_list_matches(*known, etag)) return not_modified(response);
  const auto range = requested_range(request, etag, size);
  if (range.kind == RangeChoice::Kind::unsatisfiable) return unsatisfiable(response, size);
  if (range.kind == RangeChoice::Kind::part) return partial(response, range, size);
  return {0, size};
}

}  // namespace greenroom::net

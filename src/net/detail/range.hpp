// Which part of a file answers a request: Range, If-Range (RFC 9110 §14) and If-None-Match (§13). Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http.hpp"

namespace greenroom::net {

struct RangeChoice {
  enum class Kind { whole, part, unsatisfiable };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// A malformed field, another unit or several ranges mean the whole (§14.2 lets a server ignore Range).
RangeChoice choose_range(std::string_view field, std::uint64_t size);

bool etag_list_matches(std::string_view field, std::string_view etag);  // If-None-Match: weak comparison, "*" matches
bool if_match_holds(std::string_view field, std::string_view etag);     // If-Match: strong comparison, "*" matches
bool if_range_holds(std::string_view field, std::string_view etag);     // strong comparison; a date never holds

// Decides for a GET or HEAD answered 200 with a body of `size` bytes: makes it 206, 304, 412 or 416 and sets ETag,
// Accept-Ranges and Content-Range. Returns the bytes to send.
struct Portion {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};
Portion select_portion(const Request& request, Response& response, std::string_view etag, std::uint64_t size);

}  // namespace greenroom::net

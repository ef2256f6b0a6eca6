// The head of a response as bytes, and the fields that every answer carries. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "net/http.hpp"

namespace greenroom::net {

std::string_view reason_phrase(int status);
std::string http_date(base::WallTime t);  // "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7)

bool status_has_body(int status);  // not 1xx, 204, 304

struct HeadFraming {
  std::optional<std::uint64_t> content_length;  // none: the status forbids it
  bool keep_alive = true;
  int minor_version = 1;
};
// What every answer carries: X-Request-Id; Date and the defaults where the handler has not set them.
struct ServerFields {
  std::string_view request_id;
  std::string_view date;
  const Headers& defaults;  // the server's options: trusted
};
// Ends with the empty line. Framing fields that the handler set are left out; control characters in a value become
// spaces, so that no value can start a field of its own.
std::string serialize_head(const Response& response, const HeadFraming& framing, const ServerFields& own);
// An answer of 1xx: its fields and nothing of ours.
std::string serialize_interim(const Response& response);

}  // namespace greenroom::net

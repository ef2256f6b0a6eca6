#include "net/detail/response_head.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {

struct Phrase {
  int status;
  std::string_view text;
};
constexpr Phrase phrases[] = {{100, "Continue"},
                              {101, "Switching Protocols"},
                              {200, "OK"},
                              {201, "Created"},
                              {202, "Accepted"},
                              {204, "No Content"},
                              {206, "Partial Content"},
                              {301, "Moved Permanently"},
                              {302, "Found"},
                              {303, "See Other"},
                              {304, "Not Modified"},
                              {307, "Temporary Redirect"},
                              {308, "Permanent Redirect"},
                              {400, "Bad Request"},
                              {401, "Unauthorized"},
                              {403, "Forbidden"},
                              {404, "Not Found"},
                              {405, "Method Not Allowed"},
                              {406, "Not Acceptable"},
                              {408, "Request Timeout"},
                              {409, "Conflict"},
                              {410, "Gone"},
                              {411, "Length Required"},
                              {412, "Precondition Failed"},
                              {413, "Content Too Large"},
                              {414, "URI Too Long"},
                              {415, "Unsupported Media Type"},
                              {416, "Range Not Satisfiable"},
                              {417, "Expectation Failed"},
                              {422, "Unprocessable Content"},
                              {423, "Locked"},
                              {426, "Upgrade Required"},
                              {428, "Precondition Required"},
                              {429, "Too Many Requests"},
                              {431, "Request Header Fields Too Large"},
                              {460, "Checksum Mismatch"},
                              {500, "Internal Server Error"},
                              {501, "Not Implemented"},
                              {502, "Bad Gateway"},
                              {503, "Service Unavailable"},
                              {504, "Gateway Timeout"},
                              {505, "HTTP Version Not Supported"},
                              {507, "Insufficient Storage"}};

bool is_framing_field(std::string_view name) {
  constexpr std::array<std::string_view, 4> ours = {"content-length", "transfer-encoding", "connection", "keep-alive"};
  return std::any_of(ours.begin(), ours.end(), [name](auto own) { return equal_without_case(own, name); });
}

void append_value(std::string& out, std::string_view value) {
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
}

void set_if_absent(Headers& headers, std::string_view name, std::string_view value) {
  if (!headers.find(name)) headers.add(name, std::string(value));
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto* found =
      std::find_if(std::begin(phrases), std::end(phrases), [status](auto& p) { return p.status == status; });
  return found == std::end(phrases) ? "Status" : found->text;
}

std::string http_date(base::WallTime t) {
  const std::time_t seconds = base::to_micros(t) / 1'000'000;
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds));
}

void add_default_fields(Response& response, std::string_view request_id, std::string_view date,
                        const Headers& defaults) {
  auto& headers = response.headers;
  headers.set("X-Request-Id", std::string(request_id));
  set_if_absent(headers, "Date", date);
  for (const auto& [name, value] : defaults.all()) set_if_absent(headers, name, value);
}

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string serialize_head(const Response& response, const HeadFraming& framing) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.headers.all()) {
    if (is_framing_field(name) || !is_token(name)) continue;
    out += name;
    out += ": ";
    append_value(out, value);
    out += "\r\n";
  }
  if (framing.content_length) out += fmt::format("Content-Length: {}\r\n", *framing.content_length);
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.minor_version == 0) {
    out += "Connection: keep-alive\r\n";
  }
  return out += "\r\n";
}

}  // namespace greenroom::net

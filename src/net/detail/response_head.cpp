#include "net/detail/response_head.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {

struct Phrase {
  int status;
  std::string_view text;
};
constexpr Phrase phrases[] = {{100, "Continue"},
                              {101, "Switching Protocols"},
                              {104, "Upload Resumption Supported"},
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

// What is not the handler's to say.
bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 5> ours = {"content-length", "transfer-encoding", "connection", "keep-alive",
                                                    "x-request-id"};
  return std::any_of(ours.begin(), ours.end(), [name](auto own) { return base::equal_without_case(own, name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  (((out += name) += ": ") += value) += "\r\n";
}

void append_checked(std::string& out, std::string_view name, std::string_view value) {
  if (is_ours(name) || !is_token(name)) return;
  append_field(out, name, value);
  std::replace_if(
      out.end() - std::ptrdiff_t(value.size() + 2), out.end() - 2, [](char c) { return is_control(c) || c == '\t'; },
      ' ');
}

void append_server_fields(std::string& out, const Headers& set, const ServerFields& own) {
  append_field(out, "X-Request-Id", own.request_id);
  if (!set.find("date")) append_field(out, "Date", own.date);
  for (const auto& [name, value] : own.defaults.all()) {
    if (!set.find(name)) append_field(out, name, value);
  }
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

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string serialize_head(const Response& response, const HeadFraming& framing, const ServerFields& own) {
  constexpr std::size_t usual_size = 1'536;
  std::string out;
  out.reserve(usual_size);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.headers.all()) append_checked(out, name, value);
  append_server_fields(out, response.headers, own);
  if (framing.content_length) append_field(out, "Content-Length", fmt::format_int(*framing.content_length).c_str());
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.minor_version == 0) {
    out += "Connection: keep-alive\r\n";
  }
  return out += "\r\n";
}

std::string serialize_interim(const Response& response) {
  auto out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.headers.all()) append_checked(out, name, value);
  return out += "\r\n";
}

}  // namespace greenroom::net

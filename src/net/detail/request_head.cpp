#include "net/detail/request_head.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {

using Status = tl::expected<void, HeadError>;

tl::unexpected<HeadError> refuse(int status, std::string_view reason) {
  return tl::unexpected(HeadError{status, reason});
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

std::string_view take_line(std::string_view& head) {
  const auto line = head.substr(0, head.find("\r\n"));
  head.remove_prefix(std::min(head.size(), line.size() + 2));
  return line;
}

Status parse_version(std::string_view text, RequestHead& out) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || text[6] != '.') return refuse(400, "request line");
  if (text != "HTTP/1.1" && text != "HTTP/1.0") return refuse(505, "version");
  out.minor_version = text[7] - '0';
  return {};
}

// RFC 9112 §3: exactly one space between the parts; a lenient split is how requests get smuggled past proxies.
Status parse_request_line(std::string_view line, RequestHead& out) {
  const auto first = line.find(' ');
  const auto second = first == line.npos ? line.npos : line.find(' ', first + 1);
  if (second == line.npos) return refuse(400, "request line");
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, second - first - 1);
  if (!is_token(method) || target.empty() || !std::all_of(target.begin(), target.end(), is_visible)) {
    return refuse(400, "request line");
  }
  if (method.size() > method_length_limit) return refuse(501, "method");
  out.method = method;
  out.target = target;
  return parse_version(line.substr(second + 1), out);
}

// RFC 9112 §5.1 and §5.2: no space before the colon, no folded lines.
Status parse_field(std::string_view line, Headers& out) {
  if (line.front() == ' ' || line.front() == '\t') return refuse(400, "folded field");
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) return refuse(400, "field name");
  const auto value = trim(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), is_control)) return refuse(400, "field value");
  if (out.all().size() == field_count_limit) return refuse(431, "too many fields");
  out.add(line.substr(0, colon), std::string(value));
  return {};
}

std::size_t count_of(const Headers& headers, std::string_view name) {
  const auto& all = headers.all();
  return std::size_t(
      std::count_if(all.begin(), all.end(), [name](const auto& f) { return base::equal_without_case(f.first, name); }));
}

// RFC 9110 §8.6. "5, 5" is a list and legal to repair; nobody sends it in good faith.
std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > std::uint64_t(INT64_MAX)) return std::nullopt;
  return value;
}

// RFC 9112 §6.3: both ways of framing at once, or either one twice, is an attack or a bug.
Status read_framing(RequestHead& head) {
  const auto lengths = count_of(head.headers, "content-length");
  const auto codings = count_of(head.headers, "transfer-encoding");
  if (lengths + codings > 1) return refuse(400, "two framings");
  if (lengths == 1) {
    head.content_length = parse_length(*head.headers.find("content-length"));
    if (!head.content_length) return refuse(400, "content length");
  }
  if (codings == 1) {
    if (head.minor_version == 0) return refuse(400, "transfer coding in 1.0");
    if (!base::equal_without_case(*head.headers.find("transfer-encoding"), "chunked"))
      return refuse(501, "transfer coding");
    head.chunked = true;
  }
  return {};
}

bool any_contains(const Headers& headers, std::string_view name, std::string_view token) {
  const auto& all = headers.all();
  return std::any_of(all.begin(), all.end(), [&](const auto& field) {
    return base::equal_without_case(field.first, name) && list_contains(field.second, token);
  });
}

// RFC 3986 §3.2.2 and §3.2.3, without what no host has: two readers must not see two hosts in one value.
bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_visible(c) && std::string_view("\"#,/<>?@\\^`{|}").find(c) == std::string_view::npos;
  });
}

// RFC 9112 §3.2: one Host, or the request means different things to different readers.
Status read_host(const RequestHead& head) {
  const auto hosts = count_of(head.headers, "host");
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1)) return refuse(400, "host");
  if (hosts == 1 && !is_host(*head.headers.find("host"))) return refuse(400, "host");
  return {};
}

Status read_expectation(RequestHead& head) {
  const auto expect = head.headers.find("expect");
  if (!expect) return {};
  if (!base::equal_without_case(*expect, "100-continue")) return refuse(417, "expectation");
  head.expects_continue = head.minor_version == 1;
  return {};
}

void read_connection(RequestHead& head) {
  const bool close = any_contains(head.headers, "connection", "close");
  head.keep_alive = !close && (head.minor_version == 1 || any_contains(head.headers, "connection", "keep-alive"));
  head.wants_web_socket = head.minor_version == 1 && head.method == "GET" &&
                          any_contains(head.headers, "connection", "upgrade") &&
                          any_contains(head.headers, "upgrade", "websocket");
}

Status parse_fields(std::string_view text, Headers& out) {
  for (auto line = take_line(text); !line.empty(); line = take_line(text)) {
    if (auto status = parse_field(line, out); !status) return status;
  }
  return {};
}

}  // namespace

HeadScanner::Found HeadScanner::scan(std::string_view received) {
  for (; at_ < received.size(); ++at_) {
    const char c = received[at_];
    if (c == '\n') {
      if (at_ == 0 || received[at_ - 1] != '\r') return Found::malformed;
      const bool empty_line = at_ - line_start_ == 1;
      line_start_ = at_ + 1;
      if (empty_line) return ++at_, Found::complete;
    } else if ((at_ > 0 && received[at_ - 1] == '\r') || (is_control(c) && c != '\r')) {
      return Found::malformed;
    }
  }
  return Found::incomplete;
}

tl::expected<RequestHead, HeadError> parse_request_head(std::string_view head) {
  RequestHead out;
  return parse_request_line(take_line(head), out)
      .and_then([&] { return parse_fields(head, out.headers); })
      .and_then([&] { return read_framing(out); })
      .and_then([&] { return read_host(out); })
      .and_then([&] { return read_expectation(out); })
      .map([&] {
        read_connection(out);
        return std::move(out);
      });
}

}  // namespace greenroom::net

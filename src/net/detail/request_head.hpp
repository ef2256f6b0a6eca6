// The head of an HTTP/1.1 request (RFC 9112 §2-§6) from bytes, stricter than the RFC must be: where two readers could
// disagree about where a request ends, it is refused. Pure; errors are an HTTP status and a word for the log.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "net/http.hpp"

namespace greenroom::net {

inline constexpr std::size_t field_count_limit = 100;
inline constexpr std::size_t method_length_limit = 32;

struct HeadError {
  int status;
  std::string_view reason;
};

struct RequestHead {
  std::string method;
  std::string target;  // as sent
  int minor_version = 1;
  Headers headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
  bool wants_web_socket = false;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

// Looks for the end of a head in what has arrived so far, and notices at once what can never become one.
class HeadScanner {
 public:
  enum class Found { incomplete, complete, malformed };
  // `received` grows between calls and always starts at the same byte.
  Found scan(std::string_view received);
  std::size_t end() const { return at_; }  // after complete: one past the empty line

 private:
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
};

// `head` ends with the empty line.
tl::expected<RequestHead, HeadError> parse_request_head(std::string_view head);

}  // namespace greenroom::net

// Calls to other servers, by libcurl: blocking, for the blocking pool, thread-safe (each call is a connection of its
// own). Everything is bounded: time, size, redirects. Certificates are always verified. Where a connection may go is
// decided by the address that it really goes to, so no name that resolves differently the second time gets around it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace greenroom::net {

inline constexpr base::ErrorCode bad_http_request{base::ErrorKind::invalid, "net.bad_http_request"};
inline constexpr base::ErrorCode http_call_failed{base::ErrorKind::unavailable, "net.http_call_failed"};
inline constexpr base::ErrorCode http_answer_too_large{base::ErrorKind::too_large, "net.http_answer_too_large"};
inline constexpr base::ErrorCode http_forbidden_address{base::ErrorKind::forbidden, "net.http_forbidden_address"};

struct HttpRequest {
  std::string url;  // http or https
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // of a POST
};

struct HttpResponse {
  int status = 0;
  Headers headers;  // of the last answer, where there were redirects
  std::string body;
};

struct HttpLimits {
  base::Duration connect_timeout = std::chrono::seconds(5);
  base::Duration total_timeout = std::chrono::seconds(10);
  std::size_t body_max = 1 << 20;
  std::size_t headers_max = 64 << 10;
  int redirects_max = 0;        // 0: the redirect itself is the answer
  bool plain_anywhere = false;  // else http:// goes to this machine alone
  bool public_only = false;     // nothing on this machine or a private network: for addresses that users choose
  std::string ca_file;          // whom to trust; empty: the system's list
};

base::Result<HttpResponse> http_get(const HttpRequest& request, const HttpLimits& limits = {});
base::Result<HttpResponse> http_post(const HttpRequest& request, const HttpLimits& limits = {});

// "a=1&b=x%20y": a query string, or a body of application/x-www-form-urlencoded.
std::string form_text(const std::vector<std::pair<std::string, std::string>>& fields);

bool is_loopback(const base::Address& address);
// Reachable from the whole Internet: neither private nor special (RFC 6890 and the IANA registries it began).
bool is_public(const base::Address& address);

}  // namespace greenroom::net

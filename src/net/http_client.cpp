#include "net/http_client.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/owned.hpp"
#include "base/text.hpp"

namespace greenroom::net {
namespace {

using Easy = base::Owned<CURL, curl_easy_cleanup>;
using List = base::Owned<curl_slist, curl_slist_free_all>;

Easy make_easy() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // counted and, since 7.84, thread-safe
  return Easy(started == CURLE_OK ? curl_easy_init() : nullptr);
}

// One call while it runs: what libcurl's callbacks are given.
struct Call {
  const HttpLimits& limits;
  CURL* easy;
  bool plain;  // not over TLS; redirects never lead from TLS to plain
  HttpResponse response;
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool forbidden = false;
};

struct Prefix {
  std::array<std::uint8_t, 16> ip;
  int bits;
};

constexpr Prefix v4(int a, int b, int c, int bits) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, std::uint8_t(a), std::uint8_t(b), std::uint8_t(c), 0}, 96 + bits};
}
constexpr Prefix v6(int a, int b, int bits) {
  return {{std::uint8_t(a >> 8), std::uint8_t(a), std::uint8_t(b >> 8), std::uint8_t(b)}, bits};
}

// IPv6 outside 2000::/3 is not public in the first place, so it is not listed.
constexpr Prefix special[] = {
    v4(0, 0, 0, 8),         v4(10, 0, 0, 8),      v4(100, 64, 0, 10),  v4(127, 0, 0, 8),    v4(169, 254, 0, 16),
    v4(172, 16, 0, 12),     v4(192, 0, 0, 24),    v4(192, 0, 2, 24),   v4(192, 88, 99, 24), v4(192, 168, 0, 16),
    v4(198, 18, 0, 15),     v4(198, 51, 100, 24), v4(203, 0, 113, 24), v4(224, 0, 0, 3),    v6(0x2001, 0, 23),
    v6(0x2001, 0x0db8, 32), v6(0x3fff, 0, 20),    v6(0x2002, 0, 16),  // 6to4: an IPv4 address in disguise
};

bool holds(const Prefix& prefix, const std::array<std::uint8_t, 16>& ip) {
  const std::size_t whole = std::size_t(prefix.bits / 8);
  if (std::memcmp(prefix.ip.data(), ip.data(), whole) != 0) return false;
  if (whole == ip.size()) return true;
  const int rest = prefix.bits % 8;
  return ((prefix.ip[whole] ^ ip[whole]) >> (8 - rest)) == 0;
}

std::optional<base::Address> address_of(const sockaddr& given) {
  base::Address out;
  if (given.sa_family == AF_INET) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<const sockaddr_in&>(given).sin_addr);
    out = base::Address::v4(bytes[0], bytes[1], bytes[2], bytes[3], 0);
  } else if (given.sa_family == AF_INET6) {
    std::memcpy(out.ip.data(), &reinterpret_cast<const sockaddr_in6&>(given).sin6_addr, out.ip.size());
  } else {
    return std::nullopt;
  }
  return out;
}

bool may_connect(const Call& call, const base::Address& address) {
  if (call.limits.public_only && !is_public(address)) return false;
  return call.limits.plain_anywhere || !call.plain || is_loopback(address);
}

curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* target) {
  auto& call = *static_cast<Call*>(user);
  const auto address = address_of(target->addr);
  if (!address || !may_connect(call, *address)) {
    call.forbidden = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  std::string_view line(data, size * count);
  call.header_bytes += line.size();
  if (call.header_bytes > call.limits.headers_max) return call.too_large = true, 0;
  if (line.starts_with("HTTP/")) call.response.headers = {};  // another answer begins, after a redirect
  const auto colon = line.find(':');
  if (colon == line.npos) return size * count;
  auto value = line.substr(colon + 1);
  while (!value.empty() && std::string_view(" \t").find(value.front()) != std::string_view::npos)
    value.remove_prefix(1);
  while (!value.empty() && std::string_view(" \t\r\n").find(value.back()) != std::string_view::npos)
    value.remove_suffix(1);
  call.response.headers.add(line.substr(0, colon), std::string(value));
  return size * count;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  if (call.response.body.size() + size * count > call.limits.body_max) return call.too_large = true, 0;
  call.response.body.append(data, size * count);
  return size * count;
}

base::Result<List> header_list(const HttpRequest& request) {
  List list;
  for (const auto& [name, value] : request.headers) {
    if (base::has_control(name) || base::has_control(value) || name.find(':') != name.npos)
      return base::fail(bad_http_request, "a header field of a call has control characters", name);
    auto* longer = curl_slist_append(list.get(), fmt::format("{}: {}", name, value).c_str());
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

long millis(base::Duration duration) { return long(duration.count() / 1000); }

void set_limits(CURL* easy, const HttpLimits& limits, bool plain) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  // A redirect from https to http would take what was asked in confidence out into the open.
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, plain ? "http,https" : "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, limits.redirects_max > 0 ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, long(limits.redirects_max));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
  if (!limits.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, limits.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // the address that is judged must be the one that is asked
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, millis(limits.connect_timeout));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, millis(limits.total_timeout));
}

void set_callbacks(Call& call) {
  curl_easy_setopt(call.easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(call.easy, CURLOPT_OPENSOCKETDATA, &call);
  curl_easy_setopt(call.easy, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(call.easy, CURLOPT_HEADERDATA, &call);
  curl_easy_setopt(call.easy, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(call.easy, CURLOPT_WRITEDATA, &call);
}

base::Result<HttpResponse> outcome(Call& call, CURLcode code, const char* reason) {
  if (call.too_large) return base::fail(http_answer_too_large, "the other server answers with too much");
  if (call.forbidden) return base::fail(http_forbidden_address, "that address may not be called", reason);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return base::fail(bad_http_request, "that is no HTTP address", reason);
  if (code != CURLE_OK)
    return base::fail(http_call_failed, "the other server does not answer",
                      fmt::format("{}: {}", curl_easy_strerror(code), reason));
  long status = 0;
  curl_easy_getinfo(call.easy, CURLINFO_RESPONSE_CODE, &status);
  call.response.status = int(status);
  return std::move(call.response);
}

bool is_https(std::string_view url) {
  constexpr std::string_view scheme = "https:";
  return url.size() > scheme.size() && curl_strnequal(url.data(), scheme.data(), scheme.size());
}

base::Result<HttpResponse> perform(const HttpRequest& request, const HttpLimits& limits, bool post) {
  GREENROOM_TRY(const auto headers, header_list(request));
  const auto easy = make_easy();
  if (!easy) return base::fail(http_call_failed, "the HTTP client cannot start");
  Call call{limits, easy.get(), !is_https(request.url), {}};
  char reason[CURL_ERROR_SIZE] = "";
  set_limits(easy.get(), limits, call.plain);
  set_callbacks(call);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(easy.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  if (post) {
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, request.body.c_str());
  }
  return outcome(call, curl_easy_perform(easy.get()), reason);
}

}  // namespace

base::Result<HttpResponse> http_get(const HttpRequest& request, const HttpLimits& limits) {
  return perform(request, limits, false);
}
base::Result<HttpResponse> http_post(const HttpRequest& request, const HttpLimits& limits) {
  return perform(request, limits, true);
}

std::string form_text(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += base::percent_encode(name) + '=' + base::percent_encode(value);
  }
  return out;
}

bool is_loopback(const base::Address& address) {
  static constexpr std::array<std::uint8_t, 16> v6_loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return holds(v4(127, 0, 0, 8), address.ip) || address.ip == v6_loopback;
}

bool is_public(const base::Address& address) {
  // What IPv6 gives out to the world is 2000::/3; the rest, ::1 and the unspecified address with it, is not.
  if (!address.is_v4() && !holds(v6(0x2000, 0, 3), address.ip)) return false;
  return std::none_of(std::begin(special), std::end(special), [&](const Prefix& p) { return holds(p, address.ip); });
}

}  // namespace greenroom::net

#include "api/rest/login_cookie.hpp"

#include <fmt/format.h>

#include "api/client_address.hpp"

namespace greenroom::api {
namespace {

// Behind a proxy that ends TLS, the proxy says so. A client that lies about it only loses its own login.
void set_cookie(Context& context, bool https, std::string_view value, std::int64_t max_age_s) {
  const bool secure = https || context.request.headers.find("X-Forwarded-Proto") == "https";
  context.headers.add("Set-Cookie", fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}",
                                                session_cookie_name, value, max_age_s, secure ? "; Secure" : ""));
}

}  // namespace

void set_login_cookie(Context& context, bool https, const people::SignedIn& signed_in) {
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(signed_in.expires_at - context.now);
  set_cookie(context, https, signed_in.cookie, std::max<std::int64_t>(life.count(), 0));
}

void clear_login_cookie(Context& context, bool https) { set_cookie(context, https, "", 0); }

people::Visit visit_of(const net::Request& request) {
  constexpr std::size_t agent_bytes_max = 300;
  const std::string_view agent = request.headers.find("User-Agent").value_or("");
  return {client_address(request), std::string(agent.substr(0, agent_bytes_max))};
}

}  // namespace greenroom::api

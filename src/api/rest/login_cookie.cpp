#include "api/rest/login_cookie.hpp"

#include <fmt/format.h>

#include "api/client_address.hpp"

namespace greenroom::api {
namespace {

constexpr std::size_t agent_bytes_max = 300;

struct Cookies {
  std::string_view access;
  std::string_view refresh;
  std::int64_t life_s = 0;
};

// Behind a proxy that ends TLS, the proxy says so. A client that lies about it only loses its own login.
void set_cookies(Context& context, const ApiDeps& deps, const Cookies& cookies) {
  const bool https = deps.https || context.request.headers.find("X-Forwarded-Proto") == "https";
  const std::string_view secure = https ? "; Secure" : "";
  context.headers.add("Set-Cookie", fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}",
                                                access_cookie_name, cookies.access, cookies.life_s, secure));
  context.headers.add("Set-Cookie", fmt::format("{}={}; Path=/api/v1/tokens; Max-Age={}; HttpOnly; SameSite=Strict{}",
                                                refresh_cookie_name, cookies.refresh, cookies.life_s, secure));
}

}  // namespace

void set_login_cookies(Context& context, const ApiDeps& deps, const people::Tokens& tokens) {
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(tokens.refresh_life).count();
  set_cookies(context, deps, {tokens.access, tokens.refresh, life});
}

void clear_login_cookies(Context& context, const ApiDeps& deps) { set_cookies(context, deps, {}); }

people::Visit visit_of(const net::Request& request) {
  const std::string_view agent = request.headers.find("User-Agent").value_or("");
  return {client_address(request), std::string(agent.substr(0, agent_bytes_max))};
}

}  // namespace greenroom::api

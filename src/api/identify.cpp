#include "api/identify.hpp"

#include "api/rest/rest.hpp"

namespace greenroom::api {
namespace {

std::optional<std::string_view> bearer_token(const net::Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const auto value = request.headers.find("Authorization");
  if (!value || value->size() <= scheme.size()) return std::nullopt;
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (!std::equal(scheme.begin(), scheme.end(), value->begin(), [&](char b, char a) { return same(a, b); })) {
    return std::nullopt;
  }
  return value->substr(scheme.size());
}

std::string_view host_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == origin.npos ? origin : origin.substr(scheme + 3);
}

// A page of another site must not act with the cookie of this one. SameSite=Lax keeps the cookie at home already;
// this says the same to browsers that do not know it.
bool from_foreign_page(const net::Request& request) {
  if (request.method == "GET" || request.method == "HEAD") return false;
  if (const auto site = request.headers.find("Sec-Fetch-Site")) return *site == "cross-site";
  const auto origin = request.headers.find("Origin");
  if (!origin) return false;
  const std::string_view host = host_of(*origin);
  return host != request.headers.find("Host") && host != request.headers.find("X-Forwarded-Host");
}

base::Result<studio::Actor> user_of(studio::Studio& studio, const net::Request& request) {
  const auto cookie = net::cookie(request, session_cookie_name);
  if (!cookie) return base::fail(error_sign_in, "sign in first");
  if (from_foreign_page(request)) return base::fail(error_foreign_origin, "this page belongs to another site");
  return studio.user_of(*cookie);
}

}  // namespace

base::Result<studio::Actor> identify(studio::Studio& studio, Auth auth, const net::Request& request) {
  if (auth == Auth::nobody) return studio::Actor(studio::Nobody());
  if (auth == Auth::user) return user_of(studio, request);
  if (const auto token = bearer_token(request)) return studio.participant_of(*token);
  if (auth == Auth::any) return user_of(studio, request);
  return base::fail(error_sign_in, "send the participant token as Authorization: Bearer");
}

}  // namespace greenroom::api

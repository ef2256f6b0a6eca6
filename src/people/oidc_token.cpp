#include <boost/json/object.hpp>
#include <cmath>

#include "people/detail/oidc_json.hpp"
#include "people/oidc.hpp"

namespace greenroom::people {
namespace {

using detail::text_of;

constexpr std::size_t subject_size_max = 255;  // OpenID Connect Core §2

tl::unexpected<base::Error> refuse(std::string context) {
  return base::fail(error_provider_token, "the provider's answer is not valid", std::move(context));
}

std::optional<double> seconds_of(const boost::json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value || !value->is_number()) return std::nullopt;
  const auto seconds = value->to_number<double>();
  return std::isfinite(seconds) ? std::optional(seconds) : std::nullopt;
}

// The audience is us; with others beside us, the one that the token was made for must be said, and be us.
bool is_for(const boost::json::object& claims, std::string_view client_id) {
  const auto authorized = text_of(claims, "azp");
  if (claims.contains("azp") && authorized != client_id) return false;
  const auto* audience = claims.if_contains("aud");
  if (!audience) return false;
  const auto* list = audience->if_array();
  if (!list) return text_of(claims, "aud") == client_id;
  const auto is_us = [&](const boost::json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == client_id;
  };
  return std::any_of(list->begin(), list->end(), is_us) && (list->size() == 1 || !authorized.empty());
}

base::Status check_times(const boost::json::object& claims, base::WallTime now) {
  const double skew = base::to_seconds(oidc_clock_skew), at = double(base::to_micros(now)) / 1e6;
  const auto expires = seconds_of(claims, "exp"), issued = seconds_of(claims, "iat");
  if (!expires || !issued) return refuse("no exp or iat");
  if (at >= *expires + skew) return refuse("expired");
  if (*issued > at + skew) return refuse("issued in the future");
  if (*issued < at - base::to_seconds(oidc_token_age_max)) return refuse("issued too long ago");
  if (!claims.contains("nbf")) return {};
  const auto starts = seconds_of(claims, "nbf");
  if (!starts || *starts > at + skew) return refuse("not valid yet");
  return {};
}

}  // namespace

base::Result<ProvenIdentity> check_id_token(std::string_view payload, const IdTokenExpectation& expected,
                                            base::WallTime now) {
  const auto claims = detail::parse_object(payload);
  if (!claims) return refuse("claims that are no object");
  if (text_of(*claims, "iss") != expected.issuer) return refuse("of another issuer");
  if (!is_for(*claims, expected.client_id)) return refuse("for another audience");
  GREENROOM_CHECK_OK(check_times(*claims, now));
  if (expected.nonce.empty() || text_of(*claims, "nonce") != expected.nonce) return refuse("another nonce");
  auto out = detail::claims_of(*claims, "sub");
  out.issuer = expected.issuer;
  if (out.subject.empty() || out.subject.size() > subject_size_max) return refuse("no subject");
  return out;
}

base::Result<OidcMetadata> parse_oidc_metadata(std::string_view json, std::string_view issuer) {
  const auto bad = [](std::string why) {
    return base::fail(error_provider_away, "the provider's configuration cannot be read", std::move(why));
  };
  const auto document = detail::parse_object(json);
  if (!document) return bad("no JSON object");
  OidcMetadata out;
  out.issuer = text_of(*document, "issuer");
  // Discovery §4.3. A final slash is forgiven: people copy addresses with and without.
  const auto bare = [](std::string_view url) { return url.ends_with('/') ? url.substr(0, url.size() - 1) : url; };
  if (bare(out.issuer) != bare(issuer)) return bad("it says that its issuer is " + out.issuer);
  out.authorization_url = text_of(*document, "authorization_endpoint");
  out.token_url = text_of(*document, "token_endpoint");
  out.userinfo_url = text_of(*document, "userinfo_endpoint");
  out.keys_url = text_of(*document, "jwks_uri");
  if (out.authorization_url.empty() || out.token_url.empty() || out.keys_url.empty())
    return bad("an endpoint is missing");
  if (const auto* methods = document->if_contains("token_endpoint_auth_methods_supported");
      methods && methods->is_array())
    out.basic_authentication = detail::holds_text(methods->get_array(), "client_secret_basic");
  const auto* says = document->if_contains("authorization_response_iss_parameter_supported");
  out.says_issuer = says && says->is_bool() && says->get_bool();
  return out;
}

}  // namespace greenroom::people

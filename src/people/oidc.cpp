#include "people/oidc.hpp"

#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/token.hpp"
#include "people/detail/oidc_json.hpp"

namespace greenroom::people {
namespace {

using detail::text_of;

constexpr std::size_t random_size = 16;
constexpr std::size_t code_size_max = 4096;

std::string json_text(std::string_view text) { return wire::print_json(boost::json::value(text)); }

bool same(std::string_view a, std::string_view b) {
  return crypto::equal_in_constant_time(base::as_bytes(a), base::as_bytes(b));
}

tl::unexpected<base::Error> bad_state(std::string why) {
  return base::fail(error_provider_state, "the sign-in took too long, or was begun elsewhere: begin again",
                    std::move(why));
}

// A path within the application and nothing else: neither "//elsewhere.example" nor "/\elsewhere.example".
std::string safe_path(std::string_view path) {
  const bool ours = path.starts_with('/') && !path.starts_with("//") && path.size() <= oidc_return_path_max &&
                    std::none_of(path.begin(), path.end(), [](char c) {
                      return std::uint8_t(c) <= 0x20 || std::uint8_t(c) >= 0x7f || c == '\\';
                    });
  return ours ? std::string(path) : "/";
}

// RFC 7636 §4.2.
std::string challenge_of(std::string_view verifier) {
  return crypto::to_base64url(crypto::sha256(base::as_bytes(verifier)));
}

base::Bytes key_of(base::ByteView secret, std::string_view provider) {
  const auto key = crypto::hmac_sha256(secret, base::as_bytes(fmt::format("people.oidc\n{}", provider)));
  return {key.begin(), key.end()};
}

OidcMetadata fixed_metadata(const OidcProvider& provider) {
  OidcMetadata out;
  out.issuer = provider.issuer.empty() ? provider.authorization_url : provider.issuer;
  out.authorization_url = provider.authorization_url;
  out.token_url = provider.token_url;
  out.userinfo_url = provider.userinfo_url;
  out.basic_authentication = false;  // what the older ones of these providers understand
  return out;
}

std::string discovery_url(std::string_view issuer) {
  while (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer) + "/.well-known/openid-configuration";
}

}  // namespace

OidcClient::OidcClient(OidcProvider provider, OidcDependencies dependencies)
    : provider_(std::move(provider)),
      key_(key_of(dependencies.secret, provider_.id)),
      calls_(std::move(dependencies.calls)),
      rng_(dependencies.rng),
      log_(dependencies.log) {}

std::string OidcClient::derived(std::string_view purpose, std::string_view random) const {
  return crypto::to_base64url(crypto::hmac_sha256(key_, base::as_bytes(fmt::format("{}\n{}", purpose, random))));
}

base::Result<OidcClient::Start> OidcClient::start(std::string_view redirect_uri, std::string_view return_path,
                                                  base::WallTime now) {
  GREENROOM_TRY(const auto known, metadata(now));
  std::array<std::uint8_t, random_size> bytes;
  rng_.fill(bytes);
  const auto random = crypto::to_base64url(bytes);
  std::vector<std::pair<std::string, std::string>> query{{"response_type", "code"},
                                                         {"client_id", provider_.client_id},
                                                         {"redirect_uri", std::string(redirect_uri)},
                                                         {"scope", provider_.scope},
                                                         {"state", derived("state", random)},
                                                         {"code_challenge", challenge_of(derived("verifier", random))},
                                                         {"code_challenge_method", "S256"}};
  if (!provider_.is_plain_oauth()) query.emplace_back("nonce", derived("nonce", random));
  const char* joint = known.authorization_url.find('?') == std::string::npos ? "?" : "&";
  const auto expires = base::to_millis(now + oidc_cookie_life) / 1000;
  return Start{known.authorization_url + joint + net::form_text(query),
               crypto::sign_token(key_, fmt::format(R"({{"random":{},"to":{},"exp":{}}})", json_text(random),
                                                    json_text(safe_path(return_path)), expires))};
}

base::Result<OidcClient::Cookie> OidcClient::open_cookie(std::string_view text, base::WallTime now) const {
  const auto claims = crypto::verify_token(key_, text, now);
  if (!claims) return bad_state(claims.error().what);
  const auto object = detail::parse_object(*claims);
  if (!object) return bad_state("a cookie without claims");
  const auto* expires = object->if_contains("exp");
  return Cookie{text_of(*object, "random"), safe_path(text_of(*object, "to")),
                base::wall_from_micros(std::int64_t(expires->to_number<double>() * 1e6))};
}

base::Status OidcClient::use_once(const Cookie& cookie, base::WallTime now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(used_, [&](const auto& entry) { return entry.second <= now; });
  if (used_.size() >= oidc_used_cookies_max)
    return base::fail(error_provider_away, "too many people sign in just now: try again in a few minutes");
  if (!used_.emplace(cookie.random, cookie.expires).second) return bad_state("used already");
  return {};
}

base::Result<OidcClient::Finish> OidcClient::finish(std::string_view cookie_text, const OidcCallback& callback,
                                                    std::string_view redirect_uri, base::WallTime now) {
  GREENROOM_TRY(const auto cookie, open_cookie(cookie_text, now));
  GREENROOM_TRY(const auto known, metadata(now));
  GREENROOM_CHECK_OK(check_callback(callback, cookie, known));
  GREENROOM_CHECK_OK(use_once(cookie, now));
  GREENROOM_TRY(const auto tokens, exchange(known, callback, cookie, redirect_uri));
  GREENROOM_TRY(auto who, claims(known, tokens, cookie, now));
  return Finish{std::move(who), cookie.return_path};
}

base::Status OidcClient::check_callback(const OidcCallback& callback, const Cookie& cookie,
                                        const OidcMetadata& known) const {
  if (!same(callback.state, derived("state", cookie.random))) return bad_state("another state");
  // RFC 9207 §2.4: an answer of another provider, passed on to us, is found out here.
  const bool other = callback.issuer.empty() ? known.says_issuer : callback.issuer != known.issuer;
  if (other) return base::fail(error_provider_token, "the provider's answer is not valid", "iss " + callback.issuer);
  if (callback.error == "access_denied")
    return base::fail(error_provider_refused, "the sign-in was cancelled at the provider");
  if (!callback.error.empty() || callback.code.empty() || callback.code.size() > code_size_max)
    return base::fail(error_provider_refused, "the provider refuses the sign-in", callback.error.substr(0, 200));
  return {};
}

// RFC 6749 §4.1.3.
base::Result<OidcClient::Tokens> OidcClient::exchange(const OidcMetadata& known, const OidcCallback& callback,
                                                      const Cookie& cookie, std::string_view redirect_uri) {
  std::vector<std::pair<std::string, std::string>> form{{"grant_type", "authorization_code"},
                                                        {"code", callback.code},
                                                        {"redirect_uri", std::string(redirect_uri)},
                                                        {"client_id", provider_.client_id},
                                                        {"code_verifier", derived("verifier", cookie.random)}};
  net::HttpRequest request{
      known.token_url, {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}}, {}};
  if (!provider_.client_secret.empty() && known.basic_authentication) {  // RFC 6749 §2.3.1
    const auto pair = base::percent_encode(provider_.client_id) + ':' + base::percent_encode(provider_.client_secret);
    request.headers.emplace_back("Authorization", "Basic " + crypto::to_base64(base::as_bytes(pair)));
  } else if (!provider_.client_secret.empty()) {
    form.emplace_back("client_secret", provider_.client_secret);
  }
  request.body = net::form_text(form);
  GREENROOM_TRY(const auto answer, call(true, request));
  const auto object = detail::parse_object(answer.body);
  // Some providers of plain OAuth answer 200 with an error.
  if (answer.status >= 500) return base::fail(error_provider_away, "the provider does not answer", "token endpoint");
  if (answer.status != 200 || !object || object->contains("error"))
    return base::fail(error_provider_refused, "the provider refuses the sign-in",
                      fmt::format("token endpoint: {} {}", answer.status, object ? text_of(*object, "error") : ""));
  return Tokens{text_of(*object, "access_token"), text_of(*object, "id_token")};
}

base::Result<ProvenIdentity> OidcClient::claims(const OidcMetadata& known, const Tokens& tokens, const Cookie& cookie,
                                                base::WallTime now) {
  ProvenIdentity out;
  out.issuer = known.issuer;
  if (!known.keys_url.empty()) {
    GREENROOM_TRY(const auto payload, verified(known, tokens.id_token, now));
    GREENROOM_TRY(out,
                  check_id_token(payload, {known.issuer, provider_.client_id, derived("nonce", cookie.random)}, now));
  }
  const bool enough = !out.subject.empty() && !out.email.empty();
  if (!enough && !known.userinfo_url.empty() && !tokens.access_token.empty())
    GREENROOM_CHECK_OK(add_userinfo(known, tokens, out));
  if (out.subject.empty()) return base::fail(error_provider_token, "the provider's answer is not valid", "no subject");
  if (provider_.emails_are_verified && !out.email.empty()) out.email_verified = true;
  return out;
}

// OpenID Connect Core §5.3. The subject must be the ID token's (§5.3.2): data of another person could be slipped in.
base::Status OidcClient::add_userinfo(const OidcMetadata& known, const Tokens& tokens, ProvenIdentity& claims) {
  net::HttpRequest request{
      known.userinfo_url, {{"Authorization", "Bearer " + tokens.access_token}, {"Accept", "application/json"}}, {}};
  GREENROOM_TRY(const auto answer, call(false, request));
  const auto object = detail::parse_object(answer.body);
  if (answer.status != 200 || !object)
    return base::fail(error_provider_away, "the provider does not answer", fmt::format("userinfo: {}", answer.status));
  auto more = detail::claims_of(*object, provider_.subject_member);
  if (!claims.subject.empty() && more.subject != claims.subject)
    return base::fail(error_provider_token, "the provider's answer is not valid", "userinfo of another subject");
  more.issuer = claims.issuer;
  if (more.name.empty()) more.name = claims.name;
  claims = std::move(more);
  return {};
}

base::Result<std::string> OidcClient::verified(const OidcMetadata& known, std::string_view id_token,
                                               base::WallTime now) {
  GREENROOM_TRY(const auto set, keys(known, now));
  auto payload = crypto::verify_jws(*set, id_token);
  const bool rotated =
      !payload && (payload.error().code == crypto::jws_unknown_key || payload.error().code == crypto::jws_forged);
  if (rotated && may_refetch(now)) {
    GREENROOM_TRY(const auto fresh, fetch_keys(known, now));
    payload = crypto::verify_jws(*fresh, id_token);
  }
  if (!payload)
    return base::fail(error_provider_token, "the provider's answer is not valid",
                      fmt::format("{}: {}", payload.error().code.name, payload.error().context));
  return payload;
}

bool OidcClient::may_refetch(base::WallTime now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(refetches_, [&](base::WallTime at) { return at + oidc_refetch_window <= now; });
  if (refetches_.size() >= oidc_refetches_max) return false;
  refetches_.push_back(now);
  return true;
}

base::Result<OidcMetadata> OidcClient::metadata(base::WallTime now) {
  if (provider_.is_plain_oauth()) return fixed_metadata(provider_);
  std::shared_ptr<const OidcMetadata> old;
  {
    const std::lock_guard lock(mutex_);
    if (metadata_ && now < metadata_at_ + oidc_metadata_life) return *metadata_;
    old = metadata_;
  }
  auto fresh = call(false, {discovery_url(provider_.issuer), {{"Accept", "application/json"}}, {}})
                   .and_then([&](const net::HttpResponse& answer) {
                     return parse_oidc_metadata(answer.body, provider_.issuer);
                   });
  if (!fresh && old) {
    log_.warning("oidc.metadata", {{"provider", provider_.id}, {"error", fresh.error().context}});
    return *old;  // yesterday's is better than none
  }
  if (!fresh) return fresh;
  const std::lock_guard lock(mutex_);
  metadata_ = std::make_shared<const OidcMetadata>(*fresh);
  metadata_at_ = now;
  return fresh;
}

base::Result<OidcClient::Keys> OidcClient::keys(const OidcMetadata& known, base::WallTime now) {
  {
    const std::lock_guard lock(mutex_);
    if (keys_ && now < keys_at_ + oidc_metadata_life) return keys_;
  }
  return fetch_keys(known, now);
}

base::Result<OidcClient::Keys> OidcClient::fetch_keys(const OidcMetadata& known, base::WallTime now) {
  GREENROOM_TRY(const auto answer, call(false, {known.keys_url, {{"Accept", "application/json"}}, {}}));
  auto set = crypto::JwkSet::parse(answer.body);
  if (answer.status != 200 || !set)
    return base::fail(error_provider_away, "the provider's keys cannot be read", fmt::format("{}", answer.status));
  const std::lock_guard lock(mutex_);
  keys_ = std::make_shared<const crypto::JwkSet>(*std::move(set));
  keys_at_ = now;
  return keys_;
}

base::Result<net::HttpResponse> OidcClient::call(bool post, const net::HttpRequest& request) const {
  auto answer = post ? calls_.post(request) : calls_.get(request);
  if (answer) return answer;
  log_.warning("oidc.call",
               {{"url", request.url}, {"error", answer.error().what}, {"context", answer.error().context}});
  return base::fail(error_provider_away, "the provider does not answer: try again in a moment",
                    request.url + ": " + answer.error().context);
}

}  // namespace greenroom::people

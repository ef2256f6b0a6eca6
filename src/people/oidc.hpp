// Sign-in with somebody else's account: OpenID Connect Core 1.0 by the authorization code flow with PKCE (RFC 7636),
// or plain OAuth 2.0 (RFC 6749) where a provider has only a page of the person's data. app owns one OidcClient a
// provider; its functions call the provider and block: blocking pool, any thread. Knows no table: what comes out are
// the provider's claims about a person, checked. What start() must remember for finish() travels in a signed cookie
// that lives ten minutes and works once; the secrets of the exchange are derived from it with the server's key.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "crypto/jwk.hpp"
#include "net/http_client.hpp"
#include "people/values.hpp"

namespace greenroom::people {

// The provider does not answer, or not what a provider answers.
inline constexpr base::ErrorCode error_provider_away{base::ErrorKind::unavailable, "people.provider_away"};
// The provider, or the person there, said no.
inline constexpr base::ErrorCode error_provider_refused{base::ErrorKind::forbidden, "people.provider_refused"};
// The way back does not belong to a way out of this browser, or that was too long ago.
inline constexpr base::ErrorCode error_provider_state{base::ErrorKind::forbidden, "people.provider_state"};
// What the provider says about the person is not proven to be its word for us.
inline constexpr base::ErrorCode error_provider_token{base::ErrorKind::unauthorized, "people.provider_token"};

inline constexpr base::Duration oidc_cookie_life = std::chrono::minutes(10);
inline constexpr base::Duration oidc_metadata_life = std::chrono::hours(1);
inline constexpr base::Duration oidc_clock_skew = std::chrono::minutes(1);
inline constexpr base::Duration oidc_token_age_max = std::chrono::minutes(10);
// A token of an unknown key makes us fetch the keys again, at most so often: nobody makes us hammer a provider.
inline constexpr std::size_t oidc_refetches_max = 5;
inline constexpr base::Duration oidc_refetch_window = std::chrono::minutes(1);
inline constexpr std::size_t oidc_used_cookies_max = 10'000;
inline constexpr std::size_t oidc_return_path_max = 512;

struct OidcProvider {
  std::string id = "oidc";  // in our addresses: /api/v1/sign-in/<id>
  std::string name;         // on the button
  std::string issuer;       // OpenID Connect: everything else is found at <issuer>/.well-known/openid-configuration
  std::string client_id;
  std::string client_secret;  // empty: a public client
  std::string scope = "openid email profile";
  // Plain OAuth 2.0, without discovery and ID token: where to send people, get tokens, and ask for the person's data.
  std::string authorization_url;
  std::string token_url;
  std::string userinfo_url;
  std::string subject_member = "sub";  // in the person's data; "id" elsewhere
  bool emails_are_verified = false;    // where the provider lets nobody have an address unproven but does not say so
  bool is_plain_oauth() const { return !authorization_url.empty(); }
};

// The provider's side of the address that it sends people back to.
struct OidcCallback {
  std::string code;
  std::string state;
  std::string issuer;  // "iss" (RFC 9207); empty: not said
  std::string error;   // "access_denied"
};

// Calls to the provider: net::http_get and net::http_post, or a test's own.
struct OidcCalls {
  std::function<base::Result<net::HttpResponse>(const net::HttpRequest&)> get;
  std::function<base::Result<net::HttpResponse>(const net::HttpRequest&)> post;
};

struct OidcDependencies {
  base::Bytes secret;  // the server's, at least 32 bytes
  OidcCalls calls;
  base::Rng& rng;  // thread-safe
  base::LogSink& log;
};

// What a discovery document says that we need (OpenID Connect Discovery 1.0 §3).
struct OidcMetadata {
  std::string issuer;
  std::string authorization_url;
  std::string token_url;
  std::string userinfo_url;  // empty: none
  std::string keys_url;      // empty: plain OAuth, no ID tokens
  bool basic_authentication = true;
  bool says_issuer = false;  // RFC 9207 §3
};
base::Result<OidcMetadata> parse_oidc_metadata(std::string_view json, std::string_view issuer);

struct IdTokenExpectation {
  std::string issuer;
  std::string client_id;
  std::string nonce;
};
// OpenID Connect Core §3.1.3.7 over the payload of an ID token whose signature has been verified.
base::Result<ProvenIdentity> check_id_token(std::string_view payload, const IdTokenExpectation& expected,
                                            base::WallTime now);

class OidcClient {
 public:
  OidcClient(OidcProvider provider, OidcDependencies dependencies);

  const OidcProvider& provider() const { return provider_; }

  struct Start {
    std::string url;     // where to send the browser
    std::string cookie;  // to come back with it
  };
  // `return_path`: where in the application the person wanted to go.
  base::Result<Start> start(std::string_view redirect_uri, std::string_view return_path, base::WallTime now);

  struct Finish {
    ProvenIdentity claims;
    std::string return_path;
  };
  base::Result<Finish> finish(std::string_view cookie, const OidcCallback& callback, std::string_view redirect_uri,
                              base::WallTime now);

 private:
  using Keys = std::shared_ptr<const crypto::JwkSet>;
  struct Cookie {
    std::string random;
    std::string return_path;
    base::WallTime expires;
  };
  struct Tokens {
    std::string access_token;
    std::string id_token;
  };

  std::string derived(std::string_view purpose, std::string_view random) const;
  base::Result<Cookie> open_cookie(std::string_view text, base::WallTime now) const;
  base::Status use_once(const Cookie& cookie, base::WallTime now);
  base::Result<OidcMetadata> metadata(base::WallTime now);
  base::Result<Keys> keys(const OidcMetadata& metadata, base::WallTime now);
  base::Result<Keys> fetch_keys(const OidcMetadata& metadata, base::WallTime now);
  bool may_refetch(base::WallTime now);
  base::Status check_callback(const OidcCallback& callback, const Cookie& cookie, const OidcMetadata& metadata) const;
  base::Result<Tokens> exchange(const OidcMetadata& metadata, const OidcCallback& callback, const Cookie& cookie,
                                std::string_view redirect_uri);
  base::Result<std::string> verified(const OidcMetadata& metadata, std::string_view id_token, base::WallTime now);
  base::Result<ProvenIdentity> claims(const OidcMetadata& metadata, const Tokens& tokens, const Cookie& cookie,
                                      base::WallTime now);
  base::Status add_userinfo(const OidcMetadata& metadata, const Tokens& tokens, ProvenIdentity& claims);
  base::Result<net::HttpResponse> call(bool post, const net::HttpRequest& request) const;

  const OidcProvider provider_;
  const base::Bytes key_;
  const OidcCalls calls_;
  base::Rng& rng_;
  base::LogSink& log_;
  std::mutex mutex_;  // never held over a call
  std::shared_ptr<const OidcMetadata> metadata_;
  base::WallTime metadata_at_{};
  Keys keys_;
  base::WallTime keys_at_{};
  std::vector<base::WallTime> refetches_;                    // within the window
  std::map<std::string, base::WallTime, std::less<>> used_;  // cookies' randoms, until they expire
};

}  // namespace greenroom::people

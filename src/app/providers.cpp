#include "app/providers.hpp"

namespace greenroom::app {
namespace {

people::OidcProvider provider_of(const ProviderConfig& config) {
  people::OidcProvider out;
  out.name = config.name;
  out.issuer = config.issuer;
  out.client_id = config.client_id;
  out.client_secret = config.client_secret;
  out.scope = config.scope;
  out.authorization_url = config.authorization_url;
  out.token_url = config.token_url;
  out.userinfo_url = config.userinfo_url;
  out.subject_member = config.subject_member;
  out.emails_are_verified = config.emails_are_verified;
  return out;
}

}  // namespace

base::Result<Providers> open_providers(const ProviderConfig& config, people::OidcDependencies dependencies) {
  const bool plain = !config.authorization_url.empty() && !config.token_url.empty() && !config.userinfo_url.empty();
  if (config.client_id.empty() && config.issuer.empty() && config.authorization_url.empty()) return Providers();
  if (config.client_id.empty() || (config.issuer.empty() && !plain))
    return base::fail(bad_provider,
                      "a sign-in provider needs --oidc-client-id, and --oidc-issuer or the three addresses "
                      "of plain OAuth 2.0");
  dependencies.calls = {[](const net::HttpRequest& request) { return net::http_get(request); },
                        [](const net::HttpRequest& request) { return net::http_post(request); }};
  Providers out;
  out.push_back(std::make_unique<people::OidcClient>(provider_of(config), std::move(dependencies)));
  return out;
}

}  // namespace greenroom::app

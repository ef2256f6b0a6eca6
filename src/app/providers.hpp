// The sign-in provider of the configuration, or none. Owned by Storehouse.
#pragma once
#include <memory>
#include <vector>

#include "app/config.hpp"
#include "base/result.hpp"
#include "people/oidc.hpp"

namespace greenroom::app {

inline constexpr base::ErrorCode bad_provider{base::ErrorKind::invalid, "app.bad_provider"};

using Providers = std::vector<std::unique_ptr<people::OidcClient>>;

// dependencies.calls are filled in.
base::Result<Providers> open_providers(const ProviderConfig& config, people::OidcDependencies dependencies);

}  // namespace greenroom::app

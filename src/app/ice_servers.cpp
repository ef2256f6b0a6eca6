#include "app/ice_servers.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::app {

std::vector<wire::IceServer> ice_servers_for(const IceServersConfig& config, std::string_view who, base::WallTime now) {
  std::vector<wire::IceServer> servers;
  if (!config.stun_urls.empty()) servers.push_back({config.stun_urls, {}, {}});
  if (config.turn_urls.empty()) return servers;
  const auto end = base::to_micros(now) / 1'000'000 + config.turn_seconds;
  const auto name = std::to_string(end) + ":" + std::string(who);
  const auto password = crypto::to_base64(crypto::hmac_sha1(base::as_bytes(config.turn_secret), base::as_bytes(name)));
  servers.push_back({config.turn_urls, name, password});
  return servers;
}

}  // namespace greenroom::app

#include "app/ice_servers.hpp"

#include <gmock/gmock.h>

namespace greenroom::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const base::WallTime asked_at{std::chrono::seconds(1'700'000'000)};

TEST(IceServers, WithoutAnyThereIsNothingToTell) { EXPECT_THAT(ice_servers_for({}, "ana", asked_at), IsEmpty()); }

// The password is what `printf 1700003600:ana | openssl dgst -sha1 -hmac secret -binary | base64` prints.
TEST(IceServers, ACredentialEndsWhenItSaysAndIsForOnePerson) {
  const IceServersConfig config{{"stun:a"}, {"turn:b?transport=udp", "turns:b:443"}, "secret", 3'600};
  const auto servers = ice_servers_for(config, "ana", asked_at);
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_THAT(servers[0].urls, ElementsAre("stun:a"));
  EXPECT_FALSE(servers[0].username || servers[0].credential);
  EXPECT_EQ(servers[1].urls, config.turn_urls);
  EXPECT_EQ(servers[1].username, "1700003600:ana");
  EXPECT_EQ(servers[1].credential, "oYrSa4fGSwmopt7IibQw2oZDsYU=");
  EXPECT_NE(ice_servers_for(config, "ben", asked_at)[1].credential, servers[1].credential);
}

}  // namespace
}  // namespace greenroom::app

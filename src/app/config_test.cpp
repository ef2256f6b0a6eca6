// What a person sets reaches the configuration, by flag and by environment.
#include "app/config.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>

namespace greenroom::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Environment = std::map<std::string, std::string>;

Command parse(std::vector<std::string> arguments, const Environment& environment = {}) {
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  auto command = parse_command_line(int(argv.size()), argv.data());
  for (const auto& [name, value] : environment) ::unsetenv(name.c_str());
  return command;
}

ServeConfig serve(std::vector<std::string> flags = {}, const Environment& environment = {}) {
  flags.insert(flags.begin(), {"greenroom", "serve"});
  return std::get<ServeConfig>(parse(std::move(flags), environment));
}

bool is_refused(std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"greenroom", "serve"});
  testing::internal::CaptureStderr();
  const auto command = parse(std::move(flags));
  testing::internal::GetCapturedStderr();
  const auto* exit = std::get_if<Exit>(&command);
  return exit && exit->code != 0;
}

TEST(Config, VerifyTakesAFolder) {
  const auto command = parse({"greenroom", "verify", ".", "--json"});
  const auto* verify = std::get_if<VerifyConfig>(&command);
  ASSERT_TRUE(verify);
  EXPECT_EQ(verify->folder, ".");
  EXPECT_TRUE(verify->json);
}

TEST(Config, TheStorageKeysReachWhoeverReadsRecordings) {
  const Environment environment{{"GREENROOM_STORAGE_KEY_FILE", "/etc/keys"}};
  EXPECT_EQ(serve().storage.key_file, "");
  EXPECT_EQ(serve({}, environment).storage.key_file, "/etc/keys");
  EXPECT_EQ(serve({"--storage-key-file", "k"}, environment).storage.key_file, "k");
  const auto work = parse({"greenroom", "work", "--data", "d", "--job", "j"}, environment);
  EXPECT_EQ(std::get<WorkConfig>(work).storage.key_file, "/etc/keys");
  EXPECT_EQ(std::get<VerifyConfig>(parse({"greenroom", "verify", "."}, environment)).key_file, "/etc/keys");
  const auto decrypt = std::get<DecryptConfig>(parse({"greenroom", "decrypt", ".", "plain"}, environment));
  EXPECT_EQ(decrypt.from, ".");
  EXPECT_EQ(decrypt.to, "plain");
  EXPECT_EQ(decrypt.key_file, "/etc/keys");
  EXPECT_TRUE(std::holds_alternative<StorageKeyConfig>(parse({"greenroom", "storage-key"})));
}

TEST(Config, MediaPortsAreTheUsualOnesUnlessSaidOtherwise) {
  EXPECT_EQ(serve().rtc_min_port, 40'000);
  EXPECT_EQ(serve().rtc_max_port, 40'100);
  EXPECT_THAT(serve().announced_ips, IsEmpty());
}

TEST(Config, MediaPortsAndAddressesComeFromTheEnvironment) {
  const auto config = serve(
      {}, {{"RTC_MIN_PORT", "50000"}, {"RTC_MAX_PORT", "50010"}, {"ANNOUNCED_IP", "203.0.113.7,10.0.0.5,2001:db8::7"}});
  EXPECT_EQ(config.rtc_min_port, 50'000);
  EXPECT_EQ(config.rtc_max_port, 50'010);
  EXPECT_THAT(config.announced_ips, ElementsAre("203.0.113.7", "10.0.0.5", "2001:db8::7"));
}

TEST(Config, AFlagIsStrongerThanTheEnvironment) {
  const auto config = serve({"--rtc-min-port", "40050", "--announced-ip", "::1", "--announced-ip", "127.0.0.1"},
                            {{"RTC_MIN_PORT", "50000"}, {"ANNOUNCED_IP", "203.0.113.7"}});
  EXPECT_EQ(config.rtc_min_port, 40'050);
  EXPECT_THAT(config.announced_ips, ElementsAre("::1", "127.0.0.1"));
}

TEST(Config, WhatIsNoAddressOrNoPortIsRefused) {
  EXPECT_TRUE(is_refused({"--announced-ip", "studio.example"}));
  EXPECT_TRUE(is_refused({"--rtc-min-port", "65536"}));
  EXPECT_TRUE(is_refused({"--rtc-min-port", "40101"})) << "the range would be empty";
}

TEST(Config, RelaysAreToldByAddressAndSecret) {
  const auto config = serve({}, {{"TURN_URL", "turn:turn.example:3478?transport=udp,turns:[2001:db8::9]:443"},
                                 {"TURN_SECRET", "s"},
                                 {"STUN_URL", "stun:stun.example"},
                                 {"TURN_SECONDS", "600"}});
  EXPECT_THAT(config.ice_servers.turn_urls,
              ElementsAre("turn:turn.example:3478?transport=udp", "turns:[2001:db8::9]:443"));
  EXPECT_THAT(config.ice_servers.stun_urls, ElementsAre("stun:stun.example"));
  EXPECT_EQ(config.ice_servers.turn_secret, "s");
  EXPECT_EQ(config.ice_servers.turn_seconds, 600u);
  EXPECT_TRUE(is_refused({"--turn-url", "turn:a"})) << "without the secret";
  for (const char* url : {"stun:a", "http://a", "turn:", "turn:a:b", "turn:a?transport=sctp"})
    EXPECT_TRUE(is_refused({"--turn-secret", "s", "--turn-url", url})) << url;
}

}  // namespace
}  // namespace greenroom::app

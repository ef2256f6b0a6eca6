// Engine.IO as a client sees it, on the conformance server's bare echo and on Socket.IO's own path.
#include <gmock/gmock.h>

#include <regex>

#include "api/realtime/detail/test_rig.hpp"

namespace greenroom::api::realtime {
namespace {

using testing::StartsWith;

class EngineServerTest : public testing::Test {
 protected:
  TestRig rig{conformance_options()};
  static constexpr const char* path = "/engine.io/";

  std::string get(const std::string& query) { return TestRig::text(rig.start_http("GET", query, {}, {}, path)); }
  std::string post(const std::string& sid, std::string body) {
    return TestRig::text(rig.start_http("POST", "EIO=4&transport=polling&sid=" + sid, std::move(body), {}, path));
  }
  std::shared_future<net::Response> poll(const std::string& sid) {
    return rig.start_http("GET", "EIO=4&transport=polling&sid=" + sid, {}, {}, path);
  }
  std::string open_polling() {
    const auto answer = get("EIO=4&transport=polling");
    std::smatch match;
    const std::regex open_packet(
        R"re(200 0\{"sid":"([\w-]{20})","upgrades":\["websocket"\],"pingInterval":300,"pingTimeout":200,)re"
        R"re("maxPayload":1000000\})re");
    EXPECT_TRUE(std::regex_match(answer, match, open_packet)) << answer;
    return match[1];
  }
};

TEST_F(EngineServerTest, RefusesAsTheReferenceDoes) {
  EXPECT_EQ(get("transport=polling"), R"(400 {"code":5,"message":"Unsupported protocol version"})");
  EXPECT_EQ(get("EIO=3&transport=polling"), R"(400 {"code":5,"message":"Unsupported protocol version"})");
  EXPECT_EQ(get("EIO=abc&transport=polling"), R"(400 {"code":5,"message":"Unsupported protocol version"})");
  EXPECT_EQ(get("EIO=4"), R"(400 {"code":0,"message":"Transport unknown"})");
  EXPECT_EQ(get("EIO=4&transport=abc"), R"(400 {"code":0,"message":"Transport unknown"})");
  EXPECT_EQ(get("EIO=4&transport=websocket"), R"(400 {"code":3,"message":"Bad request"})");
  EXPECT_EQ(get("EIO=4&transport=polling&sid=abc"), R"(400 {"code":1,"message":"Session ID unknown"})");
  EXPECT_EQ(post("", "4hello"), R"(400 {"code":2,"message":"Bad handshake method"})");
  const auto sid = open_polling();
  EXPECT_EQ(TestRig::text(rig.start_http("PUT", "EIO=4&transport=polling&sid=" + sid, {}, {}, path)),
            R"(400 {"code":3,"message":"Bad request"})");
}

TEST_F(EngineServerTest, EchoesThroughPolling) {
  const auto sid = open_polling();
  EXPECT_EQ(post(sid,
                 "4test1\x1e"
                 "bAQIDBA==\x1e"
                 "4test3"),
            "200 ok");
  EXPECT_EQ(TestRig::text(poll(sid)),
            "200 4test1\x1e"
            "bAQIDBA==\x1e"
            "4test3");
}

TEST_F(EngineServerTest, MalformedPostEndsTheSession) {
  const auto sid = open_polling();
  EXPECT_THAT(post(sid, "abc"), StartsWith("400"));
  EXPECT_THAT(TestRig::text(poll(sid)), StartsWith("400"));
}

TEST_F(EngineServerTest, OversizedPostIsRefusedAndDisturbsNothing) {
  const auto sid = open_polling();
  EXPECT_THAT(post(sid, "4" + std::string(1'000'000, 'x')), StartsWith("413"));
  EXPECT_EQ(post(sid, "4" + std::string(999'999, 'x')), "200 ok");
}

TEST_F(EngineServerTest, SecondPollEndsTheSession) {
  const auto sid = open_polling();
  const auto first = poll(sid);
  const auto second = poll(sid);
  EXPECT_EQ(TestRig::text(first), "200 1");
  EXPECT_THAT(TestRig::text(second), StartsWith("400"));
  EXPECT_THAT(TestRig::text(poll(sid)), StartsWith("400"));
}

TEST_F(EngineServerTest, PingsAndEndsWithoutPong) {
  const auto sid = open_polling();
  EXPECT_EQ(TestRig::text(poll(sid)), "200 2");
  EXPECT_EQ(post(sid, "3"), "200 ok");
  EXPECT_EQ(TestRig::text(poll(sid)), "200 2");
  EXPECT_EQ(TestRig::text(poll(sid)), "200 1");  // 200 ms later
  EXPECT_THAT(TestRig::text(poll(sid)), StartsWith("400"));
}

TEST_F(EngineServerTest, ClientClosesByPost) {
  const auto sid = open_polling();
  const auto waiting = poll(sid);
  EXPECT_EQ(post(sid, "1"), "200 ok");
  EXPECT_EQ(TestRig::text(waiting), "200 6");
  EXPECT_THAT(TestRig::text(poll(sid)), StartsWith("400"));
}

TEST_F(EngineServerTest, EchoesThroughWebSocket) {
  TestPerson person(rig, "EIO=4&transport=websocket", {}, path);
  EXPECT_THAT(person.next(), testing::HasSubstr(R"("upgrades":[])"));
  EXPECT_EQ(person.ask("4hello"), "4hello");
  person.send_binary("\x01\x02");
  EXPECT_EQ(person.next(), "binary:\x01\x02");
  EXPECT_EQ(person.ask("1"), "closed");
}

TEST_F(EngineServerTest, WebSocketWithoutVersionOrSessionIsRefused) {
  EXPECT_FALSE(TestPerson(rig, "transport=websocket", {}, path).accepted());
  EXPECT_FALSE(TestPerson(rig, "EIO=4&transport=polling", {}, path).accepted());
  EXPECT_FALSE(TestPerson(rig, "EIO=4&transport=websocket&sid=abc", {}, path).accepted());
}

TEST_F(EngineServerTest, Upgrades) {
  const auto sid = open_polling();
  const auto waiting = poll(sid);
  TestPerson person(rig, "EIO=4&transport=websocket&sid=" + sid, {}, path);
  ASSERT_TRUE(person.accepted());
  EXPECT_EQ(person.ask("2probe"), "3probe");
  EXPECT_EQ(TestRig::text(waiting), "200 6");
  person.send("5");
  EXPECT_EQ(person.ask("4hello"), "4hello");
  EXPECT_THAT(TestRig::text(poll(sid)), StartsWith("400"));
  EXPECT_THAT(post(sid, "4late"), StartsWith("400"));
  EXPECT_EQ(TestPerson(rig, "EIO=4&transport=websocket&sid=" + sid, {}, path).next(), "closed");
  EXPECT_EQ(person.ask("4still here"), "4still here");
}

TEST_F(EngineServerTest, SocketThatDiesBeforeItsUpgradeLeavesPollingAlone) {
  const auto sid = open_polling();
  {
    TestPerson person(rig, "EIO=4&transport=websocket&sid=" + sid, {}, path);
    EXPECT_EQ(person.ask("2probe"), "3probe");
  }
  EXPECT_EQ(post(sid, "4hello"), "200 ok");
  EXPECT_EQ(TestRig::text(poll(sid)), "200 4hello");
}

TEST_F(EngineServerTest, SessionsOfADeadSocketEnd) {
  {
    TestPerson person(rig);
    person.next();
    EXPECT_EQ(rig.on_loop([this] { return rig.server->counts().connections; }), 1u);
  }
  EXPECT_EQ(rig.on_loop([this] { return rig.server->counts().connections; }), 0u);
}

TEST_F(EngineServerTest, CloseSaysGoodbyeAndRefusesNewcomers) {
  TestPerson person(rig);
  person.next();
  rig.on_loop([this] { rig.server->close(); });
  EXPECT_EQ(person.next(), "closed");
  EXPECT_THAT(rig.http("GET", "EIO=4&transport=polling"), StartsWith("503"));
}

TEST(EngineServerCors, OnlyAllowedOriginsAreAnswered) {
  ServerOptions options;
  options.engine.allowed_origins = {"https://app.example"};
  TestRig rig(options);
  const auto ask = [&](const std::string& method, const std::string& origin) {
    net::Headers headers;
    headers.set("Origin", origin);
    return rig.start_http(method, "EIO=4&transport=polling", {}, headers).get();
  };
  const auto allowed = ask("GET", "https://app.example").headers;
  EXPECT_EQ(allowed.find("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(allowed.find("access-control-allow-credentials"), "true");
  EXPECT_FALSE(ask("GET", "https://evil.example").headers.find("access-control-allow-origin"));
  const auto preflight = ask("OPTIONS", "https://app.example");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.find("access-control-allow-methods"), "GET, POST");
}

}  // namespace
}  // namespace greenroom::api::realtime

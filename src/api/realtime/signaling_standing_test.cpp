// What participants may do changes while they are connected: over one WebSocket each, with a doorman whose answers the
// test changes as the studio would.
#include <gmock/gmock.h>

#include <map>

#include "api/realtime/detail/test_rig.hpp"

namespace greenroom::api::realtime {
namespace {

using studio::Permission;
using studio::Permissions;
using testing::HasSubstr;
using testing::StartsWith;

constexpr base::ErrorCode waiting{base::ErrorKind::forbidden, "studio.waiting"};
constexpr base::ErrorCode over{base::ErrorKind::gone, "studio.session_ended"};
constexpr base::ErrorCode removed{base::ErrorKind::forbidden, "studio.removed"};

class StandingTest : public testing::Test {
 protected:
  using Participant = Identity::Participant;

  // The studio's word on a participant from now on.
  void say(const std::string& id, base::Result<Participant> standing) {
    const std::lock_guard lock(mutex_);
    standings_.insert_or_assign(id, std::move(standing));
  }
  static Participant in(const std::string& id, Permissions may = Permissions::all()) {
    return {id, "s", "Name of " + id, may};
  }
  static Participant in_lobby(const std::string& id) {
    Participant person = in(id, {});
    person.waiting = true;
    person.barred = base::Error{waiting, "wait", {}};
    return person;
  }
  base::Result<Participant> ask(const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto found = standings_.find(id);
    return found == standings_.end() ? in(id) : found->second;
  }
  void news(const std::string& event, const std::string& data) {
    rig.on_loop([&] { rig.server->session_event("s", R"({"event":")" + event + R"(","data":)" + data + "}"); });
  }
  static constexpr const char* websocket = "EIO=4&transport=websocket";
  static net::Headers signed_in() {
    net::Headers headers;
    headers.set("Cookie", "greenroom_access=good");
    return headers;
  }
  static std::string create(TestPerson& person) { return person.call("createRoom", R"({"callId":"s"})"); }
  static std::string join(TestPerson& person) {
    create(person);
    return person.call("joinRoom", R"({"callId":"s","userId":"x","rtpCapabilities":{"codecs":[]}})");
  }
  static std::string produce(TestPerson& person, const std::string& kind, const std::string& source) {
    const auto transport = field(person.call("createTransport", R"({"direction":"send"})"), "id");
    return person.call("produce", R"({"transportId":")" + transport + R"(","kind":")" + kind +
                                      R"(","rtpParameters":{"codecs":[]},"appData":{"source":")" + source + "\"}}");
  }

 private:
  std::mutex mutex_;
  std::map<std::string, base::Result<Participant>> standings_;

 protected:
  TestRig rig{{}, nullptr, [this](const std::string& id) { return ask(id); }};
};

TEST_F(StandingTest, WhoWaitsIsRefusedUntilLetIn) {
  say("bob", in_lobby("bob"));
  TestPerson ada(rig), bob(rig);
  ada.connect(R"({"token":"ada@s"})");
  join(ada);
  bob.connect(R"({"token":"waiting:bob@s"})");
  EXPECT_EQ(field(create(bob), "code"), "studio.waiting");
  EXPECT_EQ(field(bob.call("joinRoom", R"({"callId":"s","userId":"x","rtpCapabilities":{"codecs":[]}})"), "code"),
            "studio.waiting");
  news("takeStarted", R"({"take":{}})");  // of the session, which is not Bob's yet
  EXPECT_THAT(ada.next(), StartsWith(R"(42["takeStarted")"));
  say("bob", in("bob"));
  news("participantAdmitted", R"({"participantId":"bob"})");
  EXPECT_EQ(bob.next(), R"(42["participantAdmitted",{"participantId":"bob"}])");
  EXPECT_THAT(ada.next(), StartsWith(R"(42["participantAdmitted")"));
  EXPECT_EQ(field(join(bob), "name"), "Name of ada");
  EXPECT_THAT(ada.next(), StartsWith(R"(42["peerJoined")"));
  news("takeStarted", R"({"take":{}})");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["takeStarted")"));
  EXPECT_EQ(rig.on_loop([&] { return rig.presence; }), (std::vector<std::string>{"+ada", "+bob", "-bob", "+bob"}));
}

TEST_F(StandingTest, WhatIsSentNeedsItsPermission) {
  say("bob", in("bob", {Permission::publish_audio}));
  TestPerson bob(rig);
  bob.connect(R"({"token":"bob@s"})");
  join(bob);
  EXPECT_THAT(produce(bob, "audio", "mic"), HasSubstr(R"("id":")"));
  EXPECT_EQ(field(produce(bob, "video", "camera"), "code"), "stage.may_not_produce");
  EXPECT_EQ(field(produce(bob, "video", "screen"), "code"), "stage.may_not_produce");
  EXPECT_EQ(field(produce(bob, "audio", "screen"), "code"), "stage.may_not_produce");
}

TEST_F(StandingTest, ARightThatIsTakenAwayEndsWhatItAllowed) {
  TestPerson ada(rig), bob(rig);
  ada.connect(R"({"token":"ada@s"})");
  bob.connect(R"({"token":"bob@s"})");
  join(ada);
  join(bob);
  ada.next();
  produce(bob, "audio", "mic");
  ada.next();
  const auto camera = field(produce(bob, "video", "camera"), "id");
  ada.next();
  say("bob", in("bob", {Permission::publish_audio}));
  news("participantChanged", R"({"participant":{"id":"bob","role":"viewer"}})");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["participantChanged")"));
  EXPECT_THAT(bob.next(), HasSubstr(R"("producerClosed",{"producerId":")" + camera));
  EXPECT_THAT(ada.next(), StartsWith(R"(42["participantChanged")"));
  EXPECT_THAT(ada.next(), HasSubstr(R"("producerClosed",{"producerId":")" + camera));
  say("bob", in("bob"));
  news("permissionsChanged", R"({"sessionId":"s"})");
  bob.next();
  EXPECT_EQ(bob.call("clock", R"({"t0":0})").substr(0, 6), R"([{"t0")");
}

TEST_F(StandingTest, WhoIsRemovedIsDisconnected) {
  TestPerson ada(rig), bob(rig);
  ada.connect(R"({"token":"ada@s"})");
  bob.connect(R"({"token":"bob@s"})");
  join(ada);
  join(bob);
  ada.next();
  say("bob", base::fail(removed, "you are no longer in this session"));
  news("participantRemoved", R"({"participantId":"bob"})");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["participantRemoved")"));
  EXPECT_EQ(bob.next(), "41");
  EXPECT_THAT(ada.next(), StartsWith(R"(42["participantRemoved")"));
  EXPECT_THAT(ada.next(), StartsWith(R"(42["peerLeft")"));
}

TEST_F(StandingTest, WhoIsRemovedOnTheWayInDoesNotComeIn) {
  TestPerson bob(rig);
  bob.connect(R"({"token":"bob@s"})");
  create(bob);
  say("bob", base::fail(removed, "you are no longer in this session"));  // the news is still on its way
  bob.send(R"(429["joinRoom",{"callId":"s","userId":"x","rtpCapabilities":{"codecs":[]}}])");
  EXPECT_EQ(bob.next(), "41");
}

TEST_F(StandingTest, AnEndedSessionIsLeft) {
  TestPerson ada(rig);
  ada.connect(R"({"token":"ada@s"})");
  join(ada);
  auto gone = in("ada");
  gone.barred = base::Error{over, "this session is over", {}};
  say("ada", gone);
  news("sessionEnded", R"({"sessionId":"s"})");
  EXPECT_THAT(ada.next(), StartsWith(R"(42["sessionEnded")"));
  EXPECT_EQ(ada.next(), R"(42["leftRoom",{}])");
  EXPECT_EQ(field(join(ada), "code"), "studio.session_ended");
  EXPECT_EQ(rig.on_loop([&] { return rig.server->counts().stage.peers; }), 0u);
  EXPECT_EQ(rig.on_loop([&] { return rig.presence; }), (std::vector<std::string>{"+ada", "-ada"}));
  say("ada", in("ada"));  // a host has come back
  EXPECT_THAT(join(ada), HasSubstr("peerId"));
}

TEST_F(StandingTest, AConnectionEndsWithTheLoginThatItCameBy) {
  TestPerson ada(rig, websocket, signed_in()), bob(rig);
  ada.connect(R"({"token":"ada@s"})");
  bob.connect(R"({"token":"bob@s"})");
  const auto told = [&](std::optional<std::string_view> user) {
    rig.on_loop([&] { rig.server->logins_ended(user); });
    EXPECT_THAT(create(ada), HasSubstr("rtpCapabilities"));  // asked on the pool's one thread, after the login
  };
  told("user");  // another of theirs
  told("somebody else");
  rig.signed_in = false;
  told("somebody else");
  rig.on_loop([&] { rig.server->logins_ended("user"); });
  EXPECT_EQ(ada.next(), "41");
  EXPECT_THAT(bob.call("clock", R"({"t0":0})"), HasSubstr("t0"));
}

TEST_F(StandingTest, ALoginThatEndsWhileOneConnectsIsNoticed) {
  rig.signed_in = false;  // the cookie was good a moment ago
  TestPerson ada(rig, websocket, signed_in());
  ada.connect(R"({"token":"ada@s"})");
  EXPECT_EQ(ada.next(), "41");
}

}  // namespace
}  // namespace greenroom::api::realtime

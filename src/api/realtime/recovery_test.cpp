// Connection-state recovery as a client sees it, on the signaling events.
#include <gmock/gmock.h>

#include <regex>

#include "api/realtime/detail/test_rig.hpp"

namespace greenroom::api::realtime {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The offset of an event: its last argument.
std::string offset_of(const std::string& event) {
  std::smatch match;
  return std::regex_search(event, match, std::regex(R"re("(\d+)"\]$)re")) ? match[1].str() : "no offset in " + event;
}

ServerOptions recovering(base::Duration window = std::chrono::minutes(2),
                         base::Duration seat_patience = std::chrono::seconds(60)) {
  ServerOptions options;
  options.recovery.window = window;
  options.seat_patience = seat_patience;
  return options;
}

// Somebody with a token who can lose the connection and come back.
class Wanderer {
 public:
  Wanderer(TestRig& rig, std::string who) : token(std::move(who)), rig_(rig) { answer = connect(auth("")); }

  std::string call(const std::string& event, const std::string& request = "{}") { return now_->call(event, request); }
  std::string next() { return now_->next(); }
  void lose_connection() { now_.reset(); }
  // What CONNECT was answered with.
  std::string come_back(const std::string& offset) { return connect(auth(offset)); }
  void join() {
    call("createRoom", R"({"callId":"s"})");
    EXPECT_THAT(call("joinRoom", R"({"callId":"s","userId":"x","rtpCapabilities":{"codecs":[]}})"), HasSubstr("peers"));
  }
  std::string produce() {
    const auto transport = field(call("createTransport", R"({"direction":"send"})"), "id");
    return field(
        call("produce", R"({"transportId":")" + transport + R"(","kind":"audio","rtpParameters":{"codecs":[]}})"),
        "id");
  }
  std::unique_ptr<TestPerson> give_up_connection() { return std::move(now_); }  // it stays open
  std::string answer;
  std::string token;

 private:
  std::string auth(const std::string& offset) const {
    if (answer.empty()) return R"({"token":")" + token + "\"}";
    const auto given = offset.empty() ? "" : R"(,"offset":")" + offset + "\"";
    return R"({"token":")" + token + R"(","pid":")" + field(answer, "pid") + "\"" + given + "}";
  }
  std::string connect(const std::string& auth) {
    now_ = std::make_unique<TestPerson>(rig_);
    EXPECT_TRUE(now_->next().starts_with("0{"));
    return now_->ask("40" + auth);
  }
  TestRig& rig_;
  std::unique_ptr<TestPerson> now_;
};

TEST(Recovery, ReturnsToTheRoomAndGetsWhatWasMissedOnce) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s"), bob(rig, "p2@s");
  alice.join();
  bob.join();
  const auto joined = alice.next();
  EXPECT_THAT(joined, StartsWith(R"(42["peerJoined",)"));
  alice.lose_connection();
  const auto first = bob.produce(), second = bob.produce();
  rig.on_loop([&] { rig.server->session_event("s", R"({"event":"takeStarted","data":{}})"); });
  EXPECT_THAT(bob.next(), StartsWith(R"(42["takeStarted",)"));
  EXPECT_EQ(alice.come_back(offset_of(joined)), alice.answer);
  const auto missed = alice.next();
  EXPECT_EQ(field(missed, "producerId"), first);
  EXPECT_THAT(missed, HasSubstr(R"("revision":3)"));
  EXPECT_EQ(field(alice.next(), "producerId"), second);
  const auto take = alice.next();
  EXPECT_THAT(take, StartsWith(R"(42["takeStarted",{})"));
  EXPECT_THAT(alice.call("getProducers"), HasSubstr(first));         // still in the room
  EXPECT_THAT(alice.call("getRoom"), HasSubstr(R"("revision":4)"));  // and nothing was missed
  alice.lose_connection();
  alice.come_back(offset_of(take));
  EXPECT_THAT(alice.call("getProducers"), HasSubstr(second));  // and nothing came twice before it
  EXPECT_EQ(rig.on_loop([&] { return rig.presence; }), (std::vector<std::string>{"+p1", "+p2"}));
}

TEST(Recovery, ClientThatHasGotNothingYetMissedEverything) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s");
  alice.lose_connection();
  rig.on_loop([&] { rig.server->session_event("s", R"({"event":"takeStarted","data":{}})"); });
  EXPECT_EQ(alice.come_back(""), alice.answer);
  EXPECT_THAT(alice.next(), StartsWith(R"(42["takeStarted",)"));
}

TEST(Recovery, TakesOverAConnectionNotYetKnownToBeLost) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s");
  alice.join();
  const auto old = alice.give_up_connection();
  EXPECT_EQ(alice.come_back(""), alice.answer);
  EXPECT_EQ(old->next(), "closed");
  EXPECT_THAT(alice.call("getProducers"), HasSubstr("producers"));
}

TEST(Recovery, WhoJoinsAgainAllTheSameLeavesFirst) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s"), bob(rig, "p2@s");
  alice.join();
  bob.join();
  alice.lose_connection();
  EXPECT_EQ(alice.come_back(""), alice.answer);
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerJoined",)"));
  alice.join();
  EXPECT_THAT(bob.next(), StartsWith(R"(42["peerLeft",)"));
  EXPECT_THAT(bob.next(), StartsWith(R"(42["peerJoined",)"));
}

TEST(Recovery, SeatIsGivenUpAfterItsPatience) {
  TestRig rig(recovering(std::chrono::minutes(2), std::chrono::milliseconds(20)));
  Wanderer alice(rig, "p1@s"), bob(rig, "p2@s");
  alice.join();
  bob.join();
  alice.lose_connection();
  EXPECT_THAT(bob.next(), StartsWith(R"(42["peerLeft",)"));
  EXPECT_EQ(alice.come_back(""), alice.answer);
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerJoined",)"));
  EXPECT_THAT(alice.next(), StartsWith(R"(42["leftRoom",{})"));
  alice.join();
  EXPECT_EQ(rig.on_loop([&] { return rig.presence; }), (std::vector<std::string>{"+p1", "+p2", "-p1", "+p1"}));
}

TEST(Recovery, AfterTheWindowNothingIsLeft) {
  TestRig rig(recovering(std::chrono::milliseconds(20)));
  Wanderer alice(rig, "p1@s"), bob(rig, "p2@s");
  alice.join();
  bob.join();
  alice.lose_connection();
  EXPECT_THAT(bob.next(), StartsWith(R"(42["peerLeft",)"));
  EXPECT_NE(alice.come_back(""), alice.answer);
  EXPECT_THAT(alice.call("getProducers"), HasSubstr("stage.not_joined"));
}

TEST(Recovery, NobodyElseCanReturnInsteadAndNoOffsetIsInvented) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s");
  alice.lose_connection();
  EXPECT_NE(alice.come_back("99"), alice.answer);  // never sent
  EXPECT_NE(alice.come_back("nonsense"), alice.answer);
  alice.token = "p2@s";
  EXPECT_NE(alice.come_back(""), alice.answer);
  alice.token = "bad";
  EXPECT_THAT(alice.come_back(""), StartsWith("44{"));
}

TEST(Recovery, GoodbyesAreForGood) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s"), bob(rig, "p2@s");
  alice.join();
  bob.join();
  alice.next();
  alice.give_up_connection()->send("41");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["peerLeft",)"));
  EXPECT_NE(alice.come_back(""), alice.answer);
}

TEST(Recovery, TooMuchMissedIsNotRecovered) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s");
  alice.lose_connection();
  rig.on_loop([&] {
    for (std::size_t i = 0; i <= PacketLog::packets_max; ++i)
      rig.server->session_event("s", R"({"event":"jobProgress","data":{}})");
  });
  EXPECT_NE(alice.come_back(""), alice.answer);
}

// Levels come several times a second: kept for later they would push out what matters.
TEST(Recovery, LevelsAreNotKept) {
  TestRig rig(recovering());
  Wanderer alice(rig, "p1@s");
  alice.join();
  alice.call("setAudioLevels", R"({"wanted":true})");
  alice.lose_connection();
  rig.on_loop([&] {
    for (std::size_t i = 0; i <= PacketLog::packets_max; ++i)
      rig.server->media_event(sfu::AudioLevels{{"s"}, {{{}, {}, -20}}});
    rig.server->session_event("s", R"({"event":"takeStarted","data":{}})");
  });
  EXPECT_EQ(alice.come_back(""), alice.answer);
  EXPECT_THAT(alice.next(), StartsWith(R"(42["takeStarted",)"));
}

TEST(Recovery, AwayIsBounded) {
  auto options = recovering();
  options.recovery.away_max = 1;
  TestRig rig(options);
  Wanderer alice(rig, "p1@s"), bob(rig, "p2@s");
  alice.lose_connection();
  bob.lose_connection();
  EXPECT_NE(bob.come_back(""), bob.answer);
  EXPECT_EQ(alice.come_back(""), alice.answer);
}

}  // namespace
}  // namespace greenroom::api::realtime

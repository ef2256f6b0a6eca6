#include "api/realtime/engine_session.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace greenroom::api::realtime {
namespace {

using base::Instant;
using std::chrono::milliseconds;
using wire::engineio::Packet;
using wire::engineio::PacketType;

// Outputs as short texts, so that a test reads as a conversation.
std::string text_of(const EngineOutput& output) {
  struct Printer {
    static std::string name(EngineSocket s) { return s == EngineSocket::current ? "socket" : "probe"; }
    std::string operator()(const AnswerPoll& o) { return "poll:" + o.body; }
    std::string operator()(const RefusePoll&) { return "poll refused"; }
    std::string operator()(const SendFrame& o) { return name(o.socket) + (o.binary ? "<binary:" : "<") + o.data; }
    std::string operator()(const CloseSocket& o) { return name(o.socket) + " closed"; }
    std::string operator()(const Promote&) { return "promote"; }
    std::string operator()(const EngineMessage& o) { return (o.binary ? "binary message:" : "message:") + o.data; }
    std::string operator()(const Closed& o) { return "closed: " + std::string(to_string(o.reason)); }
  };
  return std::visit(Printer{}, output);
}

struct Talk {
  explicit Talk(EngineTransport transport, EngineOptions o = {})
      : options(std::move(o)), session(options, "sid", transport, now) {
    EXPECT_EQ(session.poll(now), transport == EngineTransport::polling);
    heard();  // the open packet
  }
  std::vector<std::string> heard() {
    std::vector<std::string> all;
    while (auto output = session.next()) all.push_back(text_of(*output));
    return all;
  }
  std::vector<std::string> after(base::Duration d) {
    session.advance(now += d);
    return heard();
  }
  std::vector<std::string> frame(EngineSocket from, std::string data, bool binary = false) {
    session.frame(from, std::move(data), binary, now);
    return heard();
  }
  void say(std::string text) { session.send({PacketType::message, std::move(text), false}); }

  Instant now{std::chrono::seconds(1000)};
  EngineOptions options;
  EngineSession session;
};

using Heard = std::vector<std::string>;

TEST(EngineSession, OpensByPollWithAnUpgradeAndBySocketWithout) {
  EngineOptions options;
  EngineSession polled(options, "x", EngineTransport::polling, Instant{});
  EXPECT_TRUE(polled.poll(Instant{}));
  EXPECT_EQ(
      text_of(*polled.next()),
      R"(poll:0{"sid":"x","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
  EngineSession socket(options, "y", EngineTransport::web_socket, Instant{});
  EXPECT_EQ(text_of(*socket.next()),
            R"(socket<0{"sid":"y","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
}

TEST(EngineSession, PollWaitsForAMessage) {
  Talk talk(EngineTransport::polling);
  ASSERT_TRUE(talk.session.poll(talk.now));
  EXPECT_EQ(talk.heard(), Heard{});
  talk.say("a");
  EXPECT_EQ(talk.heard(), Heard{"poll:4a"});
}

TEST(EngineSession, MessagesBetweenPollsComeTogether) {
  Talk talk(EngineTransport::polling);
  talk.say("a");
  talk.session.send({PacketType::message, "\x01\x02", true});
  talk.say("b");
  ASSERT_TRUE(talk.session.poll(talk.now));
  EXPECT_EQ(talk.heard(), Heard{"poll:4a\x1e"
                                "bAQI=\x1e"
                                "4b"});
}

TEST(EngineSession, PostDeliversItsMessagesInOrder) {
  Talk talk(EngineTransport::polling);
  EXPECT_TRUE(
      talk.session.post("4a\x1e"
                        "bAQI=\x1e"
                        "4b",
                        talk.now));
  EXPECT_EQ(talk.heard(), (Heard{"message:a", "binary message:\x01\x02", "message:b"}));
}

TEST(EngineSession, MalformedPostCloses) {
  Talk talk(EngineTransport::polling);
  EXPECT_FALSE(talk.session.post("abc", talk.now));
  EXPECT_EQ(talk.heard(), Heard{"closed: parse error"});
  EXPECT_FALSE(talk.session.poll(talk.now));
}

TEST(EngineSession, SecondPollBesideOneOutstandingCloses) {
  Talk talk(EngineTransport::polling);
  ASSERT_TRUE(talk.session.poll(talk.now));
  EXPECT_FALSE(talk.session.poll(talk.now));
  EXPECT_EQ(talk.heard(), (Heard{"poll:1", "closed: transport error"}));
}

TEST(EngineSession, PollThatIsHungUpOnEndsTheSession) {
  Talk talk(EngineTransport::polling);
  talk.session.poll_gone(talk.now);  // none waits
  EXPECT_EQ(talk.heard(), Heard{});
  ASSERT_TRUE(talk.session.poll(talk.now));
  talk.session.poll_gone(talk.now);
  EXPECT_EQ(talk.heard(), Heard{"closed: transport error"});
}

TEST(EngineSession, PingsAndClosesWithoutPong) {
  Talk talk(EngineTransport::web_socket, {.ping_interval = milliseconds(300), .ping_timeout = milliseconds(200)});
  EXPECT_EQ(talk.after(milliseconds(299)), Heard{});
  EXPECT_EQ(talk.session.deadline(), talk.now + milliseconds(1));
  EXPECT_EQ(talk.after(milliseconds(1)), Heard{"socket<2"});
  EXPECT_EQ(talk.after(milliseconds(199)), Heard{});
  EXPECT_EQ(talk.after(milliseconds(1)), (Heard{"socket closed", "closed: ping timeout"}));
}

TEST(EngineSession, PongKeepsAlive) {
  Talk talk(EngineTransport::web_socket, {.ping_interval = milliseconds(300), .ping_timeout = milliseconds(200)});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(talk.after(milliseconds(300)), Heard{"socket<2"});
    talk.now += milliseconds(100);
    EXPECT_EQ(talk.frame(EngineSocket::current, "3"), Heard{});
  }
}

TEST(EngineSession, ServerThatWasHeldUpStillWaitsForThePong) {
  Talk talk(EngineTransport::web_socket);
  EXPECT_EQ(talk.after(std::chrono::seconds(600)), Heard{"socket<2"});
  EXPECT_EQ(talk.after(std::chrono::seconds(9)), Heard{});
  EXPECT_EQ(talk.frame(EngineSocket::current, "3"), Heard{});
  EXPECT_EQ(talk.after(std::chrono::seconds(20)), Heard{});
}

TEST(EngineSession, UpgradesFromPolling) {
  Talk talk(EngineTransport::polling);
  ASSERT_TRUE(talk.session.poll(talk.now));
  ASSERT_TRUE(talk.session.begin_upgrade(talk.now));
  EXPECT_EQ(talk.frame(EngineSocket::probe, "2probe"), (Heard{"probe<3probe", "poll:6"}));
  talk.say("while upgrading");
  EXPECT_EQ(talk.frame(EngineSocket::probe, "5"), (Heard{"promote", "socket<4while upgrading"}));
  EXPECT_EQ(talk.frame(EngineSocket::current, "4hello"), Heard{"message:hello"});
  EXPECT_FALSE(talk.session.poll(talk.now));
  EXPECT_FALSE(talk.session.begin_upgrade(talk.now));
  EXPECT_FALSE(talk.session.closed());
}

TEST(EngineSession, PollThatTheUpgradeOvertakesIsRefused) {
  Talk talk(EngineTransport::polling);
  ASSERT_TRUE(talk.session.begin_upgrade(talk.now));
  talk.frame(EngineSocket::probe, "2probe");
  ASSERT_TRUE(talk.session.poll(talk.now));
  EXPECT_EQ(talk.frame(EngineSocket::probe, "5"), (Heard{"poll refused", "promote"}));
  EXPECT_EQ(talk.after(milliseconds(10)), Heard{});
}

TEST(EngineSession, PollsReturnSoonWhileTheProbeIsAnswered) {
  Talk talk(EngineTransport::polling);
  ASSERT_TRUE(talk.session.begin_upgrade(talk.now));
  EXPECT_EQ(talk.frame(EngineSocket::probe, "2probe"), Heard{"probe<3probe"});
  ASSERT_TRUE(talk.session.poll(talk.now));
  EXPECT_EQ(talk.heard(), Heard{});
  EXPECT_EQ(talk.session.deadline(), talk.now + milliseconds(10));
  EXPECT_EQ(talk.after(milliseconds(10)), Heard{"poll:6"});
}

TEST(EngineSession, ProbeThatSaysSomethingElseIsDropped) {
  for (auto first : {"5", "4hello", "2", "", "abc"}) {
    Talk talk(EngineTransport::polling);
    ASSERT_TRUE(talk.session.begin_upgrade(talk.now));
    EXPECT_EQ(talk.frame(EngineSocket::probe, first), Heard{"probe closed"}) << first;
    EXPECT_TRUE(talk.session.poll(talk.now)) << first;
  }
}

TEST(EngineSession, ProbeThatStallsIsDropped) {
  Talk talk(EngineTransport::polling, {.upgrade_timeout = std::chrono::seconds(10)});
  ASSERT_TRUE(talk.session.begin_upgrade(talk.now));
  EXPECT_FALSE(talk.session.begin_upgrade(talk.now));
  EXPECT_EQ(talk.after(std::chrono::seconds(10)), Heard{"probe closed"});
  EXPECT_TRUE(talk.session.begin_upgrade(talk.now));
}

TEST(EngineSession, ClientClosesByPollingAndBySocket) {
  Talk polling(EngineTransport::polling);
  ASSERT_TRUE(polling.session.poll(polling.now));
  EXPECT_TRUE(polling.session.post("1", polling.now));
  EXPECT_EQ(polling.heard(), (Heard{"poll:6", "closed: transport close"}));
  Talk socket(EngineTransport::web_socket);
  EXPECT_EQ(socket.frame(EngineSocket::current, "1"), (Heard{"socket closed", "closed: transport close"}));
}

TEST(EngineSession, PollThatTheClientsGoodbyeOvertakesIsAnswered) {
  Talk talk(EngineTransport::polling), silent(EngineTransport::polling);
  for (auto* one : {&talk, &silent}) {
    EXPECT_TRUE(one->session.post("1", one->now));
    one->say("too late");
    EXPECT_EQ(one->heard(), Heard{});
  }
  EXPECT_TRUE(talk.session.poll(talk.now));
  EXPECT_EQ(talk.heard(), (Heard{"poll:6", "closed: transport close"}));
  EXPECT_EQ(silent.after(milliseconds(10)), Heard{"closed: transport close"});
}

TEST(EngineSession, ServerCloseCarriesWhatWaits) {
  Talk talk(EngineTransport::polling);
  talk.say("last words");
  talk.session.close(talk.now);
  EXPECT_EQ(talk.heard(), Heard{});
  ASSERT_TRUE(talk.session.poll(talk.now));
  EXPECT_EQ(talk.heard(), (Heard{"poll:4last words\x1e"
                                 "1",
                                 "closed: forced close"}));
}

TEST(EngineSession, ServerCloseDoesNotWaitForever) {
  Talk talk(EngineTransport::polling);
  talk.session.close(talk.now);
  EXPECT_EQ(talk.after(talk.options.close_timeout), Heard{"closed: forced close"});
}

TEST(EngineSession, ClientThatNeverPollsIsCutAtTheBound) {
  Talk talk(EngineTransport::polling, {.outbound_bytes_max = 1000});
  talk.say(std::string(900, 'x'));
  EXPECT_FALSE(talk.session.closed());
  talk.say(std::string(200, 'x'));
  EXPECT_EQ(talk.heard(), Heard{"closed: overflow"});
}

TEST(EngineSession, MalformedFramesClose) {
  for (auto text : {"", "abc", "7"}) {
    Talk talk(EngineTransport::web_socket);
    EXPECT_EQ(talk.frame(EngineSocket::current, text), (Heard{"socket closed", "closed: parse error"})) << text;
  }
}

TEST(EngineSession, BinaryFrameIsAMessage) {
  Talk talk(EngineTransport::web_socket);
  EXPECT_EQ(talk.frame(EngineSocket::current, "\x01\x02", true), Heard{"binary message:\x01\x02"});
}

TEST(EngineSession, PingFromTheClientIsAnError) {
  Talk talk(EngineTransport::web_socket);
  EXPECT_EQ(talk.frame(EngineSocket::current, "2"), (Heard{"socket closed", "closed: transport error"}));
}

// Whatever comes in, in whatever order: every poll is answered at most once and only while it waits, nothing goes to a
// socket that is not there, and after the end nothing comes out.
class Conversation {
 public:
  explicit Conversation(std::uint64_t seed)
      : rng_(seed), talk_(seed % 2 ? EngineTransport::polling : EngineTransport::web_socket), socket_(seed % 2 == 0) {}
  void run() {
    for (int step = 0; step < 200; ++step) {
      act();
      while (auto output = talk_.session.next()) std::visit([this](const auto& o) { check(o); }, *output);
      EXPECT_EQ(ended_, talk_.session.closed());
    }
  }

 private:
  static constexpr std::string_view texts[] = {"2probe",
                                               "5",
                                               "4hello",
                                               "3",
                                               "6",
                                               "0",
                                               "4a\x1e"
                                               "bAQI=",
                                               "1",
                                               "2",
                                               "abc"};
  std::string text() { return std::string(texts[rng_.below(rng_.below(8) ? 6 : std::size(texts))]); }
  void act() {
    auto& session = talk_.session;
    switch (rng_.below(8)) {
      case 0:
        poll();
        return;
      case 1:
        static_cast<void>(session.post(text(), talk_.now));
        return;
      case 2:
        probe_ = session.begin_upgrade(talk_.now) || probe_;
        return;
      case 3:
        if (probe_) session.frame(EngineSocket::probe, text(), rng_.below(9) == 0, talk_.now);
        return;
      case 4:
        if (socket_) session.frame(EngineSocket::current, text(), rng_.below(2) == 0, talk_.now);
        return;
      case 5:
        talk_.say("x");
        return;
      case 6:
        session.advance(talk_.now += std::chrono::seconds(rng_.below(12)));
        return;
      case 7:
        if (rng_.below(20) == 0) session.close(talk_.now);
        return;
    }
  }
  void poll() {
    const bool waited = poll_;
    const bool accepted = talk_.session.poll(talk_.now);
    EXPECT_FALSE(waited && accepted);
    poll_ = waited || accepted;
  }
  void check(const AnswerPoll& o) {
    EXPECT_TRUE(std::exchange(poll_, false));
    EXPECT_FALSE(o.body.empty());
    EXPECT_FALSE(ended_);
  }
  void check(const RefusePoll&) {
    EXPECT_TRUE(std::exchange(poll_, false));
    EXPECT_FALSE(ended_);
  }
  void check(const SendFrame& o) { EXPECT_TRUE(o.socket == EngineSocket::probe ? probe_ : socket_); }
  void check(const CloseSocket& o) {
    EXPECT_TRUE(std::exchange(o.socket == EngineSocket::probe ? probe_ : socket_, false));
  }
  void check(const Promote&) { socket_ = std::exchange(probe_, false); }
  void check(const EngineMessage&) { EXPECT_FALSE(ended_); }
  void check(const Closed&) {
    EXPECT_FALSE(std::exchange(ended_, true));
    EXPECT_FALSE(poll_ || probe_ || socket_);
  }

  base::SeededRng rng_;
  Talk talk_;
  bool poll_ = false, probe_ = false, socket_ = false, ended_ = false;
};

TEST(EngineSession, KeepsItsInvariantsInAnyConversation) {
  for (std::uint64_t seed = 0; seed < 2000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Conversation(seed).run();
  }
}

}  // namespace
}  // namespace greenroom::api::realtime

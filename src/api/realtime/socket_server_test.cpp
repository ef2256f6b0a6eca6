// Socket.IO as a client sees it, on the conformance server's echo namespaces.
#include "api/realtime/socket_server.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "api/realtime/conformance.hpp"
#include "api/realtime/detail/test_rig.hpp"

namespace greenroom::api::realtime {
namespace {

using testing::StartsWith;

class SocketServerTest : public testing::Test {
 protected:
  TestRig rig{conformance_options()};
  TestPerson person{rig};

  void SetUp() override { EXPECT_THAT(person.next(), StartsWith("0{")); }
};

TEST_F(SocketServerTest, ConnectsWithAndWithoutAuth) {
  EXPECT_THAT(person.ask("40"), StartsWith(R"(40{"sid":")"));
  EXPECT_EQ(person.next(), R"(42["auth",{}])");
  EXPECT_THAT(person.ask(R"(40/custom,{"token":"123"})"), StartsWith(R"(40/custom,{"sid":")"));
  EXPECT_EQ(person.next(), R"(42/custom,["auth",{"token":"123"}])");
}

TEST_F(SocketServerTest, UnknownNamespaceIsRefusedAndTheConnectionStays) {
  EXPECT_EQ(person.ask("40/random"), R"(44/random,{"message":"Invalid namespace"})");
  EXPECT_THAT(person.ask("40"), StartsWith("40{"));
}

TEST_F(SocketServerTest, EchoesAndAcknowledges) {
  person.send("40");
  person.next(), person.next();
  EXPECT_EQ(person.ask(R"(42["message",1,"2",{"3":[true]}])"), R"(42["message-back",1,"2",{"3":[true]}])");
  EXPECT_EQ(person.ask(R"(42456["message-with-ack",1,"2",{"3":[false]}])"), R"(43456[1,"2",{"3":[false]}])");
}

TEST_F(SocketServerTest, EchoesAndAcknowledgesBinary) {
  const std::string two = R"({"_placeholder":true,"num":0},{"_placeholder":true,"num":1})";
  person.send("40");
  person.next(), person.next();
  person.send("452-[\"message\"," + two + "]");
  person.send_binary("one");
  person.send_binary("two");
  EXPECT_EQ(person.next(), "452-[\"message-back\"," + two + "]");
  EXPECT_EQ(person.next(), "binary:one");
  EXPECT_EQ(person.next(), "binary:two");
  person.send("452-789[\"message-with-ack\"," + two + "]");
  person.send_binary("one");
  person.send_binary("two");
  EXPECT_EQ(person.next(), "462-789[" + two + "]");
  EXPECT_EQ(person.next(), "binary:one");
  EXPECT_EQ(person.next(), "binary:two");
}

TEST_F(SocketServerTest, LeavesOneNamespaceAndKeepsTheOther) {
  for (auto connect : {"40", "40/custom"}) {
    person.send(connect);
    person.next(), person.next();
  }
  person.send("41/custom");
  EXPECT_EQ(person.ask(R"(42["message","x"])"), R"(42["message-back","x"])");
}

TEST_F(SocketServerTest, MalformedPacketsClose) {
  for (auto text : {"4abc", "42{}", R"(42abc["message-with-ack",1])", "45-[\"message\"]", "4", "40"}) {
    TestPerson other(rig);
    other.connect();
    EXPECT_EQ(other.next(), R"(42["auth",{}])");
    EXPECT_EQ(other.ask(text), "closed") << text;
  }
}

TEST_F(SocketServerTest, SpeakingToANamespaceWithoutJoiningItCloses) {
  EXPECT_EQ(person.ask(R"(42["message","x"])"), "closed");
}

TEST_F(SocketServerTest, ClientThatJoinsNothingIsClosed) {  // connect_timeout is 1 s here
  std::string heard = person.next();
  while (heard == "2") {
    person.send("3");
    heard = person.next();
  }
  EXPECT_EQ(heard, "closed");
}

class SocketNamespaceTest : public testing::Test {
 protected:
  net::Loop loop;  // does not run: what is late never comes
  base::SeededRng rng{1};
  std::vector<std::string> sent;
  std::vector<SocketId> ids;
  NamespaceHandlers handlers{[](const auto&, const auto&, const auto&, const Admit& admit) { admit(std::nullopt); },
                             [this](const SocketId& id) { ids.push_back(id); }, [](const auto&, const auto&) {},
                             [](const auto&, auto) {}};

  NamespaceLink link() {
    return {[this](const std::string& sid, const std::string& text, auto) { sent.push_back(sid + " " + text); },
            [this](const std::string& sid) { sent.push_back(sid + " closed"); }, loop, rng};
  }
};

TEST_F(SocketNamespaceTest, RoomsReachTheirMembersAndNotTheSender) {
  SocketNamespace space("/", handlers, link());
  for (auto sid : {"a", "b", "c"}) ASSERT_TRUE(space.connect(sid, {}, {}));
  for (const auto& id : ids) ASSERT_TRUE(space.join(id, "room"));
  space.leave(ids[2], "room");
  sent.clear();
  space.broadcast("room", "hello", {1}, ids[0]);
  EXPECT_EQ(sent, std::vector<std::string>{R"(b 2["hello",1])"});
  sent.clear();
  space.client_gone("b", CloseReason::transport_close);
  space.broadcast("room", "hello", {1}, ids[0]);
  EXPECT_TRUE(sent.empty());
  space.disconnect(ids[0]);
  EXPECT_EQ(sent, std::vector<std::string>{"a 1"});
  EXPECT_FALSE(space.join(ids[0], "room"));
}

TEST_F(SocketNamespaceTest, AnswerToASocketThatHasGoneDoesNothing) {
  std::size_t gone = 0;
  Admit late;
  handlers.connecting = [&](const auto&, const auto&, const auto&, Admit admit) { late = std::move(admit); };
  handlers.disconnected = [&](const auto&, auto) { ++gone; };
  SocketNamespace space("/", handlers, link());
  ASSERT_TRUE(space.connect("a", {}, {}));
  EXPECT_FALSE(space.connect("a", {}, {}));
  space.client_gone("a", CloseReason::transport_close);
  late(std::nullopt);
  EXPECT_TRUE(sent.empty() && ids.empty());
  EXPECT_EQ(gone, 1u);
}

TEST_F(SocketNamespaceTest, AcknowledgementsComeOnceAndFromTheRightClient) {
  SocketNamespace space("/", handlers, link());
  for (auto sid : {"a", "b"}) ASSERT_TRUE(space.connect(sid, {}, {}));
  sent.clear();
  std::vector<std::string> answers;
  const auto reply = [&](base::Result<Acknowledged> answer) {
    answers.push_back(answer ? boost::json::serialize(answer->args) : std::string(answer.error().code.name));
  };
  space.emit_with_ack(ids[0], "question", {1}, {}, std::chrono::seconds(1), reply);
  EXPECT_EQ(sent, std::vector<std::string>{R"(a 21["question",1])"});
  const auto answer = [](std::uint64_t id) {
    return wire::socketio::Packet{wire::socketio::PacketType::ack, "/", id, boost::json::array{"yes"}, {}};
  };
  EXPECT_TRUE(space.receive("b", answer(1)));
  EXPECT_TRUE(space.receive("a", answer(2)));
  EXPECT_TRUE(answers.empty());
  EXPECT_TRUE(space.receive("a", answer(1)));
  EXPECT_TRUE(space.receive("a", answer(1)));
  EXPECT_EQ(answers, std::vector<std::string>{R"(["yes"])"});
  space.emit_with_ack(ids[0], "question", {}, {}, std::chrono::seconds(1), reply);
  space.client_gone("a", CloseReason::transport_close);
  space.emit_with_ack(ids[0], "question", {}, {}, std::chrono::seconds(1), reply);
  EXPECT_EQ(answers, (std::vector<std::string>{R"(["yes"])", "realtime.ack_gone", "realtime.ack_gone"}));
  for (std::size_t i = 0; i <= SocketNamespace::acks_per_socket_max; ++i)
    space.emit_with_ack(ids[1], "question", {}, {}, std::chrono::seconds(1), reply);
  EXPECT_EQ(answers.back(), "realtime.ack_too_many");
}

TEST_F(SocketServerTest, EmitsAndWaitsForAnAcknowledgement) {
  person.send("40");
  person.next(), person.next();
  EXPECT_EQ(person.ask(R"(42["emit-with-ack",1,"2"])"), R"(421["emit-with-ack",1,"2"])");
  EXPECT_EQ(person.ask(R"(431["so",2])"), R"(42["emit-with-ack","so",2])");
}

TEST(SocketServerNamespaces, FurtherOnesAreMountedBesideTheApplicationsOwn) {
  ServerOptions options;
  options.open_rooms = true;
  TestRig rig(options);
  rig.on_loop([&] { add_echo_namespace(rig.server->sockets(), rig.loop, "/chat"); });
  TestPerson person(rig);
  person.connect();
  EXPECT_THAT(person.ask("40/chat,"), StartsWith(R"(40/chat,{"sid":")"));
  EXPECT_EQ(person.next(), R"(42/chat,["auth",{}])");
  EXPECT_EQ(person.ask(R"(42/chat,["message","x"])"), R"(42/chat,["message-back","x"])");
  EXPECT_THAT(person.call("createRoom", R"({"callId":"room"})"), testing::HasSubstr("rtpCapabilities"));
}

TEST(SocketServerRate, WhoSendsTooMuchIsToldThenClosed) {
  auto options = conformance_options();
  options.events = {.burst = 10, .per_second = 1};
  TestRig rig(options);
  TestPerson person(rig), other(rig);
  for (auto* one : {&person, &other}) {
    one->connect();
    one->next();
  }
  for (int i = 1; i < 10; ++i) EXPECT_EQ(person.call("message-with-ack", "1"), "[1]");  // the tenth was CONNECT
  EXPECT_EQ(person.call("message-with-ack", "1"),
            R"([{"error":"too many events, slow down","code":"realtime.too_many_events"}])");
  for (int i = 0; i < 10; ++i) person.send(R"(42["message",1])");
  EXPECT_EQ(person.next(), "closed");
  EXPECT_EQ(other.call("message-with-ack", "1"), "[1]");
}

}  // namespace
}  // namespace greenroom::api::realtime

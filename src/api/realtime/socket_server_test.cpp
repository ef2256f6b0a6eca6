// Socket.IO as a client sees it, on the conformance server's echo namespaces.
#include "api/realtime/socket_server.hpp"

#include <gmock/gmock.h>

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

TEST(SocketNamespaceTest, RoomsReachTheirMembersAndNotTheSender) {
  base::SeededRng rng(1);
  std::vector<std::string> sent;
  NamespaceHandlers handlers{[](const auto&, const auto&, const auto&, Admit admit) { admit(std::nullopt); },
                             [](const auto&) {}, [](const auto&, const auto&) {}, [](const auto&, auto) {}};
  std::vector<SocketId> ids;
  handlers.connected = [&](const SocketId& id) { ids.push_back(id); };
  SocketNamespace space(
      "/", handlers, [&](const std::string& sid, const std::string& text, auto) { sent.push_back(sid + " " + text); },
      rng);
  for (auto sid : {"a", "b", "c"}) ASSERT_TRUE(space.connect(sid, {}, {}));
  for (const auto& id : ids) ASSERT_TRUE(space.join(id, "room"));
  space.leave(ids[2], "room");
  sent.clear();
  space.broadcast("room", "hello", {1}, ids[0]);
  EXPECT_EQ(sent, std::vector<std::string>{R"(b 2["hello",1])"});
  sent.clear();
  space.client_gone("b", "gone");
  space.broadcast("room", "hello", {1}, ids[0]);
  EXPECT_TRUE(sent.empty());
  space.disconnect(ids[0]);
  EXPECT_EQ(sent, std::vector<std::string>{"a 1"});
  EXPECT_FALSE(space.join(ids[0], "room"));
}

TEST(SocketNamespaceTest, AnswerToASocketThatHasGoneDoesNothing) {
  base::SeededRng rng(1);
  std::size_t sent = 0, gone = 0;
  Admit late;
  NamespaceHandlers handlers{[&](const auto&, const auto&, const auto&, Admit admit) { late = std::move(admit); },
                             [](const auto&) { FAIL(); }, [](const auto&, const auto&) {},
                             [&](const auto&, auto) { ++gone; }};
  SocketNamespace space(
      "/", handlers, [&](const auto&, const auto&, auto) { ++sent; }, rng);
  ASSERT_TRUE(space.connect("a", {}, {}));
  EXPECT_FALSE(space.connect("a", {}, {}));
  space.client_gone("a", "gone");
  late(std::nullopt);
  EXPECT_EQ(sent, 0u);
  EXPECT_EQ(gone, 1u);
}

}  // namespace
}  // namespace greenroom::api::realtime

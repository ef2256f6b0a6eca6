// Two nodes in one process: what clients of the one see of rooms of the other. The media gateways answer without an
// SFU.
#include "api/realtime/relay.hpp"

#include <gmock/gmock.h>

#include "api/realtime/detail/test_nodes.hpp"
#include "api/realtime/detail/test_rig.hpp"

namespace greenroom::api::realtime {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string create(TestPerson& person, const std::string& room = "room") {
  return person.call("createRoom", R"({"callId":")" + room + "\"}");
}

std::string arrive_again(TestPerson& person, const std::string& user, const std::string& room) {
  EXPECT_THAT(create(person, room), HasSubstr("rtpCapabilities"));
  return person.call("joinRoom", join_request(room, user));
}

std::string arrive(TestPerson& person, const std::string& user, const std::string& room = "room") {
  person.connect();
  return arrive_again(person, user, room);
}

std::string produce(TestPerson& person) {
  const auto transport = field(person.call("createTransport", R"({"direction":"send"})"), "id");
  return field(
      person.call("produce", R"({"transportId":")" + transport + R"(","kind":"audio","rtpParameters":{"codecs":[]}})"),
      "id");
}

struct Node {
  Node(TestNodes& nodes, const std::string& name, ServerOptions options = open_rooms())
      : bus(nodes, name), rig(options, &bus) {}
  studio::StageCounts counts() {
    return rig.on_loop([this] { return rig.server->counts().stage; });
  }
  // The relay looks once a second who is there: until that has happened.
  template <class Condition>
  bool until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + test_patience;
    while (!condition(counts())) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  TestNodeBus bus;
  TestRig rig;
};

class RelayTest : public testing::Test {
 protected:
  TestNodes nodes;
  std::optional<Node> a{std::in_place, nodes, "a"}, b{std::in_place, nodes, "b"};
};

TEST_F(RelayTest, PeopleOfTwoNodesMeet) {
  TestPerson alice(a->rig), bob(b->rig);
  EXPECT_THAT(arrive(alice, "alice"), HasSubstr(R"("peers":[])"));
  const auto producer = produce(alice);
  const auto met = arrive(bob, "bob");
  EXPECT_EQ(field(met, "userId"), "alice");
  EXPECT_EQ(field(met, "producerId"), producer);
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerJoined",{"peerId":")"));

  const auto receiving = field(bob.call("createTransport", R"({"direction":"recv"})"), "id");
  const auto consumed = bob.call("consume", R"({"transportId":")" + receiving + R"(","producerId":")" + producer +
                                                R"(","rtpCapabilities":{"codecs":[]}})");
  EXPECT_EQ(field(consumed, "producerId"), producer);
  const auto later = produce(bob);
  EXPECT_EQ(field(alice.next(), "producerId"), later);
  produce(alice);
  EXPECT_THAT(bob.next(), StartsWith(R"(42["newProducer",)"));

  EXPECT_EQ(a->counts().peers, 2u);
  EXPECT_EQ(b->counts().rooms, 0u) << "the room is on one node";
  EXPECT_THAT(bob.call("clock", R"({"t0":1})"), HasSubstr("t1"));
  EXPECT_EQ(field(bob.call("joinRoom", join_request("room", "bob")), "code"), "stage.already_joined");
  EXPECT_EQ(field(create(bob, "other"), "code"), "stage.already_joined");

  EXPECT_EQ(bob.call("leaveRoom"), R"([{"left":true}])");
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerLeft",)"));
  EXPECT_EQ(bob.call("leaveRoom"), R"([{"left":false}])");
  EXPECT_THAT(create(bob, "other"), HasSubstr("rtpCapabilities"));
  EXPECT_EQ(b->counts().rooms, 1u) << "a room of its own node";
}

TEST_F(RelayTest, TwoOfTwoNodesMayTellEachOtherHowToConnect) {
  TestPerson alice(a->rig), bob(b->rig);
  const auto alice_id = field(arrive(alice, "alice"), "peerId");
  const auto bob_id = field(arrive(bob, "bob"), "peerId");
  alice.next();
  const auto ended = [](const std::string& peer) { return R"({"peerId":")" + peer + R"(","ended":true})"; };
  EXPECT_EQ(bob.call("signal", ended(alice_id)), R"([{"relayed":true}])");
  EXPECT_EQ(alice.next(), "42[\"signal\"," + ended(bob_id) + "]");
  EXPECT_EQ(alice.call("signal", ended(bob_id)), R"([{"relayed":true}])");
  EXPECT_EQ(bob.next(), "42[\"signal\"," + ended(alice_id) + "]");
}

TEST_F(RelayTest, ANodeThatHasEnoughLeavesNewRoomsToAnother) {
  a.reset(), b.reset();
  nodes.end("a"), nodes.end("b");
  auto options = open_rooms();
  options.nodes.rooms = 1;
  Node d(nodes, "d", options), c(nodes, "c", options);
  TestPerson alice(c.rig), bob(c.rig), cleo(d.rig), emil(c.rig);
  arrive(alice, "alice", "one");
  EXPECT_EQ(c.counts().rooms, 1u);
  arrive(bob, "bob", "two");
  EXPECT_EQ(c.counts().rooms, 1u);
  EXPECT_EQ(d.counts().rooms, 1u) << "asked for here, begun there";
  EXPECT_EQ(field(arrive(cleo, "cleo", "two"), "userId"), "bob");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["peerJoined",)"));
  EXPECT_THAT(arrive(emil, "emil", "two"), HasSubstr("cleo"));

  nodes.end("d");
  std::string told = bob.next();
  while (told.starts_with(R"(42["peerJoined",)")) told = bob.next();
  EXPECT_EQ(told, R"(42["leftRoom",{}])");
  EXPECT_THAT(arrive_again(bob, "bob", "two"), HasSubstr(R"("peers":[])"));
  EXPECT_EQ(c.counts().rooms, 2u);
}

TEST_F(RelayTest, ABusyNodeLeavesNewRoomsToAnother) {
  Node c(nodes, "c");  // has heard of a and b
  c.rig.busy = 0.7;
  TestPerson alice(c.rig), bob(c.rig);
  arrive(alice, "alice");
  EXPECT_EQ(c.counts().rooms, 0u);
  c.rig.busy = 0.6;
  arrive(bob, "bob", "other");
  EXPECT_EQ(c.counts().rooms, 1u);
}

TEST_F(RelayTest, MistakesAreAnsweredFromAfar) {
  TestPerson alice(a->rig), bob(b->rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  EXPECT_EQ(field(bob.call("noSuchEvent"), "code"), "realtime.unknown_event");
  EXPECT_EQ(field(bob.call("createTransport", R"({"direction":"up"})"), "code"), "realtime.invalid_request");
  EXPECT_EQ(field(bob.call("joinRoom", R"({"callId":7})"), "code"), "realtime.invalid_request");
}

TEST_F(RelayTest, ADisconnectionCleansUpAfar) {
  TestPerson alice(a->rig);
  arrive(alice, "alice");
  {
    TestPerson bob(b->rig);
    arrive(bob, "bob");
    alice.next();
  }
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerLeft",)"));
}

TEST_F(RelayTest, EventsSentWithoutWaitingKeepTheirOrder) {
  TestPerson alice(a->rig), bob(b->rig);
  arrive(alice, "alice");
  bob.connect();
  bob.send(R"(42["createRoom",{"callId":"room"}])");
  bob.send("42[\"joinRoom\"," + join_request("room", "bob") + "]");
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerJoined",)"));
}

TEST_F(RelayTest, RightsHoldAfarAndPresenceIsToldByTheRoomsNode) {
  Node c(nodes, "c", {}), d(nodes, "d", {});
  TestPerson alice(c.rig), viewer(d.rig), stranger(d.rig);
  alice.connect(R"({"token":"p1@s"})");
  create(alice, "s");
  alice.call("joinRoom", join_request("s", "x"));
  viewer.connect(R"({"token":"viewer:p2@s"})");
  EXPECT_EQ(field(create(viewer, "other"), "code"), "stage.other_room");
  EXPECT_THAT(create(viewer, "s"), HasSubstr("rtpCapabilities"));
  EXPECT_EQ(field(viewer.call("joinRoom", join_request("s", "x")), "name"), "Name of p1");
  const auto transport = field(viewer.call("createTransport", R"({"direction":"send"})"), "id");
  EXPECT_EQ(field(viewer.call("produce",
                              R"({"transportId":")" + transport + R"(","kind":"audio","rtpParameters":{"codecs":[]}})"),
                  "code"),
            "stage.may_not_produce");
  // The same participant from another node takes their own place.
  TestPerson again(d.rig);
  again.connect(R"({"token":"p1@s"})");
  create(again, "s");
  EXPECT_EQ(field(again.call("joinRoom", join_request("s", "x")), "name"), "Name of p2");
  alice.next();  // peerJoined of the viewer
  EXPECT_EQ(alice.next(), R"(42["displaced",{}])");
  again.call("leaveRoom");
  EXPECT_EQ(c.rig.on_loop([&] { return c.rig.presence; }),
            (std::vector<std::string>{"+p1", "+p2", "-p1", "+p1", "-p1"}));
  EXPECT_TRUE(d.rig.on_loop([&] { return d.rig.presence; }).empty());
}

// Somebody was let in from the lobby, and asks for the room before their node has heard of it.
TEST_F(RelayTest, HowThingsStandIsAskedBeforeARoomIs) {
  constexpr base::ErrorCode waits{base::ErrorKind::forbidden, "studio.waiting"};
  std::atomic<bool> waiting = true;
  const auto standing = [&](const std::string& id) -> base::Result<Identity::Participant> {
    Identity::Participant person{id, "s", "Name of " + id};
    if (waiting) person.barred = base::Error{waits, "wait", {}};
    return person;
  };
  TestNodeBus first(nodes, "e"), second(nodes, "f");
  TestRig here({}, &first), there({}, &second, standing);
  TestPerson alice(here), bob(there);
  alice.connect(R"({"token":"p1@s"})");
  create(alice, "s");
  alice.call("joinRoom", join_request("s", "x"));
  bob.connect(R"({"token":"p2@s"})");
  EXPECT_EQ(field(create(bob, "s"), "code"), "studio.waiting");
  waiting = false;
  EXPECT_THAT(create(bob, "s"), HasSubstr("rtpCapabilities"));
  EXPECT_EQ(field(bob.call("joinRoom", join_request("s", "x")), "name"), "Name of p1");
}

TEST_F(RelayTest, ANodeThatDiesFreesItsRooms) {
  TestPerson bob(b->rig);
  {
    TestPerson alice(a->rig);
    arrive(alice, "alice");
    arrive(bob, "bob");
    alice.next();
    nodes.cut = true;  // its last words do not arrive
    alice.hang_up();
  }
  a.reset();
  nodes.end("a");
  nodes.cut = false;
  EXPECT_EQ(bob.next(), R"(42["leftRoom",{}])");
  EXPECT_THAT(create(bob), HasSubstr("rtpCapabilities"));
  EXPECT_THAT(bob.call("joinRoom", join_request("room", "bob")), HasSubstr(R"("peers":[])"));
  EXPECT_EQ(b->counts().peers, 1u);
}

TEST_F(RelayTest, PeopleOfANodeThatDiesAreGone) {
  TestPerson alice(a->rig), bob(b->rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  nodes.end("b");
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerLeft",)"));
}

TEST_F(RelayTest, WithoutTheOthersNewRoomsAreRefusedAndOldOnesGoOn) {
  TestPerson alice(a->rig), bob(b->rig), cleo(b->rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  cleo.connect();
  nodes.cut = true;
  EXPECT_EQ(field(create(cleo), "code"), "bus.unavailable");
  EXPECT_EQ(field(bob.call("getProducers"), "code"), "bus.unavailable");
  EXPECT_THAT(alice.call("getProducers"), HasSubstr("producers"));
  nodes.cut = false;
  EXPECT_THAT(bob.call("getProducers"), HasSubstr("producers")) << "still in the room";
  EXPECT_THAT(create(cleo), HasSubstr("rtpCapabilities"));
}

// What was lost on the way is found by calling the roll.
TEST_F(RelayTest, AfterAGapNobodyIsLeftBehind) {
  TestPerson alice(a->rig), bob(b->rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  nodes.cut = true;
  bob.hang_up();
  nodes.cut = false;
  nodes.wire->publish("node/b",
                      R"({"kind":"rollCall","body":{"from":"a"}})");  // as a does when it has missed something
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerLeft",)"));
}

TEST_F(RelayTest, ARoomThatAnotherNodeHasTakenEndsHere) {
  TestPerson alice(a->rig), bob(b->rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  nodes.take_over("room/room", "b");
  EXPECT_THAT(alice.next(), StartsWith("42[\""));  // whose turn came first: peerLeft of bob, or leftRoom
  EXPECT_TRUE(a->until([](const auto& counts) { return counts.rooms == 0; }));
  std::string told = bob.next();
  while (told.starts_with(R"(42["peerLeft")")) told = bob.next();
  EXPECT_EQ(told, R"(42["leftRoom",{}])");
}

TEST_F(RelayTest, AnEmptyRoomIsGivenBack) {
  TestPerson alice(a->rig), bob(b->rig);
  arrive(alice, "alice");
  alice.call("leaveRoom");
  const auto end = std::chrono::steady_clock::now() + test_patience;
  const auto is_claimed = [&] {
    const std::lock_guard guard(nodes.lock);
    return nodes.claims.contains("room/room");
  };
  while (is_claimed() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_FALSE(is_claimed());
  arrive(bob, "bob");
  EXPECT_EQ(b->counts().peers, 1u);
}

TEST(RelayMessages, AreReadAsTheyWerePrinted) {
  RelayRequest request{"a", 7, "socket", {}, "joinRoom", {{"callId", "room"}}};
  request.who.participant_id = "p";
  const auto again = parse_relay_message(print_relay_message(request));
  ASSERT_TRUE(again);
  const auto& read = std::get<RelayRequest>(*again);
  EXPECT_EQ(read.number, 7u);
  EXPECT_EQ(read.who.participant_id, "p");
  EXPECT_EQ(read.data, request.data);
  for (auto bad : {"", "[]", "{}", R"({"kind":"request","body":{}})", R"({"kind":"else","body":{"from":"a"}})",
                   R"({"kind":7,"body":{"from":"a"}})"}) {
    EXPECT_FALSE(parse_relay_message(bad)) << bad;
  }
}

}  // namespace
}  // namespace greenroom::api::realtime

// The signaling events over one WebSocket each, with a media gateway that answers without an SFU.
#include "api/realtime/signaling.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "api/realtime/detail/test_rig.hpp"
#include "wire/json.hpp"

namespace greenroom::api::realtime {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SignalingTest : public testing::Test {
 protected:
  TestRig rig{open_rooms()};

  std::string arrive(TestPerson& person, const std::string& user, const std::string& room = "room") {
    person.connect();
    EXPECT_THAT(person.call("createRoom", R"({"callId":")" + room + "\"}"), HasSubstr("rtpCapabilities"));
    return person.call("joinRoom", join_request(room, user));
  }
  static std::string id_of(const std::string& answer) { return field(answer, "id"); }
  std::string produce(TestPerson& person) {
    const auto transport = id_of(person.call("createTransport", R"({"direction":"send"})"));
    return id_of(
        person.call("produce", R"({"transportId":")" + transport +
                                   R"(","kind":"audio","rtpParameters":{"codecs":[]},"appData":{"source":"mic"}})"));
  }
};

TEST_F(SignalingTest, TwoPeopleMeet) {
  TestPerson alice(rig), bob(rig);
  EXPECT_THAT(arrive(alice, "alice"), HasSubstr(R"("peers":[])"));
  const auto producer = produce(alice);
  const auto met = arrive(bob, "bob");
  EXPECT_EQ(field(met, "userId"), "alice");
  EXPECT_EQ(field(met, "producerId"), producer);
  EXPECT_THAT(met, HasSubstr(R"("appData":{"source":"mic"})"));
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerJoined",{"peerId":")"));
  EXPECT_THAT(bob.call("getProducers"), HasSubstr(producer));
  const auto receiving = bob.call("createTransport", R"({"direction":"recv"})");
  EXPECT_THAT(receiving, HasSubstr("iceParameters"));
  EXPECT_THAT(receiving, HasSubstr("iceCandidates"));
  EXPECT_EQ(bob.call("connectTransport", R"({"transportId":")" + id_of(receiving) +
                                             R"(","dtlsParameters":{"role":"client","fingerprints":[]}})"),
            R"([{"connected":true}])");
  const auto consumed = bob.call("consume", R"({"transportId":")" + id_of(receiving) + R"(","producerId":")" +
                                                producer + R"(","rtpCapabilities":{"codecs":[]}})");
  EXPECT_EQ(field(consumed, "producerId"), producer);
  EXPECT_EQ(bob.call("resumeConsumer", R"({"consumerId":")" + id_of(consumed) + "\"}"), R"([{"resumed":true}])");
  const auto later = produce(bob);
  EXPECT_EQ(field(alice.next(), "producerId"), later);
  EXPECT_EQ(bob.call("leaveRoom"), R"([{"left":true}])");
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerLeft",)"));
  EXPECT_EQ(bob.call("leaveRoom"), R"([{"left":false}])");
}

TEST_F(SignalingTest, TwoMaySpeakDirectlyAndAThirdNeedsTheServer) {
  TestPerson alice(rig), bob(rig), cora(rig);
  EXPECT_EQ(field(arrive(alice, "alice"), "mode"), "direct");
  EXPECT_EQ(field(arrive(bob, "bob"), "mode"), "direct");
  EXPECT_EQ(field(arrive(cora, "cora"), "mode"), "server");
}

TEST_F(SignalingTest, WhatTwoBrowsersHaveToTellEachOtherGoesUnreadToThatOneOnly) {
  TestPerson alice(rig), bob(rig), cora(rig);
  const auto alice_id = field(arrive(alice, "alice"), "peerId");
  arrive(cora, "cora");
  const auto met = arrive(bob, "bob");
  for (auto* person : {&alice, &alice, &cora}) EXPECT_THAT(person->next(), HasSubstr("peerJoined"));
  const auto bob_id = field(met, "peerId");
  const auto to_alice = [&](const std::string& rest) {
    return bob.call("signal", R"({"peerId":")" + alice_id + "\"," + rest + "}");
  };
  EXPECT_EQ(to_alice(R"("description":{"type":"offer","sdp":"anything"})"), R"([{"relayed":true}])");
  EXPECT_EQ(alice.next(),
            R"(42["signal",{"peerId":")" + bob_id + R"(","description":{"type":"offer","sdp":"anything"}}])");
  EXPECT_EQ(to_alice(R"("candidate":{"candidate":"","sdpMid":"0"})"), R"([{"relayed":true}])");
  EXPECT_EQ(alice.next(), R"(42["signal",{"peerId":")" + bob_id + R"(","candidate":{"candidate":"","sdpMid":"0"}}])");
  EXPECT_EQ(to_alice(R"("ended":true)"), R"([{"relayed":true}])");
  EXPECT_THAT(alice.next(), HasSubstr(R"("ended":true)"));

  EXPECT_EQ(field(to_alice(R"("ended":true,"candidate":{})"), "code"), "realtime.invalid_request");
  EXPECT_EQ(field(to_alice(R"("description":"text")"), "code"), "realtime.invalid_request");
  const std::string long_text(Signaling::description_max, 'x');
  EXPECT_EQ(field(to_alice(R"("description":{"sdp":")" + long_text + "\"}"), "code"), "realtime.invalid_request");
  EXPECT_EQ(
      field(to_alice(R"("candidate":{"candidate":")" + long_text.substr(0, Signaling::candidate_max) + "\"}"), "code"),
      "realtime.invalid_request");
  const auto to_self = R"({"peerId":")" + bob_id + R"(","ended":true})";
  EXPECT_EQ(field(bob.call("signal", to_self), "code"), "stage.no_such_peer");
  TestPerson dora(rig);
  arrive(dora, "dora", "elsewhere");
  EXPECT_EQ(field(dora.call("signal", to_self), "code"), "stage.no_such_peer");
  TestPerson stranger(rig);
  stranger.connect();
  EXPECT_EQ(field(stranger.call("signal", to_self), "code"), "stage.not_joined");
}

TEST_F(SignalingTest, SignalsHaveALimitOfTheirOwn) {
  TestPerson alice(rig), bob(rig);
  const auto alice_id = field(arrive(alice, "alice"), "peerId");
  arrive(bob, "bob");
  const auto request = R"({"peerId":")" + alice_id + R"(","candidate":{}})";
  std::string answer;
  for (std::uint32_t i = 0; i < 100 * Signaling::signal_rate.burst && answer.find("error") == answer.npos; ++i) {
    answer = bob.call("signal", request);
  }
  EXPECT_EQ(field(answer, "code"), "realtime.too_many_signals");
  EXPECT_THAT(bob.call("getProducers"), HasSubstr("producers"));
}

TEST_F(SignalingTest, ClientsAreToldOfRelaysWithACredentialOfTheirOwn) {
  TestPerson alice(rig);
  EXPECT_THAT(arrive(alice, "alice"), Not(HasSubstr("iceServers")));
  rig.on_loop([this] { rig.has_relay = true; });
  TestPerson bob(rig);
  const auto joined = arrive(bob, "bob");
  const auto expected = R"("iceServers":[{"urls":["turn:relay"],"username":"1:)" + field(joined, "peerId") +
                        R"(","credential":"secret"}])";
  EXPECT_THAT(joined, HasSubstr(expected));
  EXPECT_THAT(bob.call("createTransport", R"({"direction":"send"})"), HasSubstr(expected));
}

TEST_F(SignalingTest, DisconnectCleansUp) {
  TestPerson alice(rig);
  arrive(alice, "alice");
  {
    TestPerson bob(rig);
    arrive(bob, "bob");
    alice.next();
  }
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerLeft",)"));
  alice.hang_up();
  const auto counts = rig.on_loop([this] { return rig.server->counts(); });
  EXPECT_EQ(counts.connections + counts.stage.rooms + counts.stage.peers, 0u);
}

TEST_F(SignalingTest, EveryMistakeGetsAClearError) {
  TestPerson person(rig);
  person.connect();
  EXPECT_EQ(person.call("noSuchEvent"), R"([{"error":"there is no such event","code":"realtime.unknown_event"}])");
  EXPECT_EQ(field(person.call("produce", R"({"transportId":"00000000-0000-7000-8000-000000000000","kind":"audio",)"
                                         R"("rtpParameters":{"codecs":[]}})"),
                  "code"),
            "stage.not_joined");
  EXPECT_EQ(field(person.call("joinRoom", join_request("room", "x")), "code"), "stage.no_such_room");
  EXPECT_EQ(field(person.call("getProducers"), "code"), "stage.not_joined");
  const auto invalid = person.call("joinRoom", R"({"callId":5,"rtpCapabilities":{"codecs":[{}]}})");
  EXPECT_EQ(field(invalid, "code"), "realtime.invalid_request");
  for (auto name : {"callId", "userId", "rtpCapabilities.codecs[0].mimeType"}) {
    EXPECT_THAT(invalid, HasSubstr(std::string(R"("field":")") + name)) << invalid;
  }
  EXPECT_EQ(field(person.call("createTransport", R"({"direction":"up"})"), "code"), "realtime.invalid_request");
  EXPECT_EQ(field(person.call("createRoom", "\"text\""), "code"), "realtime.invalid_request");
  EXPECT_EQ(field(person.call("createRoom", "null"), "code"), "realtime.invalid_request");
  EXPECT_EQ(field(person.call("createRoom", R"({"callId":""})"), "code"), "realtime.invalid_request");
  EXPECT_THAT(person.call("clock", R"({"t0":1.5})"), StartsWith(R"([{"t0":1.5E0,"t1":)"));  // still at our service
}

TEST_F(SignalingTest, EventsWithoutAcknowledgementHaveTheirEffect) {
  TestPerson alice(rig), bob(rig);
  arrive(alice, "alice");
  bob.connect();
  bob.send(R"(42["noSuchEvent"])");
  bob.send(R"(42["createRoom",{"callId":5}])");
  bob.send("42[\"joinRoom\"," + join_request("room", "bob") + "]");
  EXPECT_THAT(alice.next(), StartsWith(R"(42["peerJoined",)"));
  EXPECT_EQ(field(bob.call("createRoom", R"({"callId":"other"})"), "code"), "stage.already_joined");
}

TEST_F(SignalingTest, AppDataIsBounded) {
  TestPerson person(rig);
  arrive(person, "x");
  const auto transport = id_of(person.call("createTransport", R"({"direction":"send"})"));
  EXPECT_THAT(person.call("produce", R"({"transportId":")" + transport +
                                         R"(","kind":"audio","rtpParameters":{"codecs":[]},"appData":{"x":")" +
                                         std::string(5000, 'x') + "\"}}"),
              HasSubstr("appData"));
}

TEST_F(SignalingTest, DataChannelsComeAndGo) {
  TestPerson alice(rig), bob(rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  const auto sending = alice.call("createTransport", R"({"direction":"send"})");
  EXPECT_THAT(sending, HasSubstr(R"("sctpParameters":{"port":5000,"OS":1024,"MIS":1024,"maxMessageSize":262144})"));
  const auto request = [&](const std::string& rest) { return R"({"transportId":")" + id_of(sending) + R"(",)" + rest; };
  const auto naming = [](const std::string& name, const std::string& id) {
    return "{\"" + name + "\":\"" + id + "\"}";
  };
  const auto produced =
      alice.call("produceData", request(R"("sctpStreamParameters":{"streamId":0,"ordered":true},"label":"chat"})"));
  const auto producer = id_of(produced);
  const auto told = bob.next();
  EXPECT_THAT(told, StartsWith(R"(42["newDataProducer",{"dataProducerId":")" + producer));
  EXPECT_THAT(told, HasSubstr(R"("label":"chat","protocol":"","appData":{})"));
  EXPECT_EQ(field(bob.call("getProducers"), "dataProducerId"), producer);
  const auto receiving = id_of(bob.call("createTransport", R"({"direction":"recv"})"));
  const auto consumed =
      bob.call("consumeData", R"({"transportId":")" + receiving + R"(","dataProducerId":")" + producer + R"("})");
  EXPECT_EQ(field(consumed, "dataProducerId"), producer);
  EXPECT_THAT(consumed, HasSubstr(R"("sctpStreamParameters":{"streamId":)"));
  const auto consumer = naming("dataConsumerId", id_of(consumed));
  EXPECT_THAT(bob.call("closeDataConsumer", consumer), HasSubstr(R"("closed":true)"));
  EXPECT_EQ(field(bob.call("closeDataConsumer", consumer), "code"), "stage.no_such_data_consumer");
  EXPECT_THAT(alice.call("closeDataProducer", naming("dataProducerId", producer)), HasSubstr(R"("closed":true)"));
  EXPECT_THAT(bob.next(), StartsWith(R"(42["dataProducerClosed",{"dataProducerId":")" + producer));
  for (const auto* wrong : {R"("label":"x"})", R"("sctpStreamParameters":{"streamId":70000}})",
                            R"("sctpStreamParameters":{"streamId":1,"maxRetransmits":-1}})"}) {
    EXPECT_EQ(field(alice.call("produceData", request(wrong)), "code"), "realtime.invalid_request") << wrong;
  }
}

TEST_F(SignalingTest, ProducersPauseAndClose) {
  TestPerson alice(rig), bob(rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  const auto request = R"({"producerId":")" + produce(alice) + "\"}";
  bob.next();
  EXPECT_EQ(alice.call("pauseProducer", request), R"([{"paused":true,"revision":4}])");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["producerPaused",)"));
  EXPECT_EQ(alice.call("resumeProducer", request), R"([{"resumed":true,"revision":5}])");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["producerResumed",)"));
  EXPECT_EQ(field(bob.call("closeProducer", request), "code"), "stage.no_such_producer");
  EXPECT_EQ(alice.call("closeProducer", request), R"([{"closed":true,"revision":6}])");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["producerClosed",)"));
}

// Every change of the room is the next revision: in the event to the others, in the answer to whose doing it was.
TEST_F(SignalingTest, RevisionsOfTheRoomCountUpWithoutGaps) {
  TestPerson alice(rig), bob(rig);
  EXPECT_THAT(arrive(alice, "alice"), HasSubstr(R"("revision":1)"));
  EXPECT_THAT(arrive(bob, "bob"), HasSubstr(R"("revision":2)"));
  EXPECT_THAT(alice.next(), HasSubstr(R"("revision":2)"));
  const auto producer = produce(alice);
  EXPECT_THAT(bob.next(), HasSubstr(R"("revision":3)"));
  EXPECT_THAT(alice.call("pauseProducer", R"({"producerId":")" + producer + "\"}"), HasSubstr(R"("revision":4)"));
  EXPECT_THAT(alice.call("pauseProducer", R"({"producerId":")" + producer + "\"}"), HasSubstr(R"("revision":4)"));
  EXPECT_THAT(bob.next(), HasSubstr(R"("revision":4)"));
  EXPECT_THAT(bob.call("getProducers"), HasSubstr(R"("revision":4)"));
  const auto room = bob.call("getRoom");
  EXPECT_THAT(room, HasSubstr(R"("revision":4)"));
  EXPECT_THAT(room, HasSubstr(producer));
  bob.call("leaveRoom");
  EXPECT_THAT(alice.next(), HasSubstr(R"("revision":5)"));
  EXPECT_EQ(field(bob.call("getRoom"), "code"), "stage.not_joined");
}

TEST_F(SignalingTest, StatisticsAreOnesOwn) {
  TestPerson alice(rig);
  arrive(alice, "alice");
  const auto stats = alice.call("getStats");
  EXPECT_THAT(stats, HasSubstr(R"("quality":{"score":10)"));
  EXPECT_THAT(stats, HasSubstr(R"("jitter":2E-2)"));
  EXPECT_THAT(stats, HasSubstr(R"("encodings":[{"bitrate":4E4,"score":9,"pliCount":1}])"));
  alice.call("leaveRoom");
  EXPECT_EQ(field(alice.call("getStats"), "code"), "stage.not_joined");
}

TEST_F(SignalingTest, LevelsReachThoseWhoAskedForThem) {
  TestPerson alice(rig), bob(rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  EXPECT_EQ(bob.call("setAudioLevels", R"({"wanted":true})"), R"([{"requested":true}])");
  const auto say = [&](int level) {
    rig.on_loop([&] {
      sfu::AudioLevels levels{{"room"}, {{{}, {}, level}}};
      rig.server->media_event(levels);
      rig.server->media_event(sfu::ActiveSpeaker{{"room"}, {}});
    });
  };
  say(-20);
  EXPECT_THAT(bob.next(), HasSubstr(R"("volume":-20)"));
  EXPECT_THAT(bob.next(), StartsWith(R"(42["activeSpeaker",)"));
  EXPECT_THAT(alice.next(), StartsWith(R"(42["activeSpeaker",)"));
  bob.call("setAudioLevels", R"({"wanted":false})");
  say(-30);
  EXPECT_THAT(bob.next(), StartsWith(R"(42["activeSpeaker",)"));
}

TEST_F(SignalingTest, PrioritiesAreBounded) {
  TestPerson alice(rig);
  arrive(alice, "alice");
  const auto ask = [&](const std::string& priority) {
    return field(alice.call("setConsumerPriority",
                            R"({"consumerId":"00000000-0000-7000-8000-000000000000","priority":)" + priority + "}"),
                 "code");
  };
  EXPECT_EQ(ask("0"), "realtime.invalid_request");
  EXPECT_EQ(ask("256"), "realtime.invalid_request");
  EXPECT_EQ(ask("255"), "stage.no_such_consumer");
}

TEST_F(SignalingTest, RecordingProgressReachesTheRoom) {
  TestPerson alice(rig), bob(rig);
  arrive(alice, "alice");
  arrive(bob, "bob");
  alice.next();
  EXPECT_EQ(alice.call("recordingProgress",
                       R"({"takeId":"t","source":"mic","capturedMs":1000,"safeMs":500,"pendingBytes":7})"),
            R"([{"relayed":true}])");
  EXPECT_THAT(bob.next(), StartsWith(R"(42["recordingProgress",{"takeId":"t","source":"mic")"));
  EXPECT_EQ(field(alice.call("recordingProgress",
                             R"({"takeId":"t","source":"radio","capturedMs":1000,"safeMs":500,"pendingBytes":7})"),
                  "code"),
            "realtime.invalid_request");
}

TEST(SignalingRightsTest, StrangersAreRefused) {
  TestRig rig;
  TestPerson person(rig);
  person.next();
  EXPECT_EQ(person.ask("40"), R"(44{"message":"a participant token or a signed-in user is needed",)"
                              R"("data":{"code":"realtime.unauthorized"}})");
  EXPECT_EQ(person.ask(R"(40{"token":"bad"})"),
            R"(44{"message":"bad token","data":{"code":"studio.participant_token"}})");
  EXPECT_THAT(person.ask(R"(40{"token":"Bearer p1@s"})"), StartsWith("40{"));
}

TEST(SignalingRightsTest, ParticipantsStayInTheirSession) {
  TestRig rig;
  TestPerson alice(rig), viewer(rig);
  alice.connect(R"({"token":"p1@s"})");
  EXPECT_EQ(field(alice.call("createRoom", R"({"callId":"other"})"), "code"), "stage.other_room");
  EXPECT_THAT(alice.call("createRoom", R"({"callId":"s"})"), HasSubstr("rtpCapabilities"));
  alice.call("joinRoom", join_request("s", "display"));
  viewer.connect(R"({"token":"viewer:p2@s"})");
  const auto met = viewer.call("joinRoom", join_request("s", "display"));
  EXPECT_EQ(field(met, "participantId"), "p1");
  EXPECT_EQ(field(met, "name"), "Name of p1");
  const auto transport = field(viewer.call("createTransport", R"({"direction":"send"})"), "id");
  EXPECT_EQ(field(viewer.call("produce",
                              R"({"transportId":")" + transport + R"(","kind":"audio","rtpParameters":{"codecs":[]}})"),
                  "code"),
            "stage.may_not_produce");
}

TEST(SignalingRightsTest, PresenceIsToldInOrder) {
  TestRig rig;
  const auto come = [&](TestPerson& person) {
    person.connect(R"({"token":"p1@s"})");
    person.call("createRoom", R"({"callId":"s"})");
    person.call("joinRoom", join_request("s", "x"));
  };
  TestPerson first(rig), second(rig);
  come(first);
  come(second);
  EXPECT_EQ(first.next(), R"(42["displaced",{}])");
  first.hang_up();
  second.call("leaveRoom");
  EXPECT_EQ(rig.on_loop([&] { return rig.presence; }), (std::vector<std::string>{"+p1", "-p1", "+p1", "-p1"}));
}

TEST(SignalingRightsTest, SessionEventsReachThoseWhoFollow) {
  TestRig rig;
  net::Headers cookie;
  cookie.set("Cookie", "greenroom_access=good");
  TestPerson participant(rig), user(rig, "EIO=4&transport=websocket", cookie), other(rig);
  participant.connect(R"({"token":"p1@s"})");
  other.connect(R"({"token":"p2@elsewhere"})");
  user.connect();
  EXPECT_EQ(field(user.call("createRoom", R"({"callId":"s"})"), "code"), "stage.needs_token");
  EXPECT_EQ(user.call("subscribe", R"({"sessionId":"s"})"), R"([{"subscribed":true}])");
  EXPECT_EQ(field(other.call("subscribe", R"({"sessionId":"s"})"), "code"), "studio.forbidden");
  rig.on_loop([&] {
    rig.server->session_event("s", R"({"event":"takeStarted","data":{"take":{"id":"t"}}})");
    rig.server->session_event("s", "nonsense");
    rig.server->session_event("elsewhere", R"({"event":"sessionChanged","data":{}})");
  });
  EXPECT_EQ(participant.next(), R"(42["takeStarted",{"take":{"id":"t"}}])");
  EXPECT_EQ(user.next(), R"(42["takeStarted",{"take":{"id":"t"}}])");
  EXPECT_EQ(other.next(), R"(42["sessionChanged",{}])");
}

// Cross-site WebSocket hijacking: a page of another site opens a socket and the browser sends our cookie with it.
TEST(SignalingRightsTest, CookieFromAnotherSitesPageMeansNothing) {
  TestRig rig;
  const auto connect = [&](const std::string& origin) {
    net::Headers headers;
    headers.set("Cookie", "greenroom_access=good");
    headers.set("Host", "studio.example:4000");
    headers.set("Origin", origin);
    TestPerson person(rig, "EIO=4&transport=websocket", headers);
    person.next();
    return person.ask("40").substr(0, 2);
  };
  EXPECT_EQ(connect("https://evil.example"), "44");
  EXPECT_EQ(connect("null"), "44");
  EXPECT_EQ(connect("https://studio.example"), "40");
  EXPECT_EQ(connect("http://studio.example:5173"), "40");
}

TEST(SignalingDocument, DescribesEveryEvent) {
  const auto document = wire::parse_json(event_document());
  ASSERT_TRUE(document);
  const auto& client = document->at("clientEvents").as_object();
  for (auto name :
       {"createRoom", "joinRoom", "createTransport", "connectTransport", "produce", "consume", "resumeConsumer",
        "getProducers", "getRoom", "getStats", "leaveRoom", "clock", "subscribe", "recordingProgress"}) {
    ASSERT_TRUE(client.contains(name)) << name;
    EXPECT_TRUE(client.at(name).as_object().contains("request"));
  }
  for (auto name : {"peerJoined", "peerLeft", "newProducer", "takeStarted", "jobProgress"}) {
    EXPECT_TRUE(document->at("serverEvents").as_object().contains(name)) << name;
  }
}

TEST(SignalingDocument, IsTheGoldenFromWhichTypesAreMade) {
  const std::string path = std::string(GREENROOM_SOURCE_DIR) + "/docs/events.json";
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << event_document();
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(event_document(), std::string(std::istreambuf_iterator<char>(file), {}))
      << "run api_tests with UPDATE_GOLDEN=1, then make contract";
}

TEST(SignalingDocument, GuideNamesEveryEvent) {
  std::ifstream file(std::string(GREENROOM_SOURCE_DIR) + "/docs/protocol.md");
  const std::string guide{std::istreambuf_iterator<char>(file), {}};
  const auto document = wire::parse_json(event_document());
  for (const auto* part : {"clientEvents", "serverEvents"}) {
    for (const auto& event : document->at(part).as_object()) {
      EXPECT_THAT(guide, HasSubstr("`" + std::string(event.key()) + "`"));
    }
  }
}

}  // namespace
}  // namespace greenroom::api::realtime

// WHIP and WHEP over HTTP values and a gateway that answers without an SFU: what is refused, what the others in the
// room see, what is left behind.
#include "api/rest/whip.hpp"

#include <gmock/gmock.h>

#include "api/api_fixture.hpp"
#include "api/realtime/detail/test_rig.hpp"
#include "rtc/capabilities.hpp"
#include "wire/sdp.hpp"
#include "wire/test_offers.hpp"

namespace greenroom::api {
namespace {

using realtime::open_rooms;
using realtime::TestPerson;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string fragment = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";

class WhipTest : public testing::Test {
 protected:
  WhipTest() {
    rig.media.called = [this] { rig.loop.post([this] { answer_media(); }); };
    const auto admit = [](const SdpVisitor& who) -> base::Result<SdpAdmission> {
      if (who.token == "bad") return base::fail({base::ErrorKind::unauthorized, "studio.participant_token"}, "bad");
      return SdpAdmission{who.token.empty() ? std::nullopt : std::optional(who.token), who.room, who.agrees};
    };
    sessions = std::make_unique<WhipSessions>(
        WhipSessions::Dependencies{rig.loop, rig.pool, *rig.server, rig.rng, rig.log, admit});
  }
  ~WhipTest() override {
    rig.on_loop([this] { sessions.reset(); });
  }

  // ---- the media server

  sfu::ReplyBody reply(const sfu::CreateRoom&) { return sfu::RoomCreated{rtc::router_capabilities()}; }
  sfu::ReplyBody reply(const sfu::JoinRoom&) { return sfu::Joined{studio::make_test_id<sfu::PeerId>()}; }
  sfu::ReplyBody reply(const sfu::CreateTransport&) {
    transport = studio::make_test_id<sfu::TransportId>();
    return sfu::TransportCreated{transport,
                                 {"ours", "a-password-of-ours-22-chars", true},
                                 {{"host0", 1, "192.0.2.9", "192.0.2.9", "udp", 40000, "host", {}}},
                                 {"auto", {{"sha-256", "AA:BB"}}}};
  }
  sfu::ReplyBody reply(const sfu::RestartIce&) {
    return sfu::IceRestarted{{"newer", "another-password-22-chars", true}};
  }
  sfu::ReplyBody reply(const sfu::Produce&) { return sfu::Produced{studio::make_test_id<sfu::ProducerId>()}; }
  sfu::ReplyBody reply(const sfu::Consume& c) {
    consumers.push_back(studio::make_test_id<sfu::ConsumerId>());
    return sfu::Consumed{consumers.back(), c.producer, wire::MediaKind::audio, {}, false, false, false};
  }
  template <class Other>
  sfu::ReplyBody reply(const Other&) {
    return sfu::Done{};
  }
  void answer_media() {
    while (!rig.media.calls.empty()) {
      auto call = std::move(rig.media.calls.front());
      rig.media.calls.erase(rig.media.calls.begin());
      const bool refused = refuse_index == call.command.index();
      auto result = std::visit([this](const auto& c) { return reply(c); }, call.command);
      commands.push_back(call.command);
      refused ? call.answered(base::fail(sfu::errors::too_many, "full")) : call.answered(std::move(result));
    }
  }
  template <class Command>
  std::vector<Command> sent() {
    return rig.on_loop([this] {
      std::vector<Command> found;
      for (const auto& command : commands) {
        if (const auto* one = std::get_if<Command>(&command)) found.push_back(*one);
      }
      return found;
    });
  }

  // ---- the client

  using Future = std::future<net::Response>;
  template <class Ask>
  net::Response ask(std::string method, std::string body, net::Headers headers, Ask how) {
    auto promise = std::make_shared<std::promise<net::Response>>();
    auto answer = promise->get_future();
    const net::Request request{std::move(method), "/", query, std::move(headers), std::move(body), "127.0.0.1", "test"};
    rig.loop.post(
        [=] { how(request, [promise](net::Response response) { promise->set_value(std::move(response)); }); });
    EXPECT_EQ(answer.wait_for(realtime::test_patience), std::future_status::ready);
    return answer.get();
  }
  net::Response open(SdpWay way, std::string offer, const std::string& token = "",
                     std::string_view type = "application/sdp") {
    net::Headers headers;
    headers.set("Content-Type", std::string(type));
    if (!token.empty()) headers.set("Authorization", "Bearer " + token);
    return ask("POST", std::move(offer), headers,
               [this, way](const auto& request, auto done) { sessions->open(way, request, "room", "", done); });
  }
  net::Response patch(const std::string& id, const std::string& match, std::string body = fragment,
                      std::string_view type = "application/trickle-ice-sdpfrag") {
    net::Headers headers;
    headers.set("Content-Type", std::string(type));
    if (!match.empty()) headers.set("If-Match", match);
    return ask("PATCH", std::move(body), headers,
               [this, id](const auto& request, auto done) { sessions->patch(request, id, done); });
  }
  net::Response remove(const std::string& id) {
    return ask("DELETE", "", {}, [this, id](const auto& request, auto done) { sessions->close(request, id, done); });
  }
  static std::string id_of(const net::Response& response) {
    const std::string location(response.headers.find("Location").value_or("/none"));
    return location.substr(location.rfind('/') + 1);
  }
  static std::string text(const net::Response& response) {
    return std::to_string(response.status) + " " + std::get<std::string>(response.body);
  }
  std::string publish(const std::string& token = "") {
    const auto response = open(SdpWay::publish, wire::test_offer("chromium"), token);
    EXPECT_EQ(response.status, 201) << text(response);
    return id_of(response);
  }
  void join(TestPerson& person, const std::string& user) {
    person.connect();
    person.call("createRoom", R"({"callId":"room"})");
    person.call("joinRoom", R"({"callId":"room","userId":")" + user + R"(","rtpCapabilities":{"codecs":[]}})");
  }
  // A producer of a person who has joined; its id.
  std::string produce(TestPerson& person, const std::string& kind, const std::string& source) {
    const auto id = [](const std::string& answer) { return answer.substr(answer.find(R"("id":")") + 6, 36); };
    const auto made = id(person.call("createTransport", R"({"direction":"send"})"));
    return id(person.call("produce", R"({"transportId":")" + made + R"(","kind":")" + kind +
                                         R"(","rtpParameters":{"codecs":[]},"appData":{"source":")" + source +
                                         R"("}})"));
  }
  std::size_t left() {
    return rig.on_loop([this] { return sessions->size() + rig.server->counts().stage.peers; });
  }
  void media_event(const studio::MediaEvent& event) {
    rig.on_loop([&] { rig.server->media_event(event); });
    for (int i = 0; i < 3; ++i) rig.on_loop([] {});  // what it sets off is posted, one step after the other
  }

  // On the rig's loop, which runs until the rig is gone.
  std::vector<sfu::CommandBody> commands;
  std::vector<sfu::ConsumerId> consumers;
  sfu::TransportId transport;
  std::size_t refuse_index = std::variant_npos;

  realtime::TestRig rig{open_rooms()};
  std::unique_ptr<WhipSessions> sessions;
  std::string query;
};

TEST_F(WhipTest, APublisherIsAPeerLikeOthers) {
  TestPerson bob(rig);
  join(bob, "bob");
  query = "name=Stage%20left";
  const auto response = open(SdpWay::publish, wire::test_offer("chromium"));
  ASSERT_EQ(response.status, 201) << text(response);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/sdp");
  EXPECT_THAT(std::string(*response.headers.find("Location")), StartsWith("/api/v1/whip/"));
  EXPECT_EQ(response.headers.find("ETag"), "\"ours\"");
  const auto answer = wire::sdp::parse(std::get<std::string>(response.body));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->sections[0].ice_ufrag, "ours");
  EXPECT_EQ(answer->sections[1].candidates[0].port, 40000);
  EXPECT_EQ(answer->sections[1].setup, wire::sdp::Setup::passive);

  EXPECT_THAT(bob.next(), AllOf(HasSubstr("peerJoined"), HasSubstr(R"("name":"Stage left")")));
  EXPECT_THAT(bob.next(), AllOf(HasSubstr("newProducer"), HasSubstr(R"("source":"mic","via":"whip")")));
  EXPECT_THAT(bob.next(), AllOf(HasSubstr("newProducer"), HasSubstr(R"("source":"camera","via":"whip")")));
  const auto connected = sent<sfu::ConnectTransport>();
  ASSERT_EQ(connected.size(), 1u);
  EXPECT_EQ(connected[0].dtls_parameters.role, "client");

  EXPECT_EQ(remove(id_of(response)).status, 200);
  EXPECT_THAT(bob.next(), HasSubstr("peerLeft"));
  EXPECT_EQ(remove(id_of(response)).status, 404);
  EXPECT_EQ(left(), 1u);
}

TEST_F(WhipTest, RelaysAreLinked) {
  rig.has_relay = true;
  const auto response = open(SdpWay::publish, wire::test_offer("obs"));
  ASSERT_EQ(response.status, 201) << text(response);
  EXPECT_THAT(std::string(response.headers.find("Link").value_or("")),
              AllOf(StartsWith("<turn:relay>; rel=\"ice-server\"; username=\"1:"), HasSubstr("credential=\"secret\"")));
}

TEST_F(WhipTest, WhatIsNoOfferIsRefusedAndLeavesNothing) {
  const auto offer = wire::test_offer("chromium");
  const auto without = [&](std::string what) {
    auto text = offer;
    for (auto at = text.find(what); at != text.npos; at = text.find(what)) text.erase(at, what.size());
    return text;
  };
  auto flac = offer;
  flac.replace(flac.find("opus/48000"), 10, "flac/48000");
  EXPECT_EQ(open(SdpWay::publish, offer, "", "text/plain").status, 415);
  EXPECT_EQ(open(SdpWay::publish, "hello").status, 400);
  EXPECT_EQ(open(SdpWay::publish, std::string(70'000, 'v')).status, 413);
  EXPECT_EQ(open(SdpWay::publish, without("a=rtcp-mux\r\n")).status, 422);
  EXPECT_EQ(open(SdpWay::publish, wire::test_offer("chromium_watch")).status, 422);
  EXPECT_EQ(open(SdpWay::watch, offer).status, 422);
  EXPECT_EQ(open(SdpWay::publish, flac).status, 406);
  EXPECT_EQ(open(SdpWay::publish, offer, "bad").status, 401);
  EXPECT_EQ(open(SdpWay::publish, offer, "pia@elsewhere").status, 403);
  EXPECT_EQ(open(SdpWay::publish, offer, "viewer:vic@room").status, 403);
  EXPECT_EQ(open(SdpWay::publish, offer, "waiting:wim@room").status, 403);
  EXPECT_EQ(left(), 0u);
}

TEST_F(WhipTest, WithoutATokenThereIsOnlyTheOpenRoom) {
  rig.on_loop([this] { sessions.reset(); });
  realtime::TestRig closed;
  auto strict = std::make_unique<WhipSessions>(WhipSessions::Dependencies{
      closed.loop, closed.pool, *closed.server, closed.rng, closed.log, [](const SdpVisitor& who) {
        return SdpAdmission{std::nullopt, who.room};
      }});
  auto promise = std::make_shared<std::promise<int>>();
  net::Request request{"POST", "/", "", {}, wire::test_offer("obs"), "127.0.0.1", "test"};
  request.headers.set("Content-Type", "application/sdp");
  closed.loop.post([&] {
    strict->open(SdpWay::publish, request, "room", "",
                 [promise](const net::Response& r) { promise->set_value(r.status); });
  });
  EXPECT_EQ(promise->get_future().get(), 401);
  closed.on_loop([&] { strict.reset(); });
}

TEST_F(WhipTest, WhenTheMediaServerRefusesNothingIsLeft) {
  for (const std::size_t index :
       {sfu::CommandBody(sfu::CreateRoom{}).index(), sfu::CommandBody(sfu::JoinRoom{}).index(),
        sfu::CommandBody(sfu::CreateTransport{}).index(), sfu::CommandBody(sfu::Produce{}).index()}) {
    refuse_index = index;
    EXPECT_EQ(open(SdpWay::publish, wire::test_offer("chromium")).status, 429);
    EXPECT_EQ(left(), 0u);
  }
}

TEST_F(WhipTest, CandidatesAreTakenAndIceIsRestarted) {
  const auto id = publish();
  EXPECT_EQ(patch("nobody", "\"ours\"").status, 404);
  EXPECT_EQ(patch(id, "").status, 428);
  EXPECT_EQ(patch(id, "\"others\"").status, 412);
  EXPECT_EQ(patch(id, "\"ours\"", fragment, "application/sdp").status, 415);
  EXPECT_EQ(patch(id, "\"ours\"", "nonsense").status, 400);
  EXPECT_EQ(patch(id, "*", "a=ice-ufrag:abcd\r\n").status, 400);
  const auto trickled = patch(id, "\"ours\"");
  EXPECT_EQ(trickled.status, 204);
  EXPECT_FALSE(trickled.headers.find("ETag"));
  EXPECT_TRUE(sent<sfu::RestartIce>().empty());

  const auto restarted = patch(id, "*");
  EXPECT_EQ(restarted.status, 200);
  EXPECT_EQ(restarted.headers.find("ETag"), "\"newer\"");
  EXPECT_EQ(restarted.headers.find("Content-Type"), "application/trickle-ice-sdpfrag");
  const auto given = wire::sdp::parse_fragment(std::get<std::string>(restarted.body));
  ASSERT_TRUE(given);
  EXPECT_EQ(given->ice_ufrag, "newer");
  EXPECT_EQ(patch(id, "\"ours\"").status, 412);
  EXPECT_EQ(patch(id, "\"newer\"").status, 204);
}

TEST_F(WhipTest, ALostConnectionEndsTheSession) {
  const auto id = publish();
  const auto peer = sent<sfu::CreateTransport>()[0].peer;
  media_event(sfu::TransportState{{"room"}, peer, transport, sfu::TransportStatus::connected});
  EXPECT_EQ(left(), 2u);  // the session and its peer
  media_event(sfu::TransportState{{"room"}, peer, transport, sfu::TransportStatus::disconnected});
  EXPECT_EQ(left(), 0u);
  EXPECT_EQ(patch(id, "\"ours\"").status, 404);
}

TEST_F(WhipTest, AParticipantWhoPublishesAgainTakesTheOldOnesPlace) {
  const auto first = publish("pia@room");
  const auto second = publish("pia@room");
  for (int i = 0; i < 3; ++i) rig.on_loop([] {});
  EXPECT_EQ(patch(first, "\"ours\"").status, 404);
  EXPECT_EQ(patch(second, "\"ours\"").status, 204);
  EXPECT_EQ(left(), 2u);
}

TEST_F(WhipTest, APersonWhoWantsADirectConnectionIsToldThatThereIsNone) {
  TestPerson bob(rig);
  join(bob, "bob");
  publish();
  const auto joined = bob.next();
  const auto peer = joined.substr(joined.find(R"("peerId":")") + 10, 36);
  bob.next(), bob.next();
  bob.send(R"(429["signal",{"peerId":")" + peer + R"(","description":{"type":"offer"}}])");
  EXPECT_THAT((std::vector{bob.next(), bob.next()}), testing::Contains(HasSubstr(R"("ended":true)")));
}

// ---- watching

TEST_F(WhipTest, AViewerSeesOneProducerInEachSlot) {
  TestPerson bob(rig);
  join(bob, "bob");
  const auto camera = produce(bob, "video", "camera");
  const auto mic = produce(bob, "audio", "mic");
  const auto response = open(SdpWay::watch, wire::test_offer("chromium_watch"));
  ASSERT_EQ(response.status, 201) << text(response);
  EXPECT_THAT(std::string(*response.headers.find("Location")), StartsWith("/api/v1/whep/"));
  EXPECT_THAT(bob.next(), HasSubstr("peerJoined"));
  for (int i = 0; i < 6; ++i) rig.on_loop([] {});
  auto consumed = sent<sfu::Consume>();
  ASSERT_EQ(consumed.size(), 2u);
  EXPECT_EQ(consumed[0].producer.str(), mic);
  EXPECT_EQ(consumed[0].slot->mid, "0");
  EXPECT_EQ(consumed[1].producer.str(), camera);
  EXPECT_EQ(consumed[1].slot->mid, "1");
  EXPECT_EQ(sent<sfu::ResumeConsumer>().size(), 2u);

  const auto screen = produce(bob, "video", "screen");  // worth more than a camera
  for (int i = 0; i < 8; ++i) rig.on_loop([] {});
  consumed = sent<sfu::Consume>();
  ASSERT_EQ(consumed.size(), 3u);
  EXPECT_EQ(consumed[2].producer.str(), screen);
  EXPECT_EQ(sent<sfu::CloseConsumer>().size(), 1u);

  bob.call("closeProducer", R"({"producerId":")" + screen + "\"}");
  media_event(sfu::ConsumerClosed{{"room"}, consumed[2].peer, consumers[2], consumed[2].producer});
  for (int i = 0; i < 6; ++i) rig.on_loop([] {});
  consumed = sent<sfu::Consume>();
  ASSERT_EQ(consumed.size(), 4u);
  EXPECT_EQ(consumed[3].producer.str(), camera);
  EXPECT_EQ(consumed[3].slot->ssrc, consumed[1].slot->ssrc);
}

TEST_F(WhipTest, AViewerWaitsInAnEmptyRoomAndFollowsWhoSpeaks) {
  const auto response = open(SdpWay::watch, wire::test_offer("chromium_watch"));
  ASSERT_EQ(response.status, 201) << text(response);
  EXPECT_TRUE(sent<sfu::Consume>().empty());
  TestPerson ann(rig), bob(rig);
  join(ann, "ann");
  const auto first = produce(ann, "audio", "mic");
  join(bob, "bob");
  const auto second = produce(bob, "audio", "mic");
  for (int i = 0; i < 6; ++i) rig.on_loop([] {});
  auto consumed = sent<sfu::Consume>();
  ASSERT_EQ(consumed.size(), 1u);
  EXPECT_EQ(consumed[0].producer.str(), first);

  const auto speaker = sent<sfu::Produce>()[1].peer;
  media_event(sfu::ActiveSpeaker{{"room"}, speaker});
  for (int i = 0; i < 6; ++i) rig.on_loop([] {});
  media_event(sfu::ActiveSpeaker{{"room"}, std::nullopt});  // silence changes nothing
  consumed = sent<sfu::Consume>();
  ASSERT_EQ(consumed.size(), 2u);
  EXPECT_EQ(consumed[1].producer.str(), second);
}

TEST_F(WhipTest, WhatAViewerCannotDecodeIsNotAskedForAgain) {
  TestPerson bob(rig);
  join(bob, "bob");
  produce(bob, "video", "camera");
  refuse_index = sfu::CommandBody(sfu::Consume{}).index();
  open(SdpWay::watch, wire::test_offer("chromium_watch"));
  for (int i = 0; i < 6; ++i) rig.on_loop([] {});
  EXPECT_EQ(sent<sfu::Consume>().size(), 1u);
  EXPECT_EQ(left(), 3u);  // bob, the session and its peer
}

// ---- who is let in

using WhipAdmission = ApiTest;

TEST_F(WhipAdmission, ParticipantsAndStreamKeysAreLetIn) {
  sign_up();
  const auto session = make_session();
  const auto admit = make_sdp_admission(*studio_);
  const auto token = guest_token(session);
  EXPECT_EQ(admit({SdpWay::publish, token, "", "x"})->room, session);
  EXPECT_EQ(admit({SdpWay::publish, token, "", "x"})->token, token);
  EXPECT_EQ(admit({SdpWay::publish, token, "another", "x"})->room, "another");  // which the signaling refuses
  EXPECT_EQ(admit({SdpWay::publish, "", "open", "x"})->token, std::nullopt);
  EXPECT_EQ(status_of(admit({SdpWay::publish, "", "", "x"}).error().code), 401);
  EXPECT_EQ(status_of(admit({SdpWay::publish, "nonsense", "", "x"}).error().code), 401);

  const auto invite = call("POST", "/api/v1/sessions/" + session + "/invites", R"({"role":"speaker"})");
  ASSERT_EQ(invite.status, 201) << invite.body;
  const auto key = invite.text("link").substr(std::string("/join/").size());
  const auto who = [&](SdpWay way, const std::string& name) {
    const auto admission = admit({way, key, "", name});
    EXPECT_TRUE(admission) << (admission ? "" : admission.error().what);
    return std::get<studio::ParticipantActor>(*studio_->participant_of(*admission->token)).participant;
  };
  const auto first = who(SdpWay::publish, "OBS");
  EXPECT_EQ(who(SdpWay::publish, "OBS"), first);
  EXPECT_NE(who(SdpWay::publish, "Second camera"), first);
  const auto player = who(SdpWay::watch, "Player");
  EXPECT_NE(who(SdpWay::watch, "Player"), player);
}

TEST_F(WhipAdmission, WhoeverHasNotAgreedIsNotRecorded) {
  sign_up();
  const auto session = make_session();
  const auto admit = make_sdp_admission(*studio_);
  const auto token = guest_token(session);
  const auto id = std::get<studio::ParticipantActor>(*studio_->participant_of(token)).participant;
  EXPECT_FALSE(admit({SdpWay::publish, token, "", "x"})->agreed);
  EXPECT_FALSE(studio_->attendance(id)->agreed);
  EXPECT_TRUE(admit({SdpWay::publish, token, "", "x", true})->agreed);
  EXPECT_TRUE(studio_->attendance(id)->agreed);
  EXPECT_TRUE(admit({SdpWay::publish, token, "", "x"})->agreed);  // what was agreed to stands
  const auto people = call("GET", "/api/v1/sessions/" + session);
  EXPECT_THAT(people.body, HasSubstr("\"consentedAt\""));
}

TEST_F(WhipTest, TheAnswerSaysWhetherThePublisherIsRecorded) {
  const auto asked = open(SdpWay::publish, wire::test_offer("chromium"));
  EXPECT_EQ(asked.headers.find("Recording-Consent"), "missing");
  query = "recording=agreed";
  const auto agreed = open(SdpWay::publish, wire::test_offer("chromium"), "pia@room");
  EXPECT_EQ(agreed.headers.find("Recording-Consent"), "given");
  EXPECT_FALSE(open(SdpWay::watch, wire::test_offer("chromium_watch")).headers.find("Recording-Consent"));
}

TEST_F(WhipAdmission, TheEndpointsSayWhatTheyTake) {
  const auto endpoint = send("OPTIONS", "/whip");
  EXPECT_EQ(endpoint.status, 200);
  EXPECT_EQ(endpoint.header("Accept-Post"), "application/sdp");
  EXPECT_EQ(send("OPTIONS", "/api/v1/whep/x").header("Accept-Patch"), "application/trickle-ice-sdpfrag");
  for (const auto* method : {"GET", "PUT", "PATCH", "DELETE"}) EXPECT_EQ(send(method, "/whip/key").status, 405);
  for (const auto* method : {"GET", "PUT", "POST"}) EXPECT_EQ(send(method, "/api/v1/whip/x").status, 405);
  const auto preflight =
      send("OPTIONS", "/whep", "", {{"Origin", "https://player.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(preflight.header("Access-Control-Allow-Headers"), HasSubstr("If-Match"));
}

}  // namespace
}  // namespace greenroom::api

#include "studio/stage.hpp"

#include <gtest/gtest.h>

#include "studio/test_media_gateway.hpp"

namespace greenroom::studio {
namespace {

struct Told {
  Seat seat;
  StageFact fact;
};

class StageTest : public testing::Test {
 protected:
  TestMediaGateway gateway;
  std::vector<Told> told;
  Stage stage{gateway, [this](const std::vector<Seat>& to, const StageFact& fact) {
                for (const auto& seat : to) told.push_back({seat, fact});
              }};

  // Runs one call to its end and gives its answer.
  template <class T, class Call>
  base::Result<T> ask(Call call) {
    std::optional<base::Result<T>> answer;
    call([&answer](base::Result<T> a) { answer.emplace(std::move(a)); });
    gateway.answer_all();
    EXPECT_TRUE(answer.has_value());
    return *std::move(answer);
  }
  Visitor anyone(Permissions may = Permissions::all()) { return {Visitor::Access::any_room, {}, {}, {}, may, {}}; }
  Visitor participant(std::string room, std::string id) {
    return {Visitor::Access::one_room, std::move(room), id, "Name of " + id, Permissions::all(), {}};
  }
  base::Result<sfu::RoomCreated> create(const Seat& seat, const std::string& room) {
    return ask<sfu::RoomCreated>([&](auto answer) { stage.create_room(seat, room, answer); });
  }
  base::Result<JoinResult> join(const Seat& seat, const std::string& room) {
    return ask<JoinResult>([&](auto answer) { stage.join(seat, {room, "user of " + seat, {}}, answer); });
  }
  JoinResult arrive(const Seat& seat, const std::string& room, std::optional<Visitor> visitor = {}) {
    stage.enter(seat, visitor.value_or(anyone()));
    EXPECT_TRUE(create(seat, room));
    auto joined = join(seat, room);
    EXPECT_TRUE(joined);
    return *joined;
  }
  sfu::TransportId transport(const Seat& seat, sfu::Direction direction) {
    return ask<sfu::TransportCreated>([&](auto answer) { stage.create_transport(seat, direction, answer); })->transport;
  }
  base::Result<sfu::Produced> produce(const Seat& seat, sfu::TransportId on) {
    return ask<sfu::Produced>([&](auto answer) { stage.produce(seat, {on, wire::MediaKind::audio, {}, {}}, answer); });
  }
  base::Result<sfu::Consumed> consume(const Seat& seat, sfu::TransportId on, sfu::ProducerId producer) {
    return ask<sfu::Consumed>([&](auto answer) { stage.consume(seat, {on, producer, {}}, answer); });
  }
  template <class Fact>
  std::vector<Seat> who_heard() {
    std::vector<Seat> seats;
    for (const auto& t : told) {
      if (std::holds_alternative<Fact>(t.fact)) seats.push_back(t.seat);
    }
    std::sort(seats.begin(), seats.end());
    return seats;
  }
};

template <class T>
std::string code(const base::Result<T>& result) {
  return result ? "ok" : std::string(result.error().code.name);
}

using Seats = std::vector<Seat>;

TEST_F(StageTest, NewcomerLearnsWhoIsThereAndTheyLearnOfIt) {
  arrive("a", "room");
  const auto sending = transport("a", sfu::Direction::send);
  const auto producer = produce("a", sending)->producer;
  const auto b = arrive("b", "room");
  ASSERT_EQ(b.others.size(), 1u);
  EXPECT_EQ(b.others[0].user_id, "user of a");
  ASSERT_EQ(b.others[0].producers.size(), 1u);
  EXPECT_EQ(b.others[0].producers[0].producer, producer);
  EXPECT_EQ(who_heard<PeerJoined>(), Seats{"a"});
  const auto counts = stage.counts();
  EXPECT_EQ(counts.rooms, 1u);
  EXPECT_EQ(counts.peers, 2u);
  EXPECT_EQ(counts.transports, 1u);
  EXPECT_EQ(counts.producers, 1u);
}

// One of the threads that a large room is on has hung: who was on it is outside, and may come back.
TEST_F(StageTest, PeersThatAreLostAreOutsideAndTheOthersStay) {
  arrive("a", "room");
  const auto b = arrive("b", "room");
  produce("b", transport("b", sfu::Direction::send));
  told.clear();
  stage.media_event(sfu::PeersLost{{"room"}, {b.peer}});
  EXPECT_EQ(who_heard<RoomGone>(), Seats{"b"});
  EXPECT_EQ(who_heard<PeerLeft>(), Seats{"a"});
  EXPECT_EQ(stage.counts().peers, 1u);
  EXPECT_EQ(stage.counts().producers, 0u);
  EXPECT_TRUE(stage.has_room("room"));
  EXPECT_EQ(arrive("b", "room").others.size(), 1u);
}

TEST_F(StageTest, OrderOfCallsIsChecked) {
  stage.enter("a", anyone());
  EXPECT_EQ(code(join("a", "room")), "stage.no_such_room");
  EXPECT_EQ(
      code(ask<sfu::TransportCreated>([&](auto answer) { stage.create_transport("a", sfu::Direction::send, answer); })),
      "stage.not_joined");
  EXPECT_EQ(code(produce("a", make_test_id<sfu::TransportId>())), "stage.not_joined");
  EXPECT_EQ(code(consume("a", make_test_id<sfu::TransportId>(), make_test_id<sfu::ProducerId>())), "stage.not_joined");
  EXPECT_EQ(code(stage.producers("a")), "stage.not_joined");
  EXPECT_FALSE(stage.leave("a"));
  EXPECT_TRUE(create("a", "room"));
  EXPECT_TRUE(join("a", "room"));
  EXPECT_EQ(code(join("a", "room")), "stage.already_joined");
  EXPECT_EQ(code(create("a", "other")), "stage.already_joined");
  EXPECT_TRUE(create("a", "room"));  // get-or-create, at any time
}

TEST_F(StageTest, ThingsBelongToTheirSeat) {
  arrive("a", "room");
  arrive("b", "room");
  const auto sending = transport("a", sfu::Direction::send);
  const auto receiving = transport("b", sfu::Direction::recv);
  const auto producer = produce("a", sending)->producer;
  const auto consumer = consume("b", receiving, producer)->consumer;
  EXPECT_EQ(code(produce("b", sending)), "stage.no_such_transport");
  EXPECT_EQ(code(produce("b", receiving)), "stage.wrong_direction");
  EXPECT_EQ(code(consume("a", sending, producer)), "stage.wrong_direction");
  EXPECT_EQ(code(ask<sfu::Done>([&](auto answer) { stage.close_producer("b", producer, answer); })),
            "stage.no_such_producer");
  EXPECT_EQ(code(ask<sfu::Done>([&](auto answer) { stage.resume_consumer("a", consumer, answer); })),
            "stage.no_such_consumer");
  EXPECT_EQ(code(ask<sfu::Done>([&](auto answer) { stage.resume_consumer("b", consumer, answer); })), "ok");
  EXPECT_EQ(code(consume("b", receiving, make_test_id<sfu::ProducerId>())), "stage.no_such_producer");
}

TEST_F(StageTest, RightsAreChecked) {
  stage.enter("nobody", {});
  EXPECT_EQ(code(create("nobody", "room")), "stage.needs_token");
  arrive("a", "room");
  stage.enter("p", participant("other", "p1"));
  EXPECT_EQ(code(create("p", "room")), "stage.other_room");
  EXPECT_EQ(code(join("p", "room")), "stage.other_room");
  arrive("viewer", "room", anyone({}));
  EXPECT_EQ(code(produce("viewer", transport("viewer", sfu::Direction::send))), "stage.may_not_produce");
}

TEST_F(StageTest, LeavingTellsTheOthersAndClosesAnEmptyRoom) {
  arrive("a", "room");
  arrive("b", "room");
  EXPECT_TRUE(stage.leave("b"));
  EXPECT_EQ(who_heard<PeerLeft>(), Seats{"a"});
  stage.exit("a");
  gateway.answer_all();
  EXPECT_EQ(gateway.count<sfu::LeaveRoom>(), 2u);
  EXPECT_EQ(gateway.count<sfu::CloseRoom>(), 1u);
  EXPECT_EQ(stage.counts().rooms, 0u);
  EXPECT_EQ(code(join("b", "room")), "stage.no_such_room");
}

TEST_F(StageTest, RoomThatNobodyEverJoinedIsClosedToo) {
  stage.enter("a", anyone());
  EXPECT_TRUE(create("a", "one"));
  EXPECT_TRUE(create("a", "two"));  // one seat holds one room
  EXPECT_EQ(stage.counts().rooms, 1u);
  stage.exit("a");
  gateway.answer_all();
  EXPECT_EQ(gateway.count<sfu::CloseRoom>(), 2u);
}

TEST_F(StageTest, FailedCreateLeavesNoRoom) {
  stage.enter("a", anyone());
  gateway.fail_next = base::ErrorCode{base::ErrorKind::exhausted, "sfu.too_many"};
  EXPECT_EQ(code(create("a", "room")), "sfu.too_many");
  EXPECT_EQ(stage.counts().rooms, 0u);
}

TEST_F(StageTest, SeatThatLeavesWhileJoiningIsTakenOutOfTheSfu) {
  arrive("a", "room");
  stage.enter("b", anyone());
  std::string answer;
  stage.join("b", {"room", "b", {}}, [&](const base::Result<JoinResult>& r) { answer = code(r); });
  stage.exit("b");
  gateway.answer_all();
  EXPECT_EQ(answer, "stage.left");
  EXPECT_EQ(gateway.count<sfu::LeaveRoom>(), 1u);
  EXPECT_EQ(stage.counts().peers, 1u);
  EXPECT_EQ(who_heard<PeerJoined>(), Seats{});
}

TEST_F(StageTest, AnswerOfAnEarlierStayIsNoAnswer) {
  arrive("a", "room");
  std::string answer;
  stage.create_transport("a", sfu::Direction::send,
                         [&](const base::Result<sfu::TransportCreated>& r) { answer = code(r); });
  stage.leave("a");
  gateway.answer_all();
  EXPECT_EQ(answer, "stage.left");
  EXPECT_EQ(stage.counts().transports, 0u);
}

TEST_F(StageTest, ParticipantWhoComesAgainDisplacesTheirOlderSelf) {
  arrive("tab1", "s", participant("s", "p1"));
  arrive("other", "s", participant("s", "p2"));
  told.clear();
  const auto again = arrive("tab2", "s", participant("s", "p1"));
  ASSERT_EQ(again.others.size(), 1u);
  EXPECT_EQ(again.others[0].participant_id, "p2");
  EXPECT_EQ(again.others[0].name, "Name of p2");
  EXPECT_EQ(who_heard<Displaced>(), Seats{"tab1"});
  EXPECT_EQ(who_heard<PeerLeft>(), Seats{"other"});
  EXPECT_EQ(who_heard<PeerJoined>(), Seats{"other"});
  EXPECT_EQ(stage.counts().peers, 2u);
}

TEST_F(StageTest, ProducersComeAndGo) {
  arrive("a", "room");
  arrive("b", "room");
  const auto sending = transport("a", sfu::Direction::send);
  const auto producer = produce("a", sending)->producer;
  EXPECT_EQ(who_heard<NewProducer>(), Seats{"b"});
  EXPECT_EQ(stage.producers("b")->size(), 1u);
  EXPECT_EQ(stage.producers("a")->size(), 0u);
  EXPECT_TRUE(ask<sfu::Done>([&](auto answer) { stage.pause_producer("a", producer, answer); }));
  EXPECT_TRUE(ask<sfu::Done>([&](auto answer) { stage.pause_producer("a", producer, answer); }));
  EXPECT_EQ(who_heard<ProducerPause>(), Seats{"b"});  // once
  EXPECT_TRUE(stage.producers("b")->front().producer.paused);
  EXPECT_TRUE(ask<sfu::Done>([&](auto answer) { stage.close_producer("a", producer, answer); }));
  EXPECT_EQ(who_heard<ProducerGone>(), Seats{"b"});
  EXPECT_EQ(stage.producers("b")->size(), 0u);
}

TEST_F(StageTest, EventsOfTheSfuReachThoseConcerned) {
  const auto a = arrive("a", "room").peer;
  const auto b = arrive("b", "room").peer;
  const auto sending = transport("a", sfu::Direction::send);
  const auto producer = produce("a", sending)->producer;
  const auto consumer = consume("b", transport("b", sfu::Direction::recv), producer)->consumer;
  told.clear();
  stage.media_event(sfu::ProducerClosed{{"room"}, a, producer});
  stage.media_event(sfu::ConsumerClosed{{"room"}, b, consumer, producer});
  stage.media_event(sfu::ActiveSpeaker{{"room"}, a});
  stage.media_event(sfu::ProducerScore{{"room"}, a, producer, 5, {5}});
  stage.media_event(sfu::TransportState{{"room"}, a, sending, sfu::TransportStatus::closed});
  stage.media_event(sfu::ActiveSpeaker{{"elsewhere"}, a});
  EXPECT_EQ(who_heard<ProducerGone>(), (Seats{"a", "b"}));
  EXPECT_EQ(who_heard<sfu::ConsumerClosed>(), Seats{"b"});
  EXPECT_EQ(who_heard<sfu::ActiveSpeaker>(), (Seats{"a", "b"}));
  EXPECT_EQ(who_heard<sfu::ProducerScore>(), Seats{"a"});
  EXPECT_EQ(who_heard<sfu::TransportState>(), Seats{"a"});
  EXPECT_EQ(stage.counts().producers + stage.counts().consumers, 0u);
}

TEST_F(StageTest, CallsAtOnceAreBounded) {
  arrive("a", "room");
  std::vector<std::string> answers;
  for (std::size_t i = 0; i <= Stage::calls_in_flight_max; ++i) {
    stage.create_transport("a", sfu::Direction::send,
                           [&](const base::Result<sfu::TransportCreated>& r) { answers.push_back(code(r)); });
  }
  EXPECT_EQ(answers, std::vector<std::string>{"stage.busy"});
  gateway.answer_all();
  EXPECT_EQ(answers.back(), "ok");
}

TEST_F(StageTest, AnswersAfterItsEndFindNothing) {
  TestMediaGateway late;
  auto gone = std::make_unique<Stage>(late, [](const auto&, const auto&) {});
  gone->enter("a", anyone());
  gone->create_room("a", "room", [](const auto&) { FAIL(); });
  gone.reset();
  late.answer_all();
}

TEST_F(StageTest, ARightThatIsTakenAwayEndsWhatItAllowed) {
  arrive("a", "room");
  arrive("b", "room");
  const auto sending = transport("a", sfu::Direction::send);
  const auto mic = produce("a", sending)->producer;
  told.clear();
  stage.update("a", anyone({Permission::publish_audio}));
  EXPECT_TRUE(told.empty());
  stage.update("a", anyone({Permission::publish_video}));
  gateway.answer_all();
  EXPECT_EQ(gateway.count<sfu::CloseProducer>(), 1u);
  EXPECT_EQ(who_heard<ProducerGone>(), (Seats{"a", "b"}));
  EXPECT_TRUE(stage.producers("b")->empty());
  EXPECT_EQ(produce("a", sending).error().code, stage_errors::may_not_produce);
  EXPECT_FALSE(mic.is_nil());
}

TEST_F(StageTest, WhatIsForbiddenWhileItIsMadeIsClosedAtOnce) {
  arrive("a", "room");
  const auto sending = transport("a", sfu::Direction::send);
  stage.produce("a", {sending, wire::MediaKind::audio, {}, {}}, [](auto) {});
  stage.update("a", anyone({}));
  gateway.answer_all();
  EXPECT_EQ(gateway.count<sfu::CloseProducer>(), 1u);
  EXPECT_EQ(stage.counts().producers, 0u);
}

TEST_F(StageTest, WhoIsBarredLeavesAndStaysOut) {
  constexpr base::ErrorCode over{base::ErrorKind::gone, "test.over"};
  arrive("a", "room");
  arrive("b", "room");
  Visitor barred = anyone();
  barred.barred = base::Error{over, "it is over", {}};
  stage.update("a", barred);
  EXPECT_EQ(who_heard<PeerLeft>(), Seats{"b"});
  EXPECT_EQ(create("a", "room").error().code, over);
  EXPECT_EQ(stage.may_hold("a", "room").error().code, over);
  stage.update("a", anyone());
  EXPECT_TRUE(join("a", "room"));
}

}  // namespace
}  // namespace greenroom::studio

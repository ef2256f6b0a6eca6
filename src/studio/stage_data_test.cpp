// Data producers and consumers on the stage: who may, who hears, whose they are.
#include <gtest/gtest.h>

#include "studio/stage.hpp"
#include "studio/test_media_gateway.hpp"

namespace greenroom::studio {
namespace {

class StageDataTest : public testing::Test {
 protected:
  template <class T, class Call>
  base::Result<T> ask(Call call) {
    std::optional<base::Result<T>> answer;
    call([&answer](base::Result<T> a) { answer.emplace(std::move(a)); });
    gateway.answer_all();
    return *std::move(answer);
  }
  JoinResult arrive(const Seat& seat, Permissions may = Permissions::all()) {
    stage.enter(seat, visitor(may));
    EXPECT_TRUE(ask<sfu::RoomCreated>([&](auto answer) { stage.create_room(seat, "room", answer); }));
    return *ask<JoinResult>([&](auto answer) { stage.join(seat, {"room", seat, {}}, answer); });
  }
  Visitor visitor(Permissions may) { return {Visitor::Access::any_room, {}, {}, {}, may, {}}; }
  sfu::TransportId transport(const Seat& seat, sfu::Direction direction) {
    return ask<sfu::TransportCreated>([&](auto answer) { stage.create_transport(seat, direction, answer); })->transport;
  }
  base::Result<sfu::DataProduced> produce(const Seat& seat, sfu::TransportId on) {
    return ask<sfu::DataProduced>([&](auto answer) { stage.produce_data(seat, {on, {}, "chat", "json", {}}, answer); });
  }
  base::Result<sfu::DataConsumed> consume(const Seat& seat, sfu::TransportId on, sfu::DataProducerId producer) {
    return ask<sfu::DataConsumed>([&](auto answer) { stage.consume_data(seat, on, producer, answer); });
  }
  template <class Fact>
  std::vector<Seat> who_heard() {
    std::vector<Seat> seats;
    for (const auto& [seat, fact] : told) {
      if (std::holds_alternative<Fact>(fact)) seats.push_back(seat);
    }
    std::sort(seats.begin(), seats.end());
    return seats;
  }

  TestMediaGateway gateway;
  std::vector<std::pair<Seat, StageFact>> told;
  Stage stage{gateway, [this](const std::vector<Seat>& to, const StageFact& fact) {
                for (const auto& seat : to) told.emplace_back(seat, fact);
              }};
};

template <class T>
std::string code_of(const base::Result<T>& result) {
  return result ? "ok" : std::string(result.error().code.name);
}

using SeatList = std::vector<Seat>;

TEST_F(StageDataTest, OthersHearOfADataProducerAndNewcomersFindIt) {
  arrive("a"), arrive("b");
  const auto producer = produce("a", transport("a", sfu::Direction::send))->producer;
  EXPECT_EQ(who_heard<NewDataProducer>(), SeatList{"b"});
  ASSERT_EQ(stage.data_producers("b")->size(), 1u);
  EXPECT_TRUE(stage.data_producers("a")->empty());
  const auto c = arrive("c");
  ASSERT_EQ(c.others.size(), 2u);
  const auto& a = c.others[0].data_producers.empty() ? c.others[1] : c.others[0];
  ASSERT_EQ(a.data_producers.size(), 1u);
  EXPECT_EQ(a.data_producers[0].producer, producer);
  EXPECT_EQ(a.data_producers[0].label, "chat");
  EXPECT_EQ(a.data_producers[0].protocol, "json");
}

TEST_F(StageDataTest, ThingsBelongToTheirSeat) {
  arrive("a"), arrive("b");
  const auto sending = transport("a", sfu::Direction::send), receiving = transport("b", sfu::Direction::recv);
  EXPECT_EQ(code_of(produce("b", receiving)), "stage.wrong_direction");
  EXPECT_EQ(code_of(produce("b", sending)), "stage.no_such_transport");
  const auto producer = produce("a", sending)->producer;
  EXPECT_EQ(code_of(consume("b", receiving, {})), "stage.no_such_data_producer");
  EXPECT_EQ(code_of(consume("a", transport("a", sfu::Direction::recv), producer)), "stage.own_producer");
  const auto consumer = consume("b", receiving, producer)->consumer;
  const auto close = [&](const Seat& seat) {
    return code_of(ask<sfu::Done>([&](auto answer) { stage.close_data_consumer(seat, consumer, answer); }));
  };
  EXPECT_EQ(close("a"), "stage.no_such_data_consumer");
  EXPECT_EQ(close("b"), "ok");
  EXPECT_EQ(close("b"), "stage.no_such_data_consumer");
}

TEST_F(StageDataTest, ClosingTellsTheOthersOnce) {
  arrive("a"), arrive("b");
  const auto producer = produce("a", transport("a", sfu::Direction::send))->producer;
  const auto close = [&](const Seat& seat) {
    return code_of(ask<sfu::Done>([&](auto answer) { stage.close_data_producer(seat, producer, answer); }));
  };
  EXPECT_EQ(close("b"), "stage.no_such_data_producer");
  EXPECT_EQ(close("a"), "ok");
  EXPECT_EQ(who_heard<DataProducerGone>(), SeatList{"b"});
  EXPECT_TRUE(stage.data_producers("b")->empty());
}

TEST_F(StageDataTest, ViewersMayReceiveAndNeedARightToSend) {
  arrive("a"), arrive("v", default_permissions(Role::viewer));
  EXPECT_EQ(code_of(produce("v", transport("v", sfu::Direction::send))), "stage.may_not_produce");
  const auto producer = produce("a", transport("a", sfu::Direction::send))->producer;
  EXPECT_EQ(code_of(consume("v", transport("v", sfu::Direction::recv), producer)), "ok");
  stage.update("v", visitor({Permission::send_data}));
  const auto own = produce("v", transport("v", sfu::Direction::send));
  EXPECT_EQ(code_of(own), "ok");
  told.clear();
  stage.update("v", visitor({}));
  gateway.answer_all();
  EXPECT_EQ(who_heard<DataProducerGone>(), (SeatList{"a", "v"})) << "also its owner";
  EXPECT_EQ(gateway.count<sfu::CloseDataProducer>(), 1u);
}

TEST_F(StageDataTest, EventsOfTheSfuReachThoseConcerned) {
  const auto a = arrive("a").peer, b = arrive("b").peer;
  const auto producer = produce("a", transport("a", sfu::Direction::send))->producer;
  const auto consumer = consume("b", transport("b", sfu::Direction::recv), producer)->consumer;
  stage.media_event(sfu::DataConsumerClosed{{"room"}, b, consumer, producer, sfu::DataEnd::too_slow});
  EXPECT_EQ(who_heard<sfu::DataConsumerClosed>(), SeatList{"b"});
  stage.media_event(sfu::DataProducerClosed{{"room"}, a, producer});
  stage.media_event(sfu::DataProducerClosed{{"room"}, a, producer});
  EXPECT_EQ(who_heard<DataProducerGone>(), (SeatList{"a", "b"}));
}

}  // namespace
}  // namespace greenroom::studio

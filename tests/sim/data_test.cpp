// Data channels in virtual time: what one browser sends on a stream, the others get on theirs.
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "wire/datachannel.hpp"

namespace greenroom::sim {
namespace {
using namespace std::chrono_literals;

sctp::Payload payload(std::size_t size, std::uint8_t first = 1) {
  base::Bytes bytes(size, 7);
  bytes[0] = first;
  return std::make_shared<const base::Bytes>(std::move(bytes));
}

struct Channel {
  sfu::DataProducerId producer;
  wire::SctpStreamParameters parameters;
};

class Data : public testing::TestWithParam<std::uint64_t> {
 protected:
  // Seeds above 100 are of calls over three shards.
  Data() : world(GetParam(), nullptr, {}, GetParam() > 100 ? spread : Sharding{}) {}

  Channel produce(const std::string& name, wire::SctpStreamParameters parameters = {}) {
    const auto id =
        world
            .ask<sfu::DataProduced>(sfu::ProduceData{world.room, world.peer(name), world.browser(name).side(true).id,
                                                     parameters, "chat", "p", boost::json::object{{"about", "test"}}})
            .producer;
    return {id, parameters};
  }
  sfu::DataConsumed consume(const std::string& name, const Channel& channel) {
    return world.ask<sfu::DataConsumed>(
        sfu::ConsumeData{world.room, world.peer(name), world.browser(name).side(false).id, channel.producer});
  }
  sctp::Association& sending(const std::string& name) { return world.browser(name).side(true).transport->data(); }
  sctp::Association& receiving(const std::string& name) { return world.browser(name).side(false).transport->data(); }

  void send(const std::string& name, const Channel& channel, sctp::Payload bytes,
            std::uint32_t ppid = wire::ppid_binary) {
    sctp::Reliability reliability{channel.parameters.ordered.value_or(true), channel.parameters.max_retransmits, {}};
    ASSERT_EQ(sending(name).send({{channel.parameters.stream_id}, ppid, std::move(bytes)}, reliability, world.now()),
              sctp::SendResult::queued);
  }
  // Takes what has arrived at each browser.
  std::vector<sctp::Message>& take(const std::string& name) {
    auto& list = arrived[name];
    while (auto message = receiving(name).next_message()) list.push_back(std::move(*message));
    return list;
  }
  bool arrives(const std::string& name, std::size_t count, base::Duration longest = 20s) {
    return world.run_until([&] { return take(name).size() >= count; }, longest);
  }

  World world;
  std::map<std::string, std::vector<sctp::Message>> arrived;
};
INSTANTIATE_TEST_SUITE_P(Seeds, Data, testing::Values(1, 2, 3, 101, 102));

TEST_P(Data, MessagesReachEverySubscriberAsTheyWere) {
  for (const auto* name : {"alice", "bob", "carol"}) world.join(name);
  for (auto* link : {&world.up("alice"), &world.down("bob"), &world.up("bob")}) link->settings.loss = 0.05;
  const auto chat = produce("alice", {.stream_id = 5});
  const auto bob = consume("bob", chat), carol = consume("carol", chat);
  EXPECT_EQ(bob.label, "chat");
  EXPECT_EQ(bob.protocol, "p");
  EXPECT_EQ(bob.sctp_stream_parameters.stream_id, 0) << "the receiving side has numbers of its own";
  send("alice", chat, payload(5), wire::ppid_string);
  send("alice", chat, payload(1), wire::ppid_string_empty);
  send("alice", chat, payload(1), wire::ppid_binary_empty);
  send("alice", chat, payload(200'000), wire::ppid_binary);
  for (const auto* name : {"bob", "carol"}) {
    ASSERT_TRUE(arrives(name, 4)) << name;
    const auto& got = arrived[name];
    EXPECT_EQ(got[0].ppid, wire::ppid_string);
    EXPECT_EQ(got[1].ppid, wire::ppid_string_empty);
    EXPECT_EQ(got[2].ppid, wire::ppid_binary_empty);
    EXPECT_EQ(got[3].ppid, wire::ppid_binary);
    EXPECT_EQ(*got[3].payload, *payload(200'000));
    EXPECT_EQ(got[3].stream, sctp::StreamId{carol.sctp_stream_parameters.stream_id});
  }
}

TEST_P(Data, AClosedProducerClosesItsConsumersAndTheirStreams) {
  for (const auto* name : {"alice", "bob"}) world.join(name);
  const auto chat = produce("alice");
  const auto consumed = consume("bob", chat);
  send("alice", chat, payload(10));
  ASSERT_TRUE(arrives("bob", 1));
  world.ask<sfu::Done>(sfu::CloseDataProducer{world.room, world.peer("alice"), chat.producer});
  const auto closed = world.events_of<sfu::DataConsumerClosed>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].consumer, consumed.consumer);
  EXPECT_EQ(closed[0].peer, world.peer("bob"));
  EXPECT_EQ(closed[0].reason, sfu::DataEnd::producer_closed);
  std::optional<sctp::StreamId> reset;
  EXPECT_TRUE(world.run_until([&] { return (reset = receiving("bob").next_reset()).has_value(); }, 2s));
  EXPECT_EQ(reset, sctp::StreamId{consumed.sctp_stream_parameters.stream_id});
  const auto again = produce("alice");
  EXPECT_NE(consume("bob", again).sctp_stream_parameters.stream_id, consumed.sctp_stream_parameters.stream_id)
      << "the browser may still be closing the old one";
}

TEST_P(Data, AStreamThatTheBrowserClosesIsClosedFromHereToo) {
  world.join("alice");
  const auto chat = produce("alice", {.stream_id = 3});
  send("alice", chat, payload(10));
  ASSERT_TRUE(world.run_until([&] { return sending("alice").open() && sending("alice").buffered() == 0; }, 5s));
  sending("alice").reset_stream({3});
  EXPECT_TRUE(world.run_until([&] { return sending("alice").next_reset() == sctp::StreamId{3}; }, 5s));
}

TEST_P(Data, ASlowReceiverLosesWhatMayBeLost) {
  for (const auto* name : {"alice", "bob", "carol"}) world.join(name);
  const auto moves = produce("alice", {.stream_id = 0, .ordered = false, .max_retransmits = 0});
  consume("bob", moves), consume("carol", moves);
  ASSERT_TRUE(world.run_until([&] { return receiving("bob").open() && receiving("carol").open(); }, 5s));
  world.down("bob").settings.rate = base::Bitrate::kbps(200);
  for (int i = 0; i < 200; ++i) {
    send("alice", moves, payload(5000));
    world.run_for(20ms);
    take("bob"), take("carol");
  }
  world.run_for(2s);
  EXPECT_EQ(take("carol").size(), 200u);
  EXPECT_LT(take("bob").size(), 150u);
  EXPECT_GT(take("bob").size(), 5u);
  EXPECT_TRUE(world.events_of<sfu::DataConsumerClosed>().empty());
}

TEST_P(Data, AReceiverTooSlowForReliableMessagesIsClosed) {
  for (const auto* name : {"alice", "bob", "carol"}) world.join(name);
  const auto file = produce("alice");
  const auto slow = consume("bob", file);
  consume("carol", file);
  ASSERT_TRUE(world.run_until([&] { return receiving("bob").open() && receiving("carol").open(); }, 5s));
  world.down("bob").settings.rate = base::Bitrate::kbps(100);
  for (int i = 0; i < 20; ++i) {
    send("alice", file, payload(200'000));
    world.run_until([&] { return take("carol").size() > std::size_t(i); }, 20s);
  }
  EXPECT_EQ(take("carol").size(), 20u) << "nobody else notices";
  const auto closed = world.events_of<sfu::DataConsumerClosed>();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].consumer, slow.consumer);
  EXPECT_EQ(closed[0].reason, sfu::DataEnd::too_slow);
}

TEST_P(Data, MediaIsNotDisturbed) {
  for (const auto* name : {"alice", "bob"}) world.join(name);
  world.publish("alice", "mic", {});
  world.publish("alice", "cam", {true, {base::Bitrate::kbps(600)}, 1, 30, true});
  world.subscribe_all();
  const auto file = produce("alice");
  consume("bob", file);
  for (int i = 0; i < 50; ++i) {
    send("alice", file, payload(200'000));
    ASSERT_TRUE(arrives("bob", std::size_t(i) + 1));
  }
  world.run_for(1s);
  for (const auto& [label, sink] : world.browser("bob").sinks()) {
    EXPECT_EQ(sink.freezes, 0u) << label;
    EXPECT_EQ(sink.seen_missing(), 0u) << label;
  }
}

TEST_P(Data, WhatMakesNoSenseIsRefused) {
  for (const auto* name : {"alice", "bob"}) world.join(name);
  const auto code = [&](auto command) -> std::string_view {
    const auto reply = world.call(std::move(command));
    return reply.result ? "" : reply.result.error().code.name;
  };
  const auto alice = world.peer("alice");
  const auto send_id = world.browser("alice").side(true).id, recv_id = world.browser("alice").side(false).id;
  const auto chat = produce("alice");
  using sfu::ProduceData;
  EXPECT_EQ(code(ProduceData{world.room, alice, recv_id, {}, "", "", {}}), "sfu.wrong_direction");
  EXPECT_EQ(code(ProduceData{world.room, alice, send_id, {}, "", "", {}}), "sfu.bad_data_channel") << "stream in use";
  EXPECT_EQ(code(ProduceData{world.room, alice, send_id, {1024, {}, {}, {}}, "", "", {}}), "sfu.bad_data_channel");
  EXPECT_EQ(code(ProduceData{world.room, alice, send_id, {1, {}, 100, 3}, "", "", {}}), "sfu.bad_data_channel");
  EXPECT_EQ(code(ProduceData{world.room, alice, send_id, {1, {}, {}, {}}, std::string(2000, 'x'), "", {}}),
            "sfu.bad_data_channel");
  EXPECT_EQ(code(sfu::ConsumeData{world.room, alice, send_id, chat.producer}), "sfu.wrong_direction");
  EXPECT_EQ(code(sfu::ConsumeData{world.room, alice, recv_id, {}}), "sfu.no_such_data_producer");
  EXPECT_EQ(code(sfu::CloseDataProducer{world.room, world.peer("bob"), chat.producer}), "sfu.no_such_data_producer");
  EXPECT_EQ(code(sfu::CloseDataConsumer{world.room, alice, {}}), "sfu.no_such_data_consumer");
  for (std::uint16_t i = 1; i < 16; ++i) produce("alice", {i, {}, {}, {}});
  EXPECT_EQ(code(ProduceData{world.room, alice, send_id, {17, {}, {}, {}}, "", "", {}}), "sfu.too_many");
}

TEST_P(Data, ATransportThatClosesTakesItsChannelsWithIt) {
  for (const auto* name : {"alice", "bob"}) world.join(name);
  const auto chat = produce("alice"), other = produce("bob");
  consume("bob", chat), consume("alice", other);
  world.ask<sfu::Done>(sfu::CloseTransport{world.room, world.peer("bob"), world.browser("bob").side(false).id});
  ASSERT_EQ(world.events_of<sfu::DataConsumerClosed>().size(), 1u);
  EXPECT_EQ(world.events_of<sfu::DataConsumerClosed>()[0].reason, sfu::DataEnd::transport_closed);
  world.ask<sfu::Done>(sfu::CloseTransport{world.room, world.peer("alice"), world.browser("alice").side(true).id});
  ASSERT_EQ(world.events_of<sfu::DataProducerClosed>().size(), 1u);
  EXPECT_EQ(world.events_of<sfu::DataProducerClosed>()[0].producer, chat.producer);
  world.leave("bob");
  const auto stats = world.stats();
  EXPECT_EQ(stats.data_producers, 0u);
  EXPECT_EQ(stats.data_consumers, 0u);
}

TEST_P(Data, AnAbortedAssociationClosesWhatWasOnIt) {
  for (const auto* name : {"alice", "bob"}) world.join(name);
  const auto chat = produce("alice");
  consume("bob", chat);
  ASSERT_TRUE(world.run_until([&] { return receiving("bob").open(); }, 5s));
  receiving("bob").abort();
  ASSERT_TRUE(world.run_until([&] { return !world.events_of<sfu::DataConsumerClosed>().empty(); }, 2s));
  EXPECT_EQ(world.events_of<sfu::DataConsumerClosed>()[0].reason, sfu::DataEnd::failed);
}

TEST_P(Data, AChannelThatIsOpenedByAMessageIsAnswered) {
  world.join("alice");
  const auto chat = produce("alice", {2, {}, {}, {}});
  send("alice", chat, std::make_shared<const base::Bytes>(wire::write_data_channel_open({.label = "chat"})),
       wire::ppid_dcep);
  std::optional<sctp::Message> answer;
  EXPECT_TRUE(world.run_until([&] { return (answer = sending("alice").next_message()).has_value(); }, 5s));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->ppid, wire::ppid_dcep);
  EXPECT_TRUE(wire::is_data_channel_ack(*answer->payload));
}

}  // namespace
}  // namespace greenroom::sim

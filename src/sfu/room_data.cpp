// The part of Room that is about data channels: messages of a producer's stream are repeated on its consumers' streams,
// as they are. A consumer that does not keep up loses messages that may be lost; if they may not, it is closed.
#include <algorithm>
#include <bitset>

#include "sfu/room.hpp"
#include "wire/datachannel.hpp"

namespace greenroom::sfu {
namespace {
using base::fail;

constexpr std::uint16_t data_streams = 1024;
constexpr std::size_t max_label = 1024;  // bytes, of label and protocol each
// What one transport's messages may take of a shard: copies for subscribers, 100,000 a second and 2,000 at once, some
// milliseconds of a second. What is not taken now stays in the association, shuts its window and so slows the sender
// down.
constexpr base::Duration copy_cost = std::chrono::microseconds(10);
constexpr base::Duration copy_burst = std::chrono::milliseconds(20);
// What may wait for a receiver. Messages that may be lost are worth little when they are old: they wait for less.
constexpr std::size_t max_unreliable_waiting = 256 * 1024;
constexpr sctp::StreamId no_stream{data_streams};

base::Result<sctp::Reliability> reliability(const wire::SctpStreamParameters& p) {
  if (p.max_packet_life_time && p.max_retransmits) {
    return fail(errors::bad_data_channel, "sctpStreamParameters: maxPacketLifeTime or maxRetransmits, not both");
  }
  sctp::Reliability r{p.ordered.value_or(true), p.max_retransmits, {}};
  if (p.max_packet_life_time) r.max_lifetime = std::chrono::milliseconds(*p.max_packet_life_time);
  return r;
}

// The next stream in turn that no consumer of the transport has and that is not still being reset after one. In turn,
// because the browser resets its own direction a little later than we do ours: a number used again at once would be
// closed by what was meant for its predecessor.
sctp::StreamId free_stream(PeerTransport& transport) {
  std::bitset<data_streams> taken;
  for (const auto* consumer : transport.data_consumers) taken.set(consumer->stream.value);
  for (std::uint16_t i = 0; i < data_streams; ++i) {
    const sctp::StreamId stream{std::uint16_t((transport.next_data_stream + i) % data_streams)};
    if (taken[stream.value] || transport.rtc.data().resetting(stream)) continue;
    transport.next_data_stream = std::uint16_t((stream.value + 1) % data_streams);
    return stream;
  }
  return no_stream;
}

DataProducer* producer_on(const PeerTransport& transport, sctp::StreamId stream) {
  const auto found = std::ranges::find_if(transport.data_producers,
                                          [&](const auto* p) { return p->parameters.stream_id == stream.value; });
  return found == transport.data_producers.end() ? nullptr : *found;
}

bool in_use(const PeerTransport& transport, sctp::StreamId stream) {
  return producer_on(transport, stream) ||
         std::ranges::any_of(transport.data_consumers, [&](const auto* c) { return c->stream == stream; });
}
}  // namespace

Room::Answer Room::handle(ProduceData& command, base::Instant) {
  GREENROOM_TRY(auto* transport, find_transport(command.peer, command.transport));
  if (transport->direction != Direction::send) return fail(errors::wrong_direction, "this transport only receives");
  const auto& parameters = command.sctp_stream_parameters;
  GREENROOM_CHECK_OK(reliability(parameters));
  if (parameters.stream_id >= data_streams || producer_on(*transport, {parameters.stream_id})) {
    return fail(errors::bad_data_channel, "sctpStreamParameters.streamId: beyond 1023, or in use");
  }
  if (command.label.size() > max_label || command.protocol.size() > max_label) {
    return fail(errors::bad_data_channel, "label and protocol have at most 1024 bytes");
  }
  if (transport->data_producers.size() >= context_.config.max_data_producers_per_peer) {
    return fail(errors::too_many, "this peer has too many data producers");
  }
  transport->rtc.data();
  context_.timers.hurry(*transport);
  const auto id = new_id<DataProducerId>();
  auto producer = std::make_unique<DataProducer>(DataProducer{id,
                                                              command.peer,
                                                              transport,
                                                              parameters,
                                                              std::move(command.label),
                                                              std::move(command.protocol),
                                                              std::move(command.app_data),
                                                              {}});
  transport->data_producers.push_back(producer.get());
  data_producers_.emplace(id, std::move(producer));
  return DataProduced{id};
}

Room::Answer Room::handle(CloseDataProducer& command, base::Instant) {
  GREENROOM_CHECK_OK(find_peer(command.peer));
  const auto found = data_producers_.find(command.producer);
  if (found == data_producers_.end() || found->second->peer != command.peer || !found->second->transport) {
    return fail(errors::no_such_data_producer, "this peer has no such data producer");
  }
  close_data_producer(*found->second, DataEnd::producer_closed);
  return Done{};
}

Room::Answer Room::handle(ConsumeData& command, base::Instant) {
  GREENROOM_TRY(auto* transport, find_transport(command.peer, command.transport));
  if (transport->direction != Direction::recv) return fail(errors::wrong_direction, "this transport only sends");
  const auto found = data_producers_.find(command.producer);
  if (found == data_producers_.end()) {
    return fail(errors::no_such_data_producer, "there is no such data producer in the room");
  }
  auto& source = *found->second;
  if (transport->data_consumers.size() >= context_.config.max_data_consumers_per_peer) {
    return fail(errors::too_many, "this peer has too many data consumers");
  }
  const auto stream = free_stream(*transport);
  if (stream == no_stream) return fail(errors::no_data_stream, "all streams of this transport are in use");
  const auto id = new_id<DataConsumerId>();
  auto consumer =
      std::make_unique<DataConsumer>(DataConsumer{id, &source, transport, stream, *reliability(source.parameters)});
  transport->data_consumers.push_back(consumer.get());
  source.consumers.push_back(consumer.get());
  data_consumers_.emplace(id, std::move(consumer));
  context_.timers.hurry(*transport);
  auto parameters = source.parameters;
  parameters.stream_id = stream.value;
  return DataConsumed{id, source.id, parameters, source.label, source.protocol};
}

Room::Answer Room::handle(CloseDataConsumer& command, base::Instant) {
  GREENROOM_CHECK_OK(find_peer(command.peer));
  const auto found = data_consumers_.find(command.consumer);
  if (found == data_consumers_.end() || found->second->transport->peer != command.peer) {
    return fail(errors::no_such_data_consumer, "this peer has no such data consumer");
  }
  close_data_consumer(*found->second);
  return Done{};
}

// ---- the end of things

void Room::say_closed(const DataConsumer& consumer, DataEnd reason) {
  context_.outputs.say(
      Event(DataConsumerClosed{id_, consumer.transport->peer, consumer.id, consumer.source->id, reason}));
}

// The peer's channel closes with the stream (RFC 8831 §6.7).
void Room::close_data_consumer(DataConsumer& consumer) {
  auto& transport = *consumer.transport;
  std::erase(consumer.source->consumers, &consumer);
  std::erase(transport.data_consumers, &consumer);
  transport.rtc.data().reset_stream(consumer.stream);
  context_.timers.hurry(transport);
  data_consumers_.erase(DataConsumerId(consumer.id));
}

void Room::close_data_producer(DataProducer& producer, DataEnd reason) {
  for (auto* consumer : std::vector(producer.consumers)) {
    say_closed(*consumer, reason);
    close_data_consumer(*consumer);
  }
  context_.pipes.data_imports.erase(producer.import_number);
  if (auto* transport = producer.transport) {
    std::erase(transport->data_producers, &producer);
    transport->rtc.data().reset_stream({producer.parameters.stream_id});
    context_.timers.hurry(*transport);
  }
  data_producers_.erase(DataProducerId(producer.id));
}

void Room::close_data(PeerTransport& transport, DataEnd reason, bool say) {
  for (auto* producer : std::vector(transport.data_producers)) {
    if (say) context_.outputs.say(Event(DataProducerClosed{id_, transport.peer, producer->id}));
    close_data_producer(*producer, DataEnd::producer_closed);
  }
  for (auto* consumer : std::vector(transport.data_consumers)) {
    if (say) say_closed(*consumer, reason);
    close_data_consumer(*consumer);
  }
}

// ---- messages

void Room::on_data(PeerTransport& transport, base::Instant now) {
  if (!transport.rtc.has_data()) return;
  auto& association = transport.rtc.data();
  transport.copies_until = std::max(transport.copies_until, now);
  while (transport.copies_until < now + copy_burst) {
    if (!std::ranges::all_of(transport.data_producers, [&](const auto* p) { return branches_take(*p); })) break;
    const auto message = association.next_message();
    if (!message) break;
    auto* producer = producer_on(transport, message->stream);
    transport.copies_until += producer ? cost_of_repeating(*producer) : copy_cost;
    if (producer) repeat(*producer, *message, now);
  }
  // A stream that the browser closes is closed from our side too, so that its number can be used again; where nobody is
  // on it any more, the browser only answers what we did ourselves. The producer goes when the client says so, as in
  // mediasoup.
  while (const auto stream = association.next_reset()) {
    if (in_use(transport, *stream)) association.reset_stream(*stream);
  }
  if (association.started() && association.state() == sctp::State::closed) {
    close_data(transport, DataEnd::failed, true);
  }
}

base::Duration Room::cost_of_repeating(const DataProducer& producer) {
  return copy_cost * (producer.consumers.size() + producer.exports.size() + 1);
}

// A branch that is behind with its messages slows the sender down, like everything that does not keep up.
bool Room::branches_take(const DataProducer& producer) {
  return std::ranges::all_of(producer.exports, [&](const auto& e) { return context_.pipes.takes_messages(e.to); });
}

void Room::repeat(DataProducer& producer, const sctp::Message& message, base::Instant now) {
  if (message.ppid == wire::ppid_dcep && producer.transport) {
    // A client that agrees on no stream numbers opens its channel with a message and waits for an answer (RFC 8832).
    if (!wire::parse_data_channel_open(*message.payload)) return;
    const auto ack = std::make_shared<const base::Bytes>(1, wire::data_channel_ack[0]);
    producer.transport->rtc.data().send({message.stream, wire::ppid_dcep, ack}, {}, now);
    return;
  }
  for (const auto& to : producer.exports) {
    context_.pipes.write(to.to, PipedMessage{to.number, message.ppid, message.payload});
  }
  for (auto* consumer : std::vector(producer.consumers)) repeat(*consumer, message, now);
}

void Room::repeat(DataConsumer& consumer, const sctp::Message& message, base::Instant now) {
  auto& association = consumer.transport->rtc.data();
  const bool may_be_lost = consumer.reliability.partial();
  if (may_be_lost && association.buffered() > max_unreliable_waiting) return;
  const auto result = association.send({consumer.stream, message.ppid, message.payload}, consumer.reliability, now);
  context_.timers.hurry(*consumer.transport);
  if (result != sctp::SendResult::full || may_be_lost) return;
  say_closed(consumer, DataEnd::too_slow);
  close_data_consumer(consumer);
}

}  // namespace greenroom::sfu

// Data producers and consumers: whose they are, and what happens to the room's list when they come and go.
#include "studio/detail/stage_forward.hpp"
#include "studio/stage.hpp"

namespace greenroom::studio {

using base::fail;

// ---- sending

void Stage::produce_data(const Seat& seat, ProduceDataRequest request, Answer<sfu::DataProduced> answer) {
  auto sitting = with_transport(seat, request.transport, sfu::Direction::send);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if (!(*sitting)->visitor.may.has(Permission::send_data)) {
    return answer(fail(stage_errors::may_not_produce, "you may not send data here"));
  }
  DataProducerSummary summary{{}, (*sitting)->peer, request.label, request.protocol, request.app_data};
  sfu::ProduceData command{{(*sitting)->room},         (*sitting)->peer,
                           request.transport,          request.sctp_stream_parameters,
                           std::move(request.label),   std::move(request.protocol),
                           std::move(request.app_data)};
  forward<sfu::DataProduced, sfu::DataProduced>(
      seat, std::move(command), std::move(answer),
      [this, seat, summary](Sitting& s, sfu::DataProduced produced) mutable {
        summary.producer = produced.producer;
        s.data_producers.insert(produced.producer);
        auto& peer = rooms_.at(s.room).members.at(s.peer).peer;
        peer.data_producers.push_back(summary);
        tell_change(s, NewDataProducer{{summary, peer.user_id, peer.participant_id}});
        close_forbidden_data(seat, s);  // it may have been forbidden meanwhile
        return produced;
      });
}

Revision Stage::remove_data_producer(Sitting& sitting, sfu::DataProducerId producer) {
  if (sitting.data_producers.erase(producer) == 0) return rooms_.at(sitting.room).revision;
  auto& producers = rooms_.at(sitting.room).members.at(sitting.peer).peer.data_producers;
  std::erase_if(producers, [producer](const auto& summary) { return summary.producer == producer; });
  return tell_change(sitting, DataProducerGone{producer, sitting.peer});
}

void Stage::close_forbidden_data(const Seat& seat, Sitting& sitting) {
  if (sitting.visitor.may.has(Permission::send_data)) return;
  for (const auto id : std::set(sitting.data_producers)) {
    gateway_.call(sfu::CloseDataProducer{{sitting.room}, sitting.peer, id}, [](const auto&) {});
    const auto revision = remove_data_producer(sitting, id);
    audience_({seat}, DataProducerGone{id, sitting.peer, revision});
  }
}

void Stage::close_data_producer(const Seat& seat, sfu::DataProducerId id, Done answer) {
  auto sitting = joined(seat);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if (!(*sitting)->data_producers.contains(id)) {
    return answer(fail(stage_errors::no_such_data_producer, "you have no such data producer"));
  }
  forward<sfu::Done, sfu::Done>(seat, sfu::CloseDataProducer{{(*sitting)->room}, (*sitting)->peer, id},
                                std::move(answer), [this, id](Sitting& s, sfu::Done done) {
                                  remove_data_producer(s, id);
                                  return done;
                                });
}

base::Result<std::vector<StageDataProducer>> Stage::data_producers(const Seat& seat) const {
  const auto found = sittings_.find(seat);
  if (found == sittings_.end() || found->second.place != Place::joined) {
    return fail(stage_errors::not_joined, "join a room first");
  }
  std::vector<StageDataProducer> list;
  for (const auto& [id, member] : rooms_.at(found->second.room).members) {
    if (member.seat == seat) continue;
    for (const auto& summary : member.peer.data_producers) {
      list.push_back({summary, member.peer.user_id, member.peer.participant_id});
    }
  }
  return list;
}

// ---- receiving

base::Status Stage::may_consume_data(const Sitting& sitting, sfu::DataProducerId producer) const {
  if (sitting.data_producers.contains(producer)) {
    return fail(stage_errors::own_producer, "that is your own data producer");
  }
  for (const auto& [id, member] : rooms_.at(sitting.room).members) {
    for (const auto& summary : member.peer.data_producers) {
      if (summary.producer == producer) return {};
    }
  }
  return fail(stage_errors::no_such_data_producer, "nobody in the room has such a data producer");
}

void Stage::consume_data(const Seat& seat, sfu::TransportId transport, sfu::DataProducerId producer,
                         Answer<sfu::DataConsumed> answer) {
  auto sitting = with_transport(seat, transport, sfu::Direction::recv);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if (auto allowed = may_consume_data(**sitting, producer); !allowed) return answer(tl::unexpected(allowed.error()));
  forward<sfu::DataConsumed, sfu::DataConsumed>(
      seat, sfu::ConsumeData{{(*sitting)->room}, (*sitting)->peer, transport, producer}, std::move(answer),
      [](Sitting& s, sfu::DataConsumed consumed) {
        s.data_consumers.insert(consumed.consumer);
        return consumed;
      });
}

void Stage::close_data_consumer(const Seat& seat, sfu::DataConsumerId id, Done answer) {
  auto sitting = joined(seat);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if (!(*sitting)->data_consumers.contains(id)) {
    return answer(fail(stage_errors::no_such_data_consumer, "you have no such data consumer"));
  }
  forward<sfu::Done, sfu::Done>(seat, sfu::CloseDataConsumer{{(*sitting)->room}, (*sitting)->peer, id},
                                std::move(answer), [id](Sitting& s, sfu::Done done) {
                                  s.data_consumers.erase(id);
                                  return done;
                                });
}

// ---- what the SFU reports by itself

void Stage::on(const sfu::DataProducerClosed& event) {
  auto* sitting = sitting_of(event.room.value, event.peer);
  if (!sitting || !sitting->data_producers.contains(event.producer)) return;
  const auto revision = remove_data_producer(*sitting, event.producer);
  tell_peer(event.room.value, event.peer, DataProducerGone{event.producer, event.peer, revision});
}

void Stage::on(const sfu::DataConsumerClosed& event) {
  auto* sitting = sitting_of(event.room.value, event.peer);
  if (!sitting) return;
  sitting->data_consumers.erase(event.consumer);
  tell_peer(event.room.value, event.peer, event);
}

}  // namespace greenroom::studio

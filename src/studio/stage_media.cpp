// Transports, producers and consumers: whose they are, and what happens to the room's list when they come and go.
#include "studio/detail/stage_own.hpp"
#include "studio/stage.hpp"

namespace greenroom::studio {

using base::fail;

// ---- ownership

base::Result<Stage::Sitting*> Stage::with_transport(const Seat& seat, sfu::TransportId transport,
                                                    std::optional<sfu::Direction> direction) {
  GREENROOM_TRY(auto* sitting, joined(seat));
  const auto found = sitting->transports.find(transport);
  if (found == sitting->transports.end()) return fail(stage_errors::no_such_transport, "you have no such transport");
  if (direction && found->second != *direction) {
    return fail(stage_errors::wrong_direction, "the transport is for the other direction");
  }
  return sitting;
}

// ---- transports

void Stage::create_transport(const Seat& seat, sfu::Direction direction, Answer<sfu::TransportCreated> answer) {
  auto sitting = joined(seat);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  forward<sfu::TransportCreated, sfu::TransportCreated>(
      seat, sfu::CreateTransport{{(*sitting)->room}, (*sitting)->peer, direction}, std::move(answer),
      [direction](Sitting& s, sfu::TransportCreated created) {
        s.transports.emplace(created.transport, direction);
        return created;
      });
}

void Stage::connect_transport(const Seat& seat, sfu::TransportId id, wire::DtlsParameters dtls, Done answer) {
  auto sitting = with_transport(seat, id, std::nullopt);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  forward<sfu::Done, sfu::Done>(seat, sfu::ConnectTransport{{(*sitting)->room}, (*sitting)->peer, id, std::move(dtls)},
                                std::move(answer), [](Sitting&, sfu::Done done) { return done; });
}

void Stage::restart_ice(const Seat& seat, sfu::TransportId id, Answer<sfu::IceRestarted> answer) {
  auto sitting = with_transport(seat, id, std::nullopt);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  forward<sfu::IceRestarted, sfu::IceRestarted>(seat, sfu::RestartIce{{(*sitting)->room}, (*sitting)->peer, id},
                                                std::move(answer),
                                                [](Sitting&, sfu::IceRestarted restarted) { return restarted; });
}

// What was on it ends by the SFU's own events.
void Stage::close_transport(const Seat& seat, sfu::TransportId id, Done answer) {
  auto sitting = with_transport(seat, id, std::nullopt);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  forward<sfu::Done, sfu::Done>(seat, sfu::CloseTransport{{(*sitting)->room}, (*sitting)->peer, id}, std::move(answer),
                                [id](Sitting& s, sfu::Done done) {
                                  s.transports.erase(id);
                                  return done;
                                });
}

// ---- producers

namespace {

// By what the client says it is: that says which of its sources it means, not what the picture shows.
Permission needed_for(wire::MediaKind kind, const boost::json::value& app_data) {
  const auto* about = app_data.if_object();
  const auto* source = about ? about->if_contains("source") : nullptr;
  if (source && source->is_string() && source->get_string() == "screen") return Permission::share_screen;
  return kind == wire::MediaKind::audio ? Permission::publish_audio : Permission::publish_video;
}

}  // namespace

void Stage::produce(const Seat& seat, ProduceRequest request, Answer<sfu::Produced> answer) {
  auto sitting = with_transport(seat, request.transport, sfu::Direction::send);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  const auto needed = needed_for(request.kind, request.app_data);
  if (!(*sitting)->visitor.may.has(needed)) {
    return answer(fail(stage_errors::may_not_produce, std::string(refusal_of(needed))));
  }
  ProducerSummary summary{{}, (*sitting)->peer, request.kind, request.app_data, false};
  sfu::Produce command{
      {(*sitting)->room},         (*sitting)->peer, request.transport, request.kind, std::move(request.rtp_parameters),
      std::move(request.app_data)};
  forward<sfu::Produced, sfu::Produced>(seat, std::move(command), std::move(answer),
                                        [this, seat, summary](Sitting& s, sfu::Produced produced) mutable {
                                          summary.producer = produced.producer;
                                          add_producer(seat, s, std::move(summary));
                                          return produced;
                                        });
}

void Stage::close_forbidden(const Seat& seat, Sitting& sitting) {
  if (sitting.place != Place::joined) return;
  std::vector<sfu::ProducerId> forbidden;
  for (const auto& summary : rooms_.at(sitting.room).members.at(sitting.peer).peer.producers) {
    const bool allowed = sitting.visitor.may.has(needed_for(summary.kind, summary.app_data));
    if (!allowed) forbidden.push_back(summary.producer);
  }
  withdraw<sfu::CloseProducer>(seat, sitting, forbidden);
  if (sitting.visitor.may.has(Permission::send_data)) return;
  const auto& data = own<sfu::DataProducerId>(sitting);
  withdraw<sfu::CloseDataProducer>(seat, sitting, std::vector(data.begin(), data.end()));
}

void Stage::close_producer(const Seat& seat, sfu::ProducerId id, Done answer) {
  close_own<sfu::CloseProducer>(seat, id, std::move(answer));
}

void Stage::note_pause(Sitting& sitting, sfu::ProducerId producer, bool paused) {
  auto& producers = rooms_.at(sitting.room).members.at(sitting.peer).peer.producers;
  const auto summary = std::ranges::find(producers, producer, &ProducerSummary::producer);
  if (summary == producers.end() || std::exchange(summary->paused, paused) == paused) return;
  tell_change(sitting, ProducerPause{producer, sitting.peer, paused});
}

void Stage::set_paused(const Seat& seat, sfu::ProducerId id, bool paused, Done answer) {
  auto sitting = with_own(seat, id);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  const sfu::RoomId room{(*sitting)->room};
  const auto peer = (*sitting)->peer;
  sfu::CommandBody command = sfu::ResumeProducer{room, peer, id};
  if (paused) command = sfu::PauseProducer{room, peer, id};
  forward<sfu::Done, sfu::Done>(seat, std::move(command), std::move(answer),
                                [this, id, paused](Sitting& s, sfu::Done done) {
                                  note_pause(s, id, paused);
                                  return done;
                                });
}

void Stage::pause_producer(const Seat& seat, sfu::ProducerId id, Done answer) {
  set_paused(seat, id, true, std::move(answer));
}

void Stage::resume_producer(const Seat& seat, sfu::ProducerId id, Done answer) {
  set_paused(seat, id, false, std::move(answer));
}

base::Result<std::vector<StageProducer>> Stage::producers(const Seat& seat) const {
  return producers_of_others<sfu::ProducerId>(seat);
}

// ---- consumers

void Stage::consume(const Seat& seat, ConsumeRequest request, Answer<sfu::Consumed> answer) {
  auto sitting = with_transport(seat, request.transport, sfu::Direction::recv);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  if (auto allowed = may_consume(**sitting, request.producer); !allowed) return answer(tl::unexpected(allowed.error()));
  sfu::Consume command{{(*sitting)->room},
                       (*sitting)->peer,
                       request.transport,
                       request.producer,
                       std::move(request.rtp_capabilities),
                       std::move(request.slot)};
  forward<sfu::Consumed, sfu::Consumed>(seat, std::move(command), std::move(answer),
                                        [](Sitting& s, sfu::Consumed consumed) {
                                          own<sfu::ConsumerId>(s).insert(consumed.consumer);
                                          return consumed;
                                        });
}

template <class Command>
void Stage::forward_consumer(const Seat& seat, Command command, Done answer) {
  auto sitting = with_own(seat, command.consumer);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  command.room = {(*sitting)->room};
  command.peer = (*sitting)->peer;
  forward<sfu::Done, sfu::Done>(seat, std::move(command), std::move(answer),
                                [](Sitting&, sfu::Done done) { return done; });
}

void Stage::resume_consumer(const Seat& seat, sfu::ConsumerId id, Done answer) {
  forward_consumer(seat, sfu::ResumeConsumer{{}, {}, id}, std::move(answer));
}
void Stage::pause_consumer(const Seat& seat, sfu::ConsumerId id, Done answer) {
  forward_consumer(seat, sfu::PauseConsumer{{}, {}, id}, std::move(answer));
}
void Stage::close_consumer(const Seat& seat, sfu::ConsumerId id, Done answer) {
  close_own<sfu::CloseConsumer>(seat, id, std::move(answer));
}
void Stage::set_preferred_layers(const Seat& seat, LayersRequest request, Done answer) {
  forward_consumer(seat,
                   sfu::SetPreferredLayers{{}, {}, request.consumer, request.spatial_layer, request.temporal_layer},
                   std::move(answer));
}
void Stage::set_priority(const Seat& seat, PriorityRequest request, Done answer) {
  forward_consumer(seat, sfu::SetConsumerPriority{{}, {}, request.consumer, request.priority}, std::move(answer));
}
void Stage::request_key_frame(const Seat& seat, sfu::ConsumerId id, Done answer) {
  forward_consumer(seat, sfu::RequestKeyFrame{{}, {}, id}, std::move(answer));
}

}  // namespace greenroom::studio

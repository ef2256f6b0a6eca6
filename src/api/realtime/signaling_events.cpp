// The signaling events: from a validated request to the stage, from its answer to a result.
#include "api/realtime/detail/answer_with.hpp"
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

// A session's call may be recorded, and what a take needs besides the browsers' own recordings comes through the
// server.
RoomMode mode_for(const studio::JoinResult& joined, const Identity& who) {
  return joined.others.size() <= 1 && !who.participant ? RoomMode::direct : RoomMode::server;
}

double millis(base::WallTime t) { return base::to_fractional_millis(t.time_since_epoch()); }

}  // namespace

// ---- rooms

void Signaling::create_room(const SocketId& id, CreateRoomRequest request, Reply<CreateRoomResult> reply) {
  leave_before_joining_again(id);
  stage_.create_room(id, std::move(request.call_id),
                     answer_with<sfu::RoomCreated, CreateRoomResult>(std::move(reply), [](sfu::RoomCreated created) {
                       return CreateRoomResult{std::move(created.rtp_capabilities)};
                     }));
}

void Signaling::join_room(const SocketId& id, JoinRoomRequest request, Reply<JoinRoomResult> reply) {
  leave_before_joining_again(id);
  const auto make = [this, id](const studio::JoinResult& joined) {
    set_present(id, true);
    return JoinRoomResult{joined.peer, to_messages(joined.others), mode_for(joined, clients_.at(id).identity),
                          ice_servers(joined.peer), joined.revision};
  };
  stage_.join(id, {std::move(request.call_id), std::move(request.user_id), std::move(request.rtp_capabilities)},
              answer_with<studio::JoinResult, JoinRoomResult>(std::move(reply), make));
}

void Signaling::leave_room(const SocketId& id, EmptyRequest, Reply<LeaveRoomResult> reply) {
  const bool left = stage_.leave(id);
  set_present(id, false);
  reply(LeaveRoomResult{left});
}

// ---- transports

void Signaling::create_transport(const SocketId& id, CreateTransportRequest request,
                                 Reply<CreateTransportResult> reply) {
  stage_.create_transport(
      id, request.direction,
      answer_with<sfu::TransportCreated, CreateTransportResult>(std::move(reply), [this, id](sfu::TransportCreated t) {
        return CreateTransportResult{t.transport,
                                     std::move(t.ice_parameters),
                                     std::move(t.ice_candidates),
                                     std::move(t.dtls_parameters),
                                     t.sctp_parameters,
                                     ice_servers(*stage_.peer_of(id))};
      }));
}

void Signaling::connect_transport(const SocketId& id, ConnectTransportRequest request, Reply<ConnectedResult> reply) {
  stage_.connect_transport(id, request.transport_id, std::move(request.dtls_parameters), done(std::move(reply)));
}

void Signaling::close_transport(const SocketId& id, TransportRequest request, Reply<ClosedResult> reply) {
  stage_.close_transport(id, request.transport_id, done(std::move(reply)));
}

void Signaling::restart_ice(const SocketId& id, TransportRequest request, Reply<RestartIceResult> reply) {
  stage_.restart_ice(
      id, request.transport_id,
      answer_with<sfu::IceRestarted, RestartIceResult>(std::move(reply), [](sfu::IceRestarted restarted) {
        return RestartIceResult{std::move(restarted.ice_parameters)};
      }));
}

// ---- producers

void Signaling::produce(const SocketId& id, ProduceRequest request, Reply<ProduceResult> reply) {
  json::value app_data = request.app_data ? std::move(*request.app_data) : json::object();
  if (wire::print_json(app_data).size() > app_data_max) {
    return reply(base::fail(errors::invalid_request, "appData: is too large"));
  }
  stage_.produce(id, {request.transport_id, request.kind, std::move(request.rtp_parameters), std::move(app_data)},
                 answer_with<sfu::Produced, ProduceResult>(std::move(reply), [this, id](sfu::Produced produced) {
                   return ProduceResult{produced.producer, stage_.revision(id)};
                 }));
}

void Signaling::close_producer(const SocketId& id, ProducerRequest request, Reply<ProducerClosedResult> reply) {
  stage_.close_producer(id, request.producer_id, done_with_revision(stage_, id, std::move(reply)));
}

void Signaling::pause_producer(const SocketId& id, ProducerRequest request, Reply<ProducerPausedResult> reply) {
  stage_.pause_producer(id, request.producer_id, done_with_revision(stage_, id, std::move(reply)));
}

void Signaling::resume_producer(const SocketId& id, ProducerRequest request, Reply<ProducerResumedResult> reply) {
  stage_.resume_producer(id, request.producer_id, done_with_revision(stage_, id, std::move(reply)));
}

void Signaling::get_producers(const SocketId& id, EmptyRequest, Reply<ProducersResult> reply) {
  const auto producers = stage_.producers(id);
  if (!producers) return reply(tl::unexpected(producers.error()));
  ProducersResult result;
  for (const auto& producer : *producers) result.producers.push_back(to_message(producer));
  if (const auto data = stage_.data_producers(id)) {
    for (const auto& producer : *data) result.data_producers.push_back(to_message(producer));
  }
  result.revision = stage_.revision(id);
  reply(std::move(result));
}

void Signaling::get_room(const SocketId& id, EmptyRequest, Reply<RoomResult> reply) {
  const auto room = stage_.room(id);
  if (!room) return reply(tl::unexpected(room.error()));
  reply(RoomResult{to_messages(room->others), room->revision});
}

void Signaling::get_stats(const SocketId& id, EmptyRequest, Reply<StatsResult> reply) {
  stage_.stats(id, answer_with<sfu::PeerStats, StatsResult>(
                       std::move(reply), [](const sfu::PeerStats& stats) { return to_message(stats); }));
}

void Signaling::set_audio_levels(const SocketId& id, AudioLevelsRequest request, Reply<RequestedResult> reply) {
  if (const auto known = stage_.want_levels(id, request.wanted); !known) return reply(tl::unexpected(known.error()));
  reply(RequestedResult{});
}

void Signaling::set_consumer_priority(const SocketId& id, ConsumerPriorityRequest request,
                                      Reply<RequestedResult> reply) {
  stage_.set_priority(id, {request.consumer_id, request.priority}, done(std::move(reply)));
}

// ---- consumers

void Signaling::consume(const SocketId& id, ConsumeRequest request, Reply<ConsumeResult> reply) {
  stage_.consume(
      id, {request.transport_id, request.producer_id, std::move(request.rtp_capabilities), std::move(request.slot)},
      answer_with<sfu::Consumed, ConsumeResult>(std::move(reply), [](sfu::Consumed c) {
        const auto type = c.simulcast ? ConsumerType::simulcast : c.svc ? ConsumerType::svc : ConsumerType::simple;
        return ConsumeResult{c.consumer, c.producer, c.kind, std::move(c.rtp_parameters), type, c.producer_paused};
      }));
}

void Signaling::resume_consumer(const SocketId& id, ConsumerRequest request, Reply<ResumedResult> reply) {
  stage_.resume_consumer(id, request.consumer_id, done(std::move(reply)));
}

void Signaling::pause_consumer(const SocketId& id, ConsumerRequest request, Reply<PausedResult> reply) {
  stage_.pause_consumer(id, request.consumer_id, done(std::move(reply)));
}

void Signaling::close_consumer(const SocketId& id, ConsumerRequest request, Reply<ClosedResult> reply) {
  stage_.close_consumer(id, request.consumer_id, done(std::move(reply)));
}

void Signaling::set_preferred_layers(const SocketId& id, PreferredLayersRequest request, Reply<RequestedResult> reply) {
  stage_.set_preferred_layers(id, {request.consumer_id, request.spatial_layer, request.temporal_layer},
                              done(std::move(reply)));
}

void Signaling::request_key_frame(const SocketId& id, ConsumerRequest request, Reply<RequestedResult> reply) {
  stage_.request_key_frame(id, request.consumer_id, done(std::move(reply)));
}

// ---- from one peer to another

std::optional<std::vector<wire::IceServer>> Signaling::ice_servers(sfu::PeerId peer) const {
  if (!dependencies_.ice_servers) return std::nullopt;
  auto servers = dependencies_.ice_servers(peer.str(), dependencies_.loop.wall_now());
  return servers.empty() ? std::nullopt : std::optional(std::move(servers));
}

namespace {
base::Status check(const Signal& signal) {
  const auto too_large = [](const auto& part, std::size_t limit) {
    return part && wire::print_json(*part).size() > limit;
  };
  if (int(signal.description.has_value()) + int(signal.candidate.has_value()) + int(signal.ended.has_value()) != 1) {
    return base::fail(errors::invalid_request, "one of description, candidate and ended is needed");
  }
  if (too_large(signal.description, Signaling::description_max)) {
    return base::fail(errors::invalid_request, "description: is too large");
  }
  if (too_large(signal.candidate, Signaling::candidate_max)) {
    return base::fail(errors::invalid_request, "candidate: is too large");
  }
  return {};
}
}  // namespace

void Signaling::signal(const SocketId& id, Signal signal, Reply<RelayedResult> reply) {
  if (!clients_.at(id).signals.take(dependencies_.loop.now())) {
    return reply(base::fail(errors::too_many_signals, "too many signals at once"));
  }
  if (auto fine = check(signal); !fine) return reply(tl::unexpected(std::move(fine).error()));
  const auto other = stage_.seat_of(id, signal.peer_id);
  if (!other) return reply(tl::unexpected(other.error()));
  signal.peer_id = *stage_.peer_of(id);
  emit({*other}, "signal", wire::to_json(signal));
  reply(RelayedResult{});
}

// ---- time and sessions

void Signaling::clock(const SocketId&, ClockRequest request, Reply<ClockResult> reply) {
  const auto received = dependencies_.loop.wall_now();
  reply(ClockResult{request.t0, millis(received), millis(dependencies_.loop.wall_now())});
}

void Signaling::subscribe(const SocketId& id, SubscribeRequest request, Reply<SubscribedResult> reply) {
  const auto ask = [doorman = dependencies_.doorman, who = clients_.at(id).identity, request] {
    return doorman.may_follow(who, request.session_id);
  };
  const auto answered = [weak = std::weak_ptr(self_), id, request, reply](base::Status allowed) {
    const auto self = weak.lock();
    if (!self) return;
    if (!allowed) return reply(tl::unexpected(std::move(allowed).error()));
    if (!(*self)->space_.join(id, session_room(request.session_id))) {
      return reply(base::fail(errors::too_many, "too many subscriptions on one connection"));
    }
    reply(SubscribedResult{});
  };
  if (!dependencies_.pool.run_then(dependencies_.loop, ask, answered)) {
    reply(base::fail(errors::busy, "the server is busy, try again"));
  }
}

void Signaling::recording_progress(const SocketId& id, RecordingProgress request, Reply<RelayedResult> reply) {
  const auto others = stage_.others_in_room(id);
  if (!others) return reply(tl::unexpected(others.error()));
  RecordingProgressNotice notice;
  static_cast<RecordingProgress&>(notice) = std::move(request);
  notice.peer_id = *stage_.peer_of(id);
  if (const auto& who = clients_.at(id).identity.participant) notice.participant_id = who->id;
  emit(*others, "recordingProgress", wire::to_json(notice));
  reply(RelayedResult{});
}

}  // namespace greenroom::api::realtime

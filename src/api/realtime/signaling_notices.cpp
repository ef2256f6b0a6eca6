// What the stage tells, as Socket.IO events.
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

namespace {

struct Notice {
  std::string_view event;
  boost::json::value data;
};

struct NoticeOf {
  Notice operator()(const studio::PeerJoined& f) { return {"peerJoined", wire::to_json(to_message(f.peer))}; }
  Notice operator()(const studio::PeerLeft& f) {
    return {"peerLeft", wire::to_json(PeerLeftNotice{f.peer, f.user_id, unless_empty(f.participant_id)})};
  }
  Notice operator()(const studio::NewProducer& f) { return {"newProducer", wire::to_json(to_message(f.producer))}; }
  Notice operator()(const studio::ProducerGone& f) {
    return {"producerClosed", wire::to_json(ProducerNotice{f.producer, f.peer})};
  }
  Notice operator()(const studio::ProducerPause& f) {
    return {f.paused ? "producerPaused" : "producerResumed", wire::to_json(ProducerNotice{f.producer, f.peer})};
  }
  Notice operator()(const studio::Displaced&) { return {"displaced", wire::to_json(EmptyNotice{})}; }
  Notice operator()(const sfu::ConsumerClosed& f) {
    return {"consumerClosed", wire::to_json(ConsumerClosedNotice{f.consumer, f.producer})};
  }
  Notice operator()(const sfu::ConsumerLayersChanged& f) {
    return {"consumerLayersChanged", wire::to_json(LayersNotice{f.consumer, f.spatial_layer, f.temporal_layer})};
  }
  Notice operator()(const sfu::Scores& f) { return {"producerScore", wire::to_json(ScoreNotice{f.producer, f.score})}; }
  Notice operator()(const sfu::TransportState& f) {
    return {"transportState", wire::to_json(TransportNotice{f.transport, f.status})};
  }
  Notice operator()(const sfu::ActiveSpeaker& f) {
    return {"activeSpeaker", wire::to_json(ActiveSpeakerNotice{f.peer})};
  }
};

}  // namespace

void Signaling::tell(const std::vector<SocketId>& to, const studio::StageFact& fact) {
  const auto notice = std::visit(NoticeOf{}, fact);
  emit(to, notice.event, notice.data);
  if (!std::holds_alternative<studio::Displaced>(fact)) return;
  for (const auto& id : to) set_present(id, false);
}

}  // namespace greenroom::api::realtime

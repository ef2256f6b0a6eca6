// What the stage tells, as Socket.IO events.
#include "api/realtime/signaling.hpp"

namespace greenroom::api::realtime {

namespace {

struct Notice {
  std::string_view event;
  boost::json::value data;
};

struct NoticeOf {
  Notice operator()(const studio::PeerJoined& f) {
    return {"peerJoined", wire::to_json(PeerJoinedNotice{to_message(f.peer), f.revision})};
  }
  Notice operator()(const studio::PeerLeft& f) {
    return {"peerLeft", wire::to_json(PeerLeftNotice{f.peer, f.user_id, unless_empty(f.participant_id), f.revision})};
  }
  Notice operator()(const studio::NewProducer& f) {
    return {"newProducer", wire::to_json(NewProducerNotice{to_message(f.producer), f.revision})};
  }
  Notice operator()(const studio::ProducerGone& f) {
    return {"producerClosed", wire::to_json(ProducerNotice{f.producer, f.peer, f.revision})};
  }
  Notice operator()(const studio::ProducerPause& f) {
    return {f.paused ? "producerPaused" : "producerResumed",
            wire::to_json(ProducerNotice{f.producer, f.peer, f.revision})};
  }
  Notice operator()(const studio::RoomGone&) { return {"leftRoom", wire::to_json(EmptyNotice{})}; }
  Notice operator()(const studio::NewDataProducer& f) {
    return {"newDataProducer", wire::to_json(NewDataProducerNotice{to_message(f.producer), f.revision})};
  }
  Notice operator()(const studio::DataProducerGone& f) {
    return {"dataProducerClosed", wire::to_json(DataProducerNotice{f.producer, f.peer, f.revision})};
  }
  Notice operator()(const sfu::DataConsumerClosed& f) {
    return {"dataConsumerClosed", wire::to_json(DataConsumerClosedNotice{f.consumer, f.producer, f.reason})};
  }
  Notice operator()(const studio::Displaced&) { return {"displaced", wire::to_json(EmptyNotice{})}; }
  Notice operator()(const sfu::ConsumerClosed& f) {
    return {"consumerClosed", wire::to_json(ConsumerClosedNotice{f.consumer, f.producer})};
  }
  Notice operator()(const sfu::ConsumerLayersChanged& f) {
    return {"consumerLayersChanged", wire::to_json(LayersNotice{f.consumer, f.spatial_layer, f.temporal_layer})};
  }
  Notice operator()(const sfu::ProducerScore& f) {
    return {"producerScore", wire::to_json(ProducerScoreNotice{f.producer, f.score, f.encodings})};
  }
  Notice operator()(const sfu::ConsumerScore& f) {
    return {"consumerScore", wire::to_json(ConsumerScoreNotice{f.consumer, f.score, f.producer_score})};
  }
  Notice operator()(const sfu::PeerQuality& f) {
    return {"connectionQuality", wire::to_json(ConnectionQualityNotice{f.peer, to_message(f.quality)})};
  }
  Notice operator()(const sfu::TransportState& f) {
    return {"transportState", wire::to_json(TransportNotice{f.transport, f.status})};
  }
  Notice operator()(const sfu::AudioLevels& f) {
    AudioLevelsNotice notice;
    for (const auto& level : f.levels) notice.levels.push_back({level.peer, level.producer, level.level_db});
    return {"audioLevels", wire::to_json(notice)};
  }
  Notice operator()(const sfu::ActiveSpeaker& f) {
    return {"activeSpeaker", wire::to_json(ActiveSpeakerNotice{f.peer})};
  }
};

}  // namespace

void Signaling::tell(const std::vector<SocketId>& to, const studio::StageFact& fact) {
  const auto notice = std::visit(NoticeOf{}, fact);
  emit(to, notice.event, notice.data);
  if (!std::holds_alternative<studio::Displaced>(fact) && !std::holds_alternative<studio::RoomGone>(fact)) return;
  for (const auto& id : to) set_present(id, false);
}

}  // namespace greenroom::api::realtime

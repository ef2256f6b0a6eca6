#include "api/realtime/messages.hpp"

namespace greenroom::api::realtime {

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

ProducerInfo to_message(const studio::StageProducer& p) {
  return {p.producer.producer, p.producer.peer,     p.user_id,        unless_empty(p.participant_id),
          p.producer.kind,     p.producer.app_data, p.producer.paused};
}

PeerInfo to_message(const studio::StagePeer& peer) {
  PeerInfo info{peer.peer, peer.user_id, unless_empty(peer.participant_id), peer.name, {}, {}};
  for (const auto& producer : peer.producers) {
    info.producers.push_back(to_message(studio::StageProducer{producer, peer.user_id, peer.participant_id}));
  }
  for (const auto& producer : peer.data_producers) {
    info.data_producers.push_back(to_message(studio::StageDataProducer{producer, peer.user_id, peer.participant_id}));
  }
  return info;
}

std::vector<PeerInfo> to_messages(const std::vector<studio::StagePeer>& peers) {
  std::vector<PeerInfo> messages;
  for (const auto& peer : peers) messages.push_back(to_message(peer));
  return messages;
}

DataProducerInfo to_message(const studio::StageDataProducer& p) {
  return {p.producer.producer, p.producer.peer,     p.user_id,          unless_empty(p.participant_id),
          p.producer.label,    p.producer.protocol, p.producer.app_data};
}

}  // namespace greenroom::api::realtime

// A WHEP session's slots. A slot shows what is worth most to a viewer among what no other slot shows: a screen before a
// camera, the one who speaks before the others, who sends before who pauses, who came first before who came later. What
// it shows is changed when something else is worth more, or when it has gone; to the client it is one stream.
#include <algorithm>

#include "api/rest/sdp_session.hpp"

namespace greenroom::api {

namespace {

constexpr int of_a_screen = 4, of_the_speaker = 2, of_what_is_sent = 8;

bool is_screen(const boost::json::value& app_data) {
  const auto* object = app_data.if_object();
  const auto* source = object ? object->if_contains("source") : nullptr;
  return source && source->is_string() && source->get_string() == "screen";
}

template <class T>
std::optional<T> notice_of(const boost::json::value& data) {
  auto parsed = wire::from_json<T>(data);
  return parsed ? std::optional<T>(*std::move(parsed)) : std::nullopt;
}

}  // namespace

base::Result<std::vector<rtc::SdpSection>> WatchSession::negotiate(const wire::RtpCapabilities& router) {
  auto slots = rtc::sections_received(offer(), router);
  if (slots) rtc::give_ssrcs(*slots, rng());
  return slots;
}

void WatchSession::joined(const realtime::JoinRoomResult& result) {
  slots_.resize(sections_.size());
  for (const auto& peer : result.peers) {
    for (const auto& producer : peer.producers) add(producer);
  }
}

// The answer need not wait: it is the same whatever is shown.
void WatchSession::connected() {
  finish();
  arrange();
}

void WatchSession::heard(const std::string& event, const Json& data) {
  if (event == "newProducer") {
    if (const auto info = notice_of<realtime::ProducerInfo>(data)) add(*info);
  } else if (event == "producerClosed") {
    if (const auto gone = notice_of<realtime::ProducerNotice>(data)) forget(gone->producer_id);
  } else if (event == "producerPaused" || event == "producerResumed") {
    if (const auto one = notice_of<realtime::ProducerNotice>(data))
      set_paused(one->producer_id, event == "producerPaused");
  } else if (event == "consumerClosed") {
    if (const auto gone = notice_of<realtime::ConsumerClosedNotice>(data)) consumer_closed(gone->consumer_id);
  } else if (event == "peerLeft") {
    const auto left = notice_of<realtime::PeerLeftNotice>(data);
    if (left) std::erase_if(sources_, [&](const auto& s) { return s.peer == left->peer_id; });
  } else if (event == "activeSpeaker") {
    const auto speaker = notice_of<realtime::ActiveSpeakerNotice>(data);
    if (speaker && speaker->peer_id) speaker_ = speaker->peer_id;  // in silence the last one stays
  } else {
    return;
  }
  arrange();
}

// ---- what there is

void WatchSession::add(const realtime::ProducerInfo& info) {
  forget(info.producer_id);
  sources_.push_back({info.producer_id, info.peer_id, info.kind, is_screen(info.app_data), info.paused});
}

void WatchSession::forget(sfu::ProducerId producer) {
  std::erase_if(sources_, [&](const auto& s) { return s.producer == producer; });
  for (auto& slot : slots_) slot.unsuitable.erase(producer);
}

void WatchSession::set_paused(sfu::ProducerId producer, bool paused) {
  for (auto& source : sources_) {
    if (source.producer == producer) source.paused = paused;
  }
}

void WatchSession::consumer_closed(sfu::ConsumerId consumer) {
  for (auto& slot : slots_) {
    if (slot.consumer != consumer) continue;
    slot.consumer.reset();
    slot.producer.reset();
  }
}

// ---- what is shown

int WatchSession::worth(const Source& source) const {
  return (source.paused ? 0 : of_what_is_sent) + (source.screen ? of_a_screen : 0) +
         (source.peer == speaker_ ? of_the_speaker : 0);
}

// nullptr: what the slot shows may stay, or there is nothing for it.
const WatchSession::Source* WatchSession::choose(std::size_t index) const {
  const auto& slot = slots_[index];
  const Source* best = nullptr;
  const auto is_shown = [&](const Source& s) {
    return std::ranges::any_of(slots_, [&](const Slot& other) { return other.producer == s.producer; });
  };
  for (const auto& source : sources_) {
    const bool own = slot.producer == source.producer;
    if (source.kind != sections_[index].kind || slot.unsuitable.contains(source.producer)) continue;
    if (!own && is_shown(source)) continue;
    if (!best || worth(source) > worth(*best) || (own && worth(source) == worth(*best))) best = &source;
  }
  return best && slot.producer != best->producer ? best : nullptr;
}

void WatchSession::arrange() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].busy) continue;
    const auto* better = choose(i);
    if (!better) continue;
    slots_[i].consumer ? drop(i) : show(i, better->producer);
  }
}

void WatchSession::drop(std::size_t index) {
  auto& slot = slots_[index];
  slot.busy = true;
  const auto consumer = *std::exchange(slot.consumer, std::nullopt);
  slot.producer.reset();
  try_to("closeConsumer", {{"consumerId", consumer.str()}}, [this, index](const base::Result<Json>&) {
    slots_[index].busy = false;
    arrange();
  });
}

void WatchSession::show(std::size_t index, sfu::ProducerId producer) {
  auto& slot = slots_[index];
  slot.busy = true;
  slot.producer = producer;
  const auto& section = sections_[index];
  boost::json::object request{{"transportId", transport_id()},
                              {"producerId", producer.str()},
                              {"rtpCapabilities", wire::to_json(rtc::capabilities_of(section))}};
  request["slot"] = wire::to_json(rtc::slot_of(section));
  try_to("consume", request,
         [this, index, producer](const base::Result<Json>& answer) { shown(index, producer, answer); });
}

void WatchSession::shown(std::size_t index, sfu::ProducerId producer, const base::Result<Json>& answer) {
  auto& slot = slots_[index];
  slot.busy = false;
  const auto result = answer ? notice_of<realtime::ConsumeResult>(*answer) : std::nullopt;
  if (!result) {
    slot.producer.reset();
    slot.unsuitable.insert(producer);
    return arrange();
  }
  slot.consumer = result->id;
  try_to("resumeConsumer", {{"consumerId", result->id.str()}}, [](const base::Result<Json>&) {});
  arrange();
}

}  // namespace greenroom::api

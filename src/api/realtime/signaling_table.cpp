// The table of events, from which both dispatch and the event document are made.
#include <map>

#include "api/realtime/signaling.hpp"
#include "studio/session_events.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

json::object validation_json(const std::vector<wire::FieldError>& fields) {
  json::array list;
  for (const auto& field : fields) list.push_back({{"field", field.path}, {"message", field.message}});
  return {{"error", wire::describe(fields)}, {"code", errors::invalid_request.name}, {"errors", std::move(list)}};
}

// A request's validation, the call, and its acknowledgement. Without an acknowledgement asked for, the event has its
// effect and its answer goes nowhere.
template <class Request, class Result>
ClientEvent row(void (Signaling::*method)(const SocketId&, Request, Signaling::Reply<Result>)) {
  const auto run = [method](Signaling& signaling, const SocketId& id, const json::value& value, const Ack& ack) {
    auto request = wire::from_json<Request>(value);
    if (!request) {
      if (ack) ack({validation_json(request.error())}, {});
      return;
    }
    (signaling.*method)(id, *std::move(request), [ack](base::Result<Result> result) {
      if (ack) ack({result ? wire::to_json(*result) : json::value(error_json(result.error()))}, {});
    });
  };
  return {run, &wire::schema<Request>, &wire::schema<Result>};
}

const std::map<std::string_view, ClientEvent>& client_events() {
  static const std::map<std::string_view, ClientEvent> table = {
      {"createRoom", row(&Signaling::create_room)},
      {"joinRoom", row(&Signaling::join_room)},
      {"leaveRoom", row(&Signaling::leave_room)},
      {"createTransport", row(&Signaling::create_transport)},
      {"connectTransport", row(&Signaling::connect_transport)},
      {"closeTransport", row(&Signaling::close_transport)},
      {"restartIce", row(&Signaling::restart_ice)},
      {"produce", row(&Signaling::produce)},
      {"closeProducer", row(&Signaling::close_producer)},
      {"pauseProducer", row(&Signaling::pause_producer)},
      {"resumeProducer", row(&Signaling::resume_producer)},
      {"getProducers", row(&Signaling::get_producers)},
      {"getRoom", row(&Signaling::get_room)},
      {"getStats", row(&Signaling::get_stats)},
      {"setAudioLevels", row(&Signaling::set_audio_levels)},
      {"setConsumerPriority", row(&Signaling::set_consumer_priority)},
      {"consume", row(&Signaling::consume)},
      {"resumeConsumer", row(&Signaling::resume_consumer)},
      {"pauseConsumer", row(&Signaling::pause_consumer)},
      {"closeConsumer", row(&Signaling::close_consumer)},
      {"setConsumerPreferredLayers", row(&Signaling::set_preferred_layers)},
      {"requestKeyFrame", row(&Signaling::request_key_frame)},
      {"signal", row(&Signaling::signal)},
      {"produceData", row(&Signaling::produce_data)},
      {"closeDataProducer", row(&Signaling::close_data_producer)},
      {"consumeData", row(&Signaling::consume_data)},
      {"closeDataConsumer", row(&Signaling::close_data_consumer)},
      {"clock", row(&Signaling::clock)},
      {"subscribe", row(&Signaling::subscribe)},
      {"recordingProgress", row(&Signaling::recording_progress)},
  };
  return table;
}

// What happens in a room; beside it clients are told of their session.
const std::map<std::string_view, wire::SchemaOf>& room_events() {
  static const std::map<std::string_view, wire::SchemaOf> table = {
      {"peerJoined", &wire::schema<PeerJoinedNotice>},
      {"peerLeft", &wire::schema<PeerLeftNotice>},
      {"newProducer", &wire::schema<NewProducerNotice>},
      {"producerClosed", &wire::schema<ProducerNotice>},
      {"producerPaused", &wire::schema<ProducerNotice>},
      {"producerResumed", &wire::schema<ProducerNotice>},
      {"consumerClosed", &wire::schema<ConsumerClosedNotice>},
      {"consumerLayersChanged", &wire::schema<LayersNotice>},
      {"producerScore", &wire::schema<ProducerScoreNotice>},
      {"consumerScore", &wire::schema<ConsumerScoreNotice>},
      {"connectionQuality", &wire::schema<ConnectionQualityNotice>},
      {"newDataProducer", &wire::schema<NewDataProducerNotice>},
      {"dataProducerClosed", &wire::schema<DataProducerNotice>},
      {"dataConsumerClosed", &wire::schema<DataConsumerClosedNotice>},
      {"transportState", &wire::schema<TransportNotice>},
      {"audioLevels", &wire::schema<AudioLevelsNotice>},
      {"activeSpeaker", &wire::schema<ActiveSpeakerNotice>},
      {"signal", &wire::schema<Signal>},
      {"displaced", &wire::schema<EmptyNotice>},
      {"leftRoom", &wire::schema<EmptyNotice>},
      {"missedEvents", &wire::schema<EmptyNotice>},
      {"recordingProgress", &wire::schema<RecordingProgressNotice>},
  };
  return table;
}

}  // namespace

json::object error_json(const base::Error& error) { return {{"error", error.what}, {"code", error.code.name}}; }

const ClientEvent* find_client_event(std::string_view name) {
  const auto found = client_events().find(name);
  return found == client_events().end() ? nullptr : &found->second;
}

std::string event_document() {
  wire::SchemaSet set;
  json::object from_client, from_server, schemas;
  for (const auto& [name, event] : client_events()) {
    from_client[name] = {{"request", event.request_schema(set)}, {"result", event.result_schema(set)}};
  }
  auto events = studio::session_events();
  events.insert(room_events().begin(), room_events().end());
  for (const auto& [name, schema] : events) from_server[name] = {{"data", schema(set)}};
  for (auto& [name, schema] : set.by_name) schemas[name] = std::move(schema);
  return wire::print_json_pretty(
      json::object{{"clientEvents", from_client}, {"serverEvents", from_server}, {"schemas", schemas}});
}

}  // namespace greenroom::api::realtime

// The way of a session into a room: enter, createRoom, joinRoom, createTransport, connectTransport, its media, answer.
#include "api/rest/sdp_session.hpp"

#include <array>

#include "api/realtime/relay.hpp"
#include "api/realtime/signaling.hpp"
#include "studio/errors.hpp"

namespace greenroom::api {

namespace json = boost::json;

namespace {

// Errors of the signaling that a WHIP client can meet.
constexpr std::array known_codes = {studio::stage_errors::needs_token,
                                    studio::stage_errors::other_room,
                                    studio::stage_errors::may_not_produce,
                                    studio::stage_errors::left,
                                    studio::stage_errors::busy,
                                    studio::stage_errors::no_such_producer,
                                    studio::error_waiting,
                                    studio::error_removed,
                                    studio::error_over,
                                    studio::error_token,
                                    realtime::errors::busy,
                                    realtime::errors::unauthorized,
                                    realtime::errors::too_many,
                                    realtime::relay_errors::moved,
                                    realtime::relay_errors::unreachable,
                                    rtc::errors::bad_rtp_parameters,
                                    rtc::errors::unsupported_codec,
                                    rtc::errors::cannot_consume,
                                    sfu::errors::bad_dtls_parameters,
                                    sfu::errors::too_many,
                                    sfu::errors::bad_room_id,
                                    base::ErrorCode{base::ErrorKind::unavailable, "bus.unavailable"}};

constexpr base::ErrorCode error_refused{base::ErrorKind::internal, "whip.refused"};
constexpr base::ErrorCode error_ended{base::ErrorKind::gone, "whip.ended"};

base::ErrorCode code_named(std::string_view name) {
  for (const auto& code : known_codes) {
    if (code.name == name) return code;
  }
  return error_refused;
}

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// What we ourselves have written always parses.
template <class T>
base::Result<T> read(const json::value& value) {
  auto parsed = wire::from_json<T>(value);
  if (!parsed) return base::fail(error_refused, "the room answered something else", wire::describe(parsed.error()));
  return *std::move(parsed);
}

}  // namespace

base::Result<json::value> result_of(const json::value& acknowledgement) {
  const auto* object = acknowledgement.if_object();
  if (!object) return base::fail(error_refused, "the room answered nothing");
  if (!object->contains("error")) return acknowledgement;
  const auto code = text_at(*object, "code");
  return base::fail(code_named(code), text_at(*object, "error"), code);
}

SdpSession::SdpSession(WhipSessions& owner, std::string id, std::string name, rtc::SdpOffer offer)
    : owner_(owner), id_(std::move(id)), name_(std::move(name)), offer_(std::move(offer)) {}

void SdpSession::open(SdpAdmission admission, Opened opened) {
  admission_ = std::move(admission);
  opened_ = std::move(opened);
  patience_ = owner_.dependencies_.loop.after(WhipSessions::connect_patience, [this] { end("never connected"); });
  const auto weak = weak_from_this();
  owner_.dependencies_.realtime.enter_inside(
      admission_.token,
      {[weak](const std::string& event, const Json& data) {
         if (const auto self = weak.lock()) self->notice(event, data);
       },
       [weak] {
         if (const auto self = weak.lock()) self->end("sent away");
       }},
      [weak, &realtime = owner_.dependencies_.realtime](base::Result<std::string> client) {
        const auto self = weak.lock();
        if (self && !self->ended_) return self->entered(std::move(client));
        if (client) realtime.leave_inside(*client);
      });
}

void SdpSession::entered(base::Result<std::string> client) {
  if (!client) return fail(client.error());
  client_ = *std::move(client);
  ask("createRoom", {{"callId", admission_.room}}, [this](const Json& answer) { created(answer); });
}

void SdpSession::created(const Json& answer) {
  const auto room = read<realtime::CreateRoomResult>(answer);
  if (!room) return fail(room.error());
  auto sections = negotiate(room->rtp_capabilities);
  if (!sections) return fail(sections.error());
  sections_ = *std::move(sections);
  const Json request{
      {"callId", admission_.room}, {"userId", name_}, {"rtpCapabilities", wire::to_json(capabilities())}};
  ask("joinRoom", request, [this](const Json& joined_room) {
    const auto result = read<realtime::JoinRoomResult>(joined_room);
    if (!result) return fail(result.error());
    joined(*result);
    make_transport();
  });
}

void SdpSession::make_transport() {
  const auto* direction = way() == SdpWay::publish ? "send" : "recv";
  ask("createTransport", {{"direction", direction}}, [this](const Json& answer) { transport_made(answer); });
}

void SdpSession::transport_made(const Json& answer) {
  auto made = read<realtime::CreateTransportResult>(answer);
  if (!made) return fail(made.error());
  transport_id_ = made->id;
  ice_servers_ = std::move(made->ice_servers).value_or(std::vector<wire::IceServer>());
  transport_ = {std::move(made->ice_parameters), std::move(made->ice_candidates), std::move(made->dtls_parameters)};
  const Json request{{"transportId", transport_id()}, {"dtlsParameters", wire::to_json(offer_.dtls)}};
  ask("connectTransport", request, [this](const Json&) { connected(); });
}

void SdpSession::finish() {
  const auto role = way() == SdpWay::publish ? rtc::SdpRole::receiver : rtc::SdpRole::sender;
  answer_ = wire::sdp::print(rtc::make_answer(offer_, sections_, transport_, role));
  if (const auto opened = std::exchange(opened_, {})) opened({});
}

// ---- asking

void SdpSession::try_to(std::string event, const Json& request, std::function<void(base::Result<Json>)> then) {
  const auto answered = [weak = weak_from_this(), then = std::move(then)](const Json& answer) {
    const auto self = weak.lock();
    if (self && !self->ended_) then(result_of(answer));
  };
  owner_.dependencies_.realtime.call_inside(client_, std::move(event), request, answered);
}

void SdpSession::ask(std::string event, const Json& request, Then then) {
  try_to(std::move(event), request, [this, then = std::move(then)](const base::Result<Json>& answer) {
    answer ? then(*answer) : fail(answer.error());
  });
}

void SdpSession::restart_ice(Restarted restarted) {
  try_to("restartIce", {{"transportId", transport_id()}}, [this, restarted](const base::Result<Json>& answer) {
    if (!answer) return restarted(tl::unexpected(answer.error()));
    auto result = read<realtime::RestartIceResult>(*answer);
    if (!result) return restarted(tl::unexpected(result.error()));
    transport_.ice = std::move(result->ice_parameters);
    restarted(wire::sdp::print_fragment(rtc::make_fragment(offer_, transport_)));
  });
}

// ---- being told

void SdpSession::notice(const std::string& event, const Json& data) {
  if (ended_) return;
  if (event == "displaced" || event == "leftRoom") return end(event);
  if (event == "transportState") return transport_state(data);
  if (event == "signal") return decline(data);
  heard(event, data);
}

// Nobody can speak to us but through the server.
void SdpSession::decline(const Json& data) {
  const auto signal = read<realtime::Signal>(data);
  if (!signal || signal->ended) return;
  try_to("signal", {{"peerId", signal->peer_id.str()}, {"ended", true}}, [](const base::Result<Json>&) {});
}

void SdpSession::transport_state(const Json& data) {
  const auto state = read<realtime::TransportNotice>(data);
  if (!state || state->transport_id != transport_id_) return;
  if (state->state == sfu::TransportStatus::connected) return patience_.cancel();
  if (state->state != sfu::TransportStatus::connecting) end("the connection is lost");
}

// ---- the end

void SdpSession::fail(const base::Error& error) {
  if (ended_) return;
  if (const auto opened = std::exchange(opened_, {})) opened(tl::unexpected(error));
  end(error.code.name);
}

void SdpSession::end(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  const auto self = shared_from_this();  // while the owner forgets us
  patience_.cancel();
  auto& d = owner_.dependencies_;
  if (!client_.empty()) d.realtime.leave_inside(client_);
  d.log.info("whip.ended", {{"session", admission_.room}, {"why", why}});
  if (const auto opened = std::exchange(opened_, {})) opened(base::fail(error_ended, "the session has ended"));
  owner_.forget(id_);
}

// ---- publishing

base::Result<std::vector<rtc::SdpSection>> PublishSession::negotiate(const wire::RtpCapabilities& router) {
  return rtc::sections_sent(offer(), router);
}

// appData says "mic" and "camera", as of a browser: screens and recordings sort streams by it.
void PublishSession::produce(std::size_t index) {
  if (index == sections_.size()) return finish();
  const auto& section = sections_[index];
  const bool audio = section.kind == wire::MediaKind::audio;
  const Json request{{"transportId", transport_id()},
                     {"kind", audio ? "audio" : "video"},
                     {"rtpParameters", wire::to_json(section.parameters)},
                     {"appData", {{"source", audio ? "mic" : "camera"}, {"via", "whip"}}}};
  ask("produce", request, [this, index](const Json&) { produce(index + 1); });
}

}  // namespace greenroom::api

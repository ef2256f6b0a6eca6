// The HTTP of WHIP and WHEP: what is asked, what is refused, what is answered.
#include "api/rest/whip.hpp"

#include <fmt/format.h>

#include "api/identify.hpp"
#include "api/rest/rest.hpp"
#include "api/rest/sdp_session.hpp"
#include "base/text.hpp"
#include "net/entity_tag.hpp"
#include "studio/errors.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {
namespace {

using net::Request;
using net::Response;

constexpr std::string_view sdp_type = "application/sdp";
constexpr std::string_view fragment_type = "application/trickle-ice-sdpfrag";
constexpr std::size_t name_max = 80;  // characters of a participant's name
constexpr std::string_view consent_query = "recording", consent_given = "agreed";

constexpr base::ErrorCode error_no_session{base::ErrorKind::not_found, "whip.no_such_session"};
constexpr base::ErrorCode error_state{base::ErrorKind::precondition, "whip.other_ice_session"};
constexpr base::ErrorCode error_no_state{base::ErrorKind::invalid, "api.precondition_required"};
constexpr base::ErrorCode error_too_many{base::ErrorKind::unavailable, "whip.too_many_sessions"};

bool is_of_type(const Request& request, std::string_view wanted) {
  const auto type = request.headers.find("Content-Type").value_or("");
  const auto name = type.substr(0, type.find_first_of("; "));
  return base::equal_without_case(name, wanted);
}

std::string_view way_name(SdpWay way) { return way == SdpWay::publish ? "whip" : "whep"; }

base::Result<rtc::SdpOffer> offer_in(const Request& request) {
  if (!is_of_type(request, sdp_type)) return base::fail(error_media_type, "send the offer as application/sdp");
  GREENROOM_TRY(auto description, wire::sdp::parse(request.body));
  return rtc::read_offer(std::move(description));
}

std::string name_in(const Request& request, SdpWay way) {
  auto name = net::query_parameter(request, "name").value_or("");
  if (name.empty()) name = way == SdpWay::publish ? "Stream" : "Player";
  return name.substr(0, name_max);
}

// Quoted, so that whatever a credential holds stays inside its parameter (RFC 8288 §3).
std::string as_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (std::uint8_t(c) >= 0x20) out += c;
  }
  return out + "\"";
}

void add_links(net::Headers& headers, const wire::IceServer& server) {
  for (const auto& url : server.urls) {
    auto link = fmt::format("<{}>; rel=\"ice-server\"", url);
    if (server.username && server.credential) {
      link += fmt::format("; username={}; credential={}; credential-type=\"password\"", as_quoted(*server.username),
                          as_quoted(*server.credential));
    }
    headers.add("Link", std::move(link));
  }
}

enum class IceMatch { restart, same, other, absent };

IceMatch match_of(const Request& request, const std::string& tag) {
  const auto field = request.headers.find("If-Match");
  if (!field) return IceMatch::absent;
  if (*field == "*" || *field == "\"*\"") return IceMatch::restart;
  const auto tags = net::parse_entity_tags(*field);
  if (!tags) return IceMatch::other;
  for (const auto& one : *tags) {
    if (!one.weak && "\"" + std::string(one.opaque) + "\"" == tag) return IceMatch::same;
  }
  return IceMatch::other;
}

// Candidates of the client are of no use to an ICE-lite agent, which answers the checks that reach it.
base::Status check_fragment(const Request& request, bool restart) {
  if (!is_of_type(request, fragment_type))
    return base::fail(error_media_type, "send the fragment as " + std::string(fragment_type));
  GREENROOM_TRY(const auto fragment, wire::sdp::parse_fragment(request.body));
  const auto* section = fragment.sections.empty() ? nullptr : &fragment.sections.front();
  const bool named = fragment.ice_ufrag || (section && section->ice_ufrag);
  const bool locked = fragment.ice_pwd || (section && section->ice_pwd);
  if (restart && !(named && locked)) {
    return base::fail(wire::sdp::error_malformed, "an ICE restart brings a=ice-ufrag and a=ice-pwd");
  }
  return {};
}

}  // namespace

WhipSessions::WhipSessions(Dependencies dependencies)
    : dependencies_(std::move(dependencies)), self_(std::make_shared<WhipSessions*>(this)) {}

WhipSessions::~WhipSessions() {
  for (const auto& [id, session] : std::exchange(sessions_, {})) session->end("the server closes");
}

// The URL is what a client is known by afterwards: nobody guesses 122 random bits.
std::string WhipSessions::new_id() {
  base::Uuid uuid;
  dependencies_.rng.fill(uuid);
  uuid[6] = std::uint8_t((uuid[6] & 0x0f) | 0x40);
  uuid[8] = std::uint8_t((uuid[8] & 0x3f) | 0x80);
  return base::to_string(uuid);
}

void WhipSessions::open(SdpWay way, const Request& request, std::string room, std::string token, Done done) {
  const auto refuse = [&](const base::Error& error) { done(problem_response(error, request.request_id)); };
  if (sessions_.size() >= sessions_max) return refuse({error_too_many, "this server has too many sessions", {}});
  auto offer = offer_in(request);
  if (!offer) return refuse(offer.error());
  const auto bearer = bearer_token(request);
  SdpVisitor visitor{way, bearer ? std::string(*bearer) : std::move(token), std::move(room), name_in(request, way)};
  visitor.agrees = way == SdpWay::publish && net::query_parameter(request, consent_query) == consent_given;
  const auto id = new_id();
  std::shared_ptr<SdpSession> session;
  if (way == SdpWay::publish) {
    session = std::make_shared<PublishSession>(*this, id, visitor.name, *std::move(offer));
  } else {
    session = std::make_shared<WatchSession>(*this, id, visitor.name, *std::move(offer));
  }
  const auto opened = [this, session, done, request_id = request.request_id](const base::Status& status) {
    done(status ? this->opened(*session) : problem_response(status.error(), request_id));
  };
  const auto admit = [admission = dependencies_.admit, visitor] { return admission(visitor); };
  const auto admitted = [weak = std::weak_ptr(self_), session, opened](base::Result<SdpAdmission> admission) {
    const auto self = weak.lock();
    if (!self) return;
    if (!admission) return opened(tl::unexpected(admission.error()));
    (*self)->sessions_.emplace(session->id(), session);
    session->open(*std::move(admission), opened);
  };
  if (!dependencies_.pool.run_then(dependencies_.loop, admit, admitted)) {
    refuse({error_busy, "too many requests are waiting", {}});
  }
}

Response WhipSessions::opened(const SdpSession& session) const {
  Response response;
  response.status = 201;
  response.headers.set("Content-Type", std::string(sdp_type));
  response.headers.set("Location", fmt::format("/api/v1/{}/{}", way_name(session.way()), session.id()));
  response.headers.set("ETag", session.entity_tag());
  response.headers.set("Accept-Patch", std::string(fragment_type));
  response.headers.set("Cache-Control", "no-store");
  for (const auto& server : session.ice_servers()) add_links(response.headers, server);
  // Takes may be made in any session; a publisher that has not agreed is seen and heard in it, and not recorded.
  if (session.way() == SdpWay::publish)
    response.headers.set("Recording-Consent", session.agreed() ? "given" : "missing");
  response.body = session.answer();
  return response;
}

void WhipSessions::patch(const Request& request, const std::string& id, const Done& done) {
  const auto refuse = [&](const base::Error& error) { done(problem_response(error, request.request_id)); };
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return refuse({error_no_session, "there is no such session", {}});
  const auto session = found->second;
  const auto match = match_of(request, session->entity_tag());
  if (match == IceMatch::absent)
    return refuse({error_no_state, "If-Match names the ICE session, or * restarts it", {}});
  if (auto status = check_fragment(request, match == IceMatch::restart); !status) return refuse(status.error());
  if (match == IceMatch::other) return refuse({error_state, "the ICE session is another one by now", {}});
  Response accepted;
  accepted.status = 204;
  if (match == IceMatch::same) return done(std::move(accepted));
  session->restart_ice([session, done, request_id = request.request_id](base::Result<std::string> fragment) {
    if (!fragment) return done(problem_response(fragment.error(), request_id));
    Response restarted;
    restarted.headers.set("Content-Type", std::string(fragment_type));
    restarted.headers.set("ETag", session->entity_tag());
    restarted.headers.set("Cache-Control", "no-store");
    restarted.body = *std::move(fragment);
    done(std::move(restarted));
  });
}

void WhipSessions::close(const Request& request, const std::string& id, const Done& done) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) {
    return done(problem_response({error_no_session, "there is no such session", {}}, request.request_id));
  }
  const auto session = found->second;
  session->end("deleted");
  done(Response{});  // 200, as OBS wants it (RFC 9725 leaves it open)
}

}  // namespace greenroom::api

// The URLs of WHIP and WHEP, and who is let in by them.
#include <map>
#include <mutex>

#include "api/rest/rest.hpp"
#include "api/rest/whip.hpp"
#include "studio/errors.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {
namespace {

using net::Request;
using net::Response;
using Done = std::function<void(Response)>;
using Handler = std::function<void(const Request&, const PathValues&, const Done&)>;

constexpr base::ErrorCode error_off{base::ErrorKind::not_found, "whip.off"};
constexpr int offers_at_once = 60;  // of one address, then one a second

std::string value_of(const PathValues& values, std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) return value;
  }
  return {};
}

Route deferred(Operation about, const ApiDeps* deps, Handler handler) {
  Route made = raw_route(std::move(about), [](Context& context) {
    return problem_response({error_off, "WHIP is not served here", {}}, context.request.request_id);
  });
  if (!deps || !deps->whip) return made;
  made.defer = std::move(handler);
  return made;
}

Response offered(std::string_view name, std::string_view type) {
  Response response;
  response.headers.set(name, std::string(type));
  return response;
}

// POST and OPTIONS of one endpoint. `id` empty: not in the document.
void add_endpoint(Routes& routes, const ApiDeps* deps, SdpWay way, const std::string& pattern, const std::string& id) {
  const bool publish = way == SdpWay::publish;
  Operation post{.method = "POST",
                 .pattern = pattern,
                 .id = id,
                 .tag = "whip",
                 .summary = publish ? "WHIP: publish by an SDP offer" : "WHEP: watch by an SDP offer",
                 .auth = Auth::participant,
                 .status = 201,
                 .answers = "application/sdp",
                 .takes = "application/sdp"};
  post.secret = true;
  post.burst = offers_at_once;
  routes.push_back(
      deferred(post, deps, [deps, way](const Request& request, const PathValues& values, const Done& done) {
        deps->whip->open(way, request, value_of(values, "id"), value_of(values, "token"), done);
      }));
  Operation options{.method = "OPTIONS", .pattern = pattern, .auth = Auth::nobody};
  routes.push_back(raw_route(options, [](Context&) { return offered("Accept-Post", "application/sdp"); }));
}

void add_session(Routes& routes, const ApiDeps* deps, const std::string& pattern, const std::string& suffix) {
  Operation patch{.method = "PATCH",
                  .pattern = pattern,
                  .id = "change" + suffix,
                  .tag = "whip",
                  .summary = "Trickle ICE (If-Match: the ETag), or an ICE restart (If-Match: *)",
                  .auth = Auth::nobody,
                  .also = {204},
                  .answers = "application/trickle-ice-sdpfrag",
                  .takes = "application/trickle-ice-sdpfrag"};
  patch.secret = true;
  routes.push_back(deferred(patch, deps, [deps](const Request& request, const PathValues& values, const Done& done) {
    deps->whip->patch(request, value_of(values, "id"), done);
  }));
  Operation end{.method = "DELETE",
                .pattern = pattern,
                .id = "end" + suffix,
                .tag = "whip",
                .summary = "End the session",
                .auth = Auth::nobody,
                .answers = ""};
  routes.push_back(deferred(end, deps, [deps](const Request& request, const PathValues& values, const Done& done) {
    deps->whip->close(request, value_of(values, "id"), done);
  }));
  Operation options{.method = "OPTIONS", .pattern = pattern, .auth = Auth::nobody};
  routes.push_back(
      raw_route(options, [](Context&) { return offered("Accept-Patch", "application/trickle-ice-sdpfrag"); }));
}

// An invite's token is a stream key: whoever has it comes in under the given name. The same key and name again is the
// same participant, so that a program that reconnects takes the place of its dead connection; players come in each as
// one of their own.
class StreamKeys {
 public:
  explicit StreamKeys(studio::Studio& studio) : studio_(studio) {}

  base::Result<SdpAdmission> join(const SdpVisitor& visitor) {
    const auto key = visitor.token + '\n' + visitor.name;
    const bool publish = visitor.way == SdpWay::publish;
    auto admission = studio_.join_invite(visitor.token, visitor.name, publish ? before(key) : std::nullopt);
    if (!admission && admission.error().code == studio::error_removed) {
      forget(key);
      return tl::unexpected(admission.error());
    }
    if (!admission) return tl::unexpected(admission.error());
    if (admission->waiting) return base::fail(studio::error_waiting, "wait until you are let in, then try again");
    if (publish) keep(key, admission->token);
    return SdpAdmission{admission->token, admission->call_id.str()};
  }

 private:
  static constexpr std::size_t keys_max = 1'000;

  std::optional<std::string> before(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = tokens_.find(key);
    return found == tokens_.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const std::string& key, const std::string& token) {
    const std::lock_guard lock(mutex_);
    if (tokens_.size() >= keys_max) tokens_.clear();  // then they come back as somebody new
    tokens_[key] = token;
  }
  void forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    tokens_.erase(key);
  }

  studio::Studio& studio_;
  std::mutex mutex_;  // admissions run on the blocking pool
  std::map<std::string, std::string> tokens_;
};

// Whoever types ?recording=agreed into a program knows what it shows and agrees for it, in these words.
constexpr std::string_view consent_notice =
    "A program that publishes by WHIP was given an address with recording=agreed.";

base::Result<SdpAdmission> with_consent(studio::Studio& studio, SdpAdmission admission, bool agrees) {
  GREENROOM_TRY(const auto actor, studio.participant_of(*admission.token));
  const auto& who = std::get<studio::ParticipantActor>(actor);
  if (agrees) GREENROOM_CHECK_OK(studio.consent(actor, who.session, {std::string(consent_notice)}));
  GREENROOM_TRY(const auto attendance, studio.attendance(who.participant));
  admission.agreed = attendance.agreed;
  return admission;
}

base::Result<SdpAdmission> admit(studio::Studio& studio, StreamKeys& keys, const SdpVisitor& visitor) {
  if (visitor.token.empty()) {
    if (visitor.room.empty()) return base::fail(studio::error_sign_in, "send a token as Authorization: Bearer");
    return SdpAdmission{std::nullopt, visitor.room};  // good for open rooms only: the signaling decides
  }
  const auto actor = studio.participant_of(visitor.token);
  if (!actor && actor.error().code != studio::error_token) return tl::unexpected(actor.error());
  if (!actor) {
    auto joined = keys.join(visitor);
    if (!joined && joined.error().code == studio::error_no_invite) return tl::unexpected(actor.error());
    GREENROOM_TRY(auto admission, std::move(joined));
    if (!visitor.room.empty()) admission.room = visitor.room;  // another than the token's is refused there
    return with_consent(studio, std::move(admission), visitor.agrees);
  }
  const auto session = std::get<studio::ParticipantActor>(*actor).session.str();
  return with_consent(studio, {visitor.token, visitor.room.empty() ? session : visitor.room}, visitor.agrees);
}

}  // namespace

std::function<base::Result<SdpAdmission>(const SdpVisitor&)> make_sdp_admission(studio::Studio& studio) {
  const auto keys = std::make_shared<StreamKeys>(studio);
  return [&studio, keys](const SdpVisitor& visitor) { return admit(studio, *keys, visitor); };
}

Routes whip_routes(const ApiDeps* deps) {
  Routes routes;
  for (const auto way : {SdpWay::publish, SdpWay::watch}) {
    const bool publish = way == SdpWay::publish;
    const std::string name = publish ? "whip" : "whep";
    add_endpoint(routes, deps, way, "/api/v1/sessions/{id}/" + name, publish ? "publishByWhip" : "watchByWhep");
    add_endpoint(routes, deps, way, "/" + name, "");
    add_endpoint(routes, deps, way, "/" + name + "/{token}", "");
    add_session(routes, deps, "/api/v1/" + name + "/{id}", publish ? "Whip" : "Whep");
  }
  return routes;
}

}  // namespace greenroom::api

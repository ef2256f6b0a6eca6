// The people in a session: letting them in, removing them, changing their role.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct ParticipantPath {
  studio::SessionId id;
  studio::ParticipantId participant_id;
};
BOOST_DESCRIBE_STRUCT(ParticipantPath, (), (id, participant_id))

struct ParticipantEdit : studio::ParticipantChange {
  studio::SessionId id;
  studio::ParticipantId participant_id;
};
BOOST_DESCRIBE_STRUCT(ParticipantEdit, (studio::ParticipantChange), (id, participant_id))

struct ConsentGiven : studio::NewConsent {
  studio::SessionId id;
};
BOOST_DESCRIBE_STRUCT(ConsentGiven, (studio::NewConsent), (id))

struct OldToken {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(OldToken, (), (token))
constexpr wire::FieldRule field_rule(const OldToken*, std::string_view) { return wire::text_rule(1, 4096); }

namespace {

base::Result<Nothing> remove(const ApiDeps* deps, Context& context, const ParticipantPath& in) {
  GREENROOM_CHECK_OK(deps->studio.remove_participant(context.actor, in.id, in.participant_id));
  return Nothing();
}

}  // namespace

Routes participant_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/sessions/{id}/participants/{participantId}/admit",
                                   .id = "admitParticipant",
                                   .tag = "participants",
                                   .summary = "Let somebody in from the lobby, or back in who was removed"},
                         [deps](Context& context, ParticipantPath in) {
                           return deps->studio.admit(context.actor, in.id, in.participant_id);
                         }));
  routes.push_back(
      route(Operation{.method = "PATCH",
                      .pattern = "/api/v1/sessions/{id}/participants/{participantId}",
                      .id = "changeParticipant",
                      .tag = "participants",
                      .summary = "Change somebody's role, up to one's own, or limit how they are recorded"},
            [deps](Context& context, ParticipantEdit in) {
              return deps->studio.change_participant(context.actor, in.id, in.participant_id, in);
            }));
  routes.push_back(
      route(Operation{.method = "DELETE",
                      .pattern = "/api/v1/sessions/{id}/participants/{participantId}",
                      .id = "removeParticipant",
                      .tag = "participants",
                      .summary = "Refuse somebody who waits, or remove somebody; their token no longer works"},
            [deps](Context& context, ParticipantPath in) { return remove(deps, context, in); }));
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/sessions/{id}/consent",
                      .id = "consentToRecording",
                      .tag = "participants",
                      .summary = "Agree to being recorded in this session, in the words that were shown",
                      .auth = Auth::participant},
            [deps](Context& context, ConsentGiven in) { return deps->studio.consent(context.actor, in.id, in); }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/participants/token",
                                   .id = "renewParticipantToken",
                                   .tag = "participants",
                                   .summary = "A new token for an old one, to finish uploads after the session",
                                   .auth = Auth::nobody},
                         [deps](Context&, const OldToken& in) { return deps->studio.renew_token(in.token); }));
  return routes;
}

}  // namespace greenroom::api

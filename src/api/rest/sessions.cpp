// Sessions: planned or live meetings of people, and joining one as somebody of the workspace.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct SessionPath {
  studio::SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionPath, (), (id))

struct SessionEdit : studio::SessionChange {
  studio::SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionEdit, (studio::SessionChange), (id))

struct HostJoin {
  studio::SessionId id;
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(HostJoin, (), (id, name))
constexpr wire::FieldRule field_rule(const HostJoin*, std::string_view) { return wire::text_rule(1, 80); }

namespace {

base::Result<studio::Session> create(const ApiDeps* deps, Context& context, const studio::NewSession& in) {
  GREENROOM_TRY(auto session, deps->studio.create_session(context.actor, in));
  context.headers.set("Location", "/api/v1/sessions/" + session.id.str());
  return with_revision<studio::Session>(context, std::move(session));
}

base::Result<Nothing> remove(const ApiDeps* deps, Context& context, const SessionPath& in) {
  GREENROOM_CHECK_OK(deps->studio.delete_session(context.actor, in.id, context.expected_revision()));
  return Nothing();
}

void add_collection(Routes& routes, const ApiDeps* deps) {
  routes.push_back(
      route(Operation{.method = "GET",
                      .pattern = "/api/v1/sessions",
                      .id = "listSessions",
                      .tag = "sessions",
                      .summary = "The workspace's sessions, newest first; of one project, state or kind",
                      .auth = Auth::user},
            [deps](Context& context, studio::SessionFilter in) { return deps->studio.sessions(context.actor, in); }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/sessions",
                                   .id = "createSession",
                                   .tag = "sessions",
                                   .summary = "Plan a session",
                                   .auth = Auth::user,
                                   .status = 201,
                                   .revisioned = true},
                         [deps](Context& context, studio::NewSession in) { return create(deps, context, in); }));
}

void add_item(Routes& routes, const ApiDeps* deps) {
  routes.push_back(route(Operation{.method = "GET",
                                   .pattern = "/api/v1/sessions/{id}",
                                   .id = "getSession",
                                   .tag = "sessions",
                                   .summary = "A session with its people, takes, files and work in progress",
                                   .revisioned = true},
                         [deps](Context& context, SessionPath in) {
                           return with_revision(context, deps->studio.session(context.actor, in.id));
                         }));
  routes.push_back(
      route(Operation{.method = "PATCH",
                      .pattern = "/api/v1/sessions/{id}",
                      .id = "changeSession",
                      .tag = "sessions",
                      .summary = "Change what was planned: title, date, project, lobby, limit, what each role may do",
                      .auth = Auth::user,
                      .revisioned = true},
            [deps](Context& context, SessionEdit in) {
              return with_revision(context,
                                   deps->studio.change_session(context.actor, in.id, in, context.expected_revision()));
            }));
  routes.push_back(route(Operation{.method = "DELETE",
                                   .pattern = "/api/v1/sessions/{id}",
                                   .id = "deleteSession",
                                   .tag = "sessions",
                                   .summary = "Delete a session with all that was recorded in it",
                                   .auth = Auth::user,
                                   .revisioned = true},
                         [deps](Context& context, SessionPath in) { return remove(deps, context, in); }));
}

}  // namespace

Routes session_routes(const ApiDeps* deps) {
  Routes routes;
  add_collection(routes, deps);
  add_item(routes, deps);
  routes.push_back(route(
      Operation{.method = "POST",
                .pattern = "/api/v1/sessions/{id}/end",
                .id = "endSession",
                .tag = "sessions",
                .summary = "End a session, or cancel one that nobody has come to: a recording stops, everybody leaves"},
      [deps](Context& context, SessionPath in) { return deps->studio.end_session(context.actor, in.id); }));
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/sessions/{id}/join",
                      .id = "joinSession",
                      .tag = "sessions",
                      .summary = "Join a session of one's own workspace; an editor comes as its host",
                      .auth = Auth::user,
                      .secret = true},
            [deps](Context& context, HostJoin in) { return deps->studio.join(context.actor, in.id, in.name); }));
  return routes;
}

}  // namespace greenroom::api

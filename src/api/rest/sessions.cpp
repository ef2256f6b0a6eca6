// Sessions: planned or live meetings of people, and joining one as its host.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct SessionPath {
  studio::SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionPath, (), (id))

struct SessionQuery {
  std::optional<std::uint32_t> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(SessionQuery, (), (limit, cursor))
constexpr wire::FieldRule field_rule(const SessionQuery*, std::string_view member) {
  return member == "limit" ? wire::number_rule(1, 100) : wire::text_rule(0, 200);
}

struct SessionChange {
  studio::SessionId id;
  std::optional<std::string> title;
};
BOOST_DESCRIBE_STRUCT(SessionChange, (), (id, title))
constexpr wire::FieldRule field_rule(const SessionChange*, std::string_view) { return wire::text_rule(1, 200); }

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
  return session;
}

base::Result<studio::Session> change(const ApiDeps* deps, Context& context, const SessionChange& in) {
  if (in.title) return deps->studio.rename_session(context.actor, in.id, *in.title);
  GREENROOM_TRY(studio::Session unchanged, deps->studio.session(context.actor, in.id));
  return unchanged;
}

base::Result<Nothing> remove(const ApiDeps* deps, Context& context, const SessionPath& in) {
  GREENROOM_CHECK_OK(deps->studio.delete_session(context.actor, in.id));
  return Nothing();
}

void add_collection(Routes& routes, const ApiDeps* deps) {
  routes.push_back(route(
      Operation{.method = "GET",
                .pattern = "/api/v1/sessions",
                .id = "listSessions",
                .tag = "sessions",
                .summary = "The workspace's sessions, newest first",
                .auth = Auth::user},
      [deps](Context& context, SessionQuery in) { return deps->studio.sessions(context.actor, in.limit, in.cursor); }));
  routes.push_back(route(Operation{.method = "POST",
                                   .pattern = "/api/v1/sessions",
                                   .id = "createSession",
                                   .tag = "sessions",
                                   .summary = "Plan a session",
                                   .auth = Auth::user,
                                   .status = 201},
                         [deps](Context& context, studio::NewSession in) { return create(deps, context, in); }));
}

void add_item(Routes& routes, const ApiDeps* deps) {
  routes.push_back(
      route(Operation{.method = "GET",
                      .pattern = "/api/v1/sessions/{id}",
                      .id = "getSession",
                      .tag = "sessions",
                      .summary = "A session with its people, takes, files and work in progress"},
            [deps](Context& context, SessionPath in) { return deps->studio.session(context.actor, in.id); }));
  routes.push_back(route(Operation{.method = "PATCH",
                                   .pattern = "/api/v1/sessions/{id}",
                                   .id = "changeSession",
                                   .tag = "sessions",
                                   .summary = "Rename a session",
                                   .auth = Auth::user},
                         [deps](Context& context, SessionChange in) { return change(deps, context, in); }));
  routes.push_back(route(Operation{.method = "DELETE",
                                   .pattern = "/api/v1/sessions/{id}",
                                   .id = "deleteSession",
                                   .tag = "sessions",
                                   .summary = "Delete a session with all that was recorded in it",
                                   .auth = Auth::user},
                         [deps](Context& context, SessionPath in) { return remove(deps, context, in); }));
}

}  // namespace

Routes session_routes(const ApiDeps* deps) {
  Routes routes;
  add_collection(routes, deps);
  add_item(routes, deps);
  routes.push_back(
      route(Operation{.method = "POST",
                      .pattern = "/api/v1/sessions/{id}/join",
                      .id = "joinSession",
                      .tag = "sessions",
                      .summary = "Join a session of one's own workspace, as its host",
                      .auth = Auth::user,
                      .secret = true},
            [deps](Context& context, HostJoin in) { return deps->studio.join(context.actor, in.id, in.name); }));
  return routes;
}

}  // namespace greenroom::api

// Workspaces: one's own, the one that this login is at, its members and its audit log.
#include "api/rest/rest.hpp"
#include "people/people.hpp"

namespace greenroom::api {

struct WorkspaceList {
  std::vector<people::Workspace> items;
};
BOOST_DESCRIBE_STRUCT(WorkspaceList, (), (items))

struct NewWorkspace {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(NewWorkspace, (), (name))
constexpr wire::FieldRule field_rule(const NewWorkspace*, std::string_view) { return people::name_rule(); }

struct WorkspaceChange {
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(WorkspaceChange, (), (name))
constexpr wire::FieldRule field_rule(const WorkspaceChange*, std::string_view) { return people::name_rule(); }

struct WorkspaceChoice {
  people::WorkspaceId workspace_id;
};
BOOST_DESCRIBE_STRUCT(WorkspaceChoice, (), (workspace_id))

struct MemberList {
  std::vector<people::Member> items;
};
BOOST_DESCRIBE_STRUCT(MemberList, (), (items))

struct MemberPath {
  people::UserId user_id;
};
BOOST_DESCRIBE_STRUCT(MemberPath, (), (user_id))

struct RoleChange {
  people::UserId user_id;
  people::WorkspaceRole role = people::WorkspaceRole::member;
};
BOOST_DESCRIBE_STRUCT(RoleChange, (), (user_id, role))

struct AuditQuery {
  std::optional<std::uint32_t> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(AuditQuery, (), (limit, cursor))
constexpr wire::FieldRule field_rule(const AuditQuery*, std::string_view member) {
  return member == "limit" ? wire::number_rule(1, 100) : wire::text_rule(0, 200);
}

namespace {

// What is about the workspace that one is at may be done with an API key; which one that is, may not.
constexpr Resource workspace{"workspace", "/api/v1/workspace"}, workspaces{"account", "/api/v1"};

base::Result<people::WorkspaceDetail> change(const ApiDeps* deps, Context& context, const WorkspaceChange& in) {
  const auto expected = context.expected_revision();
  if (!in.name) return with_revision(context, deps->people.workspace(context.user()));
  return with_revision(context, deps->people.rename_workspace(context.user(), *in.name, expected));
}

void add_workspaces(Routes& routes, const ApiDeps* deps) {
  routes.push_back(
      route(workspaces.operation("GET", "/workspaces", "listWorkspaces", "The workspaces that one belongs to"),
            [deps](Context& context, Nothing) -> base::Result<WorkspaceList> {
              GREENROOM_TRY(auto items, deps->people.workspaces(context.user()));
              return WorkspaceList{std::move(items)};
            }));
  Operation create = workspaces.operation("POST", "/workspaces", "createWorkspace", "Make a workspace of one's own");
  create.status = 201;
  routes.push_back(route(create, [deps](Context& context, NewWorkspace in) {
    context.headers.set("Location", "/api/v1/workspace");  // once this login is there
    return with_revision(context, deps->people.create_workspace(context.user(), in.name));
  }));
  routes.push_back(
      route(workspaces.operation("POST", "/me/workspace", "switchWorkspace", "Be at another workspace with this login"),
            [deps](Context& context, WorkspaceChoice in) {
              return deps->people.switch_workspace(context.user(), in.workspace_id);
            }));
}

void add_workspace(Routes& routes, const ApiDeps* deps) {
  Operation show = workspace.operation("GET", "", "getWorkspace", "The workspace that this login is at");
  show.revisioned = true;
  routes.push_back(route(show, [deps](Context& context, Nothing) {
    return with_revision(context, deps->people.workspace(context.user()));
  }));
  Operation rename = workspace.operation("PATCH", "", "changeWorkspace", "Rename the workspace");
  rename.revisioned = true;
  routes.push_back(route(rename, [deps](Context& context, WorkspaceChange in) { return change(deps, context, in); }));
  routes.push_back(
      route(workspace.operation("GET", "/audit", "listAudit", "What was done in the workspace, the newest first"),
            [deps](Context& context, AuditQuery in) {
              auto page = deps->people.audit_log(context.user(), in.limit, in.cursor);
              if (page && page->next_cursor) set_next_link(context, *page->next_cursor);
              return page;
            }));
}

void add_members(Routes& routes, const ApiDeps* deps) {
  routes.push_back(route(workspace.operation("GET", "/members", "listMembers", "Who belongs to the workspace"),
                         [deps](Context& context, Nothing) -> base::Result<MemberList> {
                           GREENROOM_TRY(auto items, deps->people.members(context.user()));
                           return MemberList{std::move(items)};
                         }));
  routes.push_back(route(
      workspace.operation("PATCH", "/members/{userId}", "changeMember", "Change a member's role"),
      [deps](Context& context, RoleChange in) { return deps->people.set_role(context.user(), in.user_id, in.role); }));
  routes.push_back(
      route(workspace.operation("DELETE", "/members/{userId}", "removeMember", "Remove a member, or leave oneself"),
            [deps](Context& context, MemberPath in) -> base::Result<Nothing> {
              GREENROOM_CHECK_OK(deps->people.remove_member(context.user(), in.user_id));
              return Nothing();
            }));
}

}  // namespace

Routes workspace_routes(const ApiDeps* deps) {
  Routes routes;
  add_workspaces(routes, deps);
  add_workspace(routes, deps);
  add_members(routes, deps);
  return routes;
}

}  // namespace greenroom::api

// Projects: a show, a course or a channel of the workspace, which its sessions belong to.
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct ProjectPath {
  studio::ProjectId id;
};
BOOST_DESCRIBE_STRUCT(ProjectPath, (), (id))

struct ProjectQuery {
  std::optional<std::uint32_t> limit;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(ProjectQuery, (), (limit, cursor))
constexpr wire::FieldRule field_rule(const ProjectQuery*, std::string_view member) {
  return member == "limit" ? wire::number_rule(1, 100) : wire::text_rule(0, 200);
}

struct ProjectEdit : studio::ProjectChange {
  studio::ProjectId id;
};
BOOST_DESCRIBE_STRUCT(ProjectEdit, (studio::ProjectChange), (id))

namespace {

constexpr Resource projects{"projects", "/api/v1/projects"};

base::Result<studio::Project> create(const ApiDeps* deps, Context& context, const studio::NewProject& in) {
  GREENROOM_TRY(auto project, deps->studio.create_project(context.actor, in));
  context.headers.set("Location", "/api/v1/projects/" + project.id.str());
  return with_revision<studio::Project>(context, std::move(project));
}

base::Result<Nothing> remove(const ApiDeps* deps, Context& context, const ProjectPath& in) {
  GREENROOM_CHECK_OK(deps->studio.delete_project(context.actor, in.id, context.expected_revision()));
  return Nothing();
}

Operation revisioned(Operation about) {
  about.revisioned = true;
  return about;
}

}  // namespace

Routes project_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(route(
      projects.operation("GET", "", "listProjects", "The workspace's projects, newest first"),
      [deps](Context& context, ProjectQuery in) { return deps->studio.projects(context.actor, in.limit, in.cursor); }));
  Operation creation = revisioned(projects.operation("POST", "", "createProject", "Begin a project"));
  creation.status = 201;
  routes.push_back(
      route(creation, [deps](Context& context, studio::NewProject in) { return create(deps, context, in); }));
  routes.push_back(route(revisioned(projects.operation("GET", "/{id}", "getProject", "A project")),
                         [deps](Context& context, ProjectPath in) {
                           return with_revision(context, deps->studio.project(context.actor, in.id));
                         }));
  routes.push_back(
      route(revisioned(projects.operation("PATCH", "/{id}", "changeProject", "Rename or describe a project")),
            [deps](Context& context, ProjectEdit in) {
              return with_revision(context,
                                   deps->studio.change_project(context.actor, in.id, in, context.expected_revision()));
            }));
  routes.push_back(
      route(revisioned(projects.operation("DELETE", "/{id}", "deleteProject", "Delete a project without sessions")),
            [deps](Context& context, ProjectPath in) { return remove(deps, context, in); }));
  return routes;
}

}  // namespace greenroom::api

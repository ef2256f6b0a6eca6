#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

Project shown(const ProjectRow& row) {
  return {row.id, row.name, row.description, row.created_at, row.session_count, row.revision};
}

base::Result<UserActor> must_be_user(const Actor& actor) {
  if (const auto* user = std::get_if<UserActor>(&actor)) return *user;
  return base::fail(error_sign_in, "sign in first");
}

base::Result<UserActor> must_edit(const Actor& actor) {
  GREENROOM_TRY(const auto user, must_be_user(actor));
  if (!rights_of(user.role).edit) return base::fail(error_forbidden, "only editors of the workspace may do this");
  return user;
}

base::Result<ProjectRow> find(db::Transaction& tx, const UserActor& user, ProjectId id) {
  GREENROOM_TRY(auto row, projects::find(tx, id));
  if (!row || row->workspace != user.workspace) return base::fail(error_no_project, "there is no such project");
  return *std::move(row);
}

base::Status check_revision(const ProjectRow& row, std::optional<std::uint64_t> expected) {
  if (!expected || *expected == row.revision) return {};
  return base::fail(error_revision, "somebody has changed this project meanwhile: look at it again");
}

// Lines and all; an empty description is none.
base::Result<std::optional<std::string>> checked_description(const std::optional<std::string>& text,
                                                             const StudioLimits& limits) {
  if (!text || text->empty()) return std::nullopt;
  if (text->size() > 4 * limits.description_chars_max) return base::fail(error_field, "is too long", "description");
  return text;
}

}  // namespace

base::Result<Project> Studio::create_project(const Actor& actor, const NewProject& project) {
  GREENROOM_TRY(const auto user, must_edit(actor));
  ProjectRow row;
  GREENROOM_TRY(row.name, checked_text(project.name, "name", core_->d.limits.title_chars_max));
  GREENROOM_TRY(row.description, checked_description(project.description, core_->d.limits));
  row.created_at = core_->now();
  row.id = ProjectId::make(row.created_at, core_->d.rng);
  row.workspace = user.workspace;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Project> {
    GREENROOM_TRY(const auto count, studio::projects::count(tx, user.workspace));
    if (count >= core_->d.limits.projects_per_workspace_max) {
      return base::fail(error_too_many_projects, "this workspace has as many projects as it can hold");
    }
    GREENROOM_CHECK_OK(studio::projects::insert(tx, row));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "project.created", row.id.str()));
    return shown(row);
  });
}

base::Result<ProjectPage> Studio::projects(const Actor& actor, std::optional<std::uint32_t> limit,
                                           std::optional<std::string> cursor) {
  GREENROOM_TRY(const auto user, must_be_user(actor));
  GREENROOM_TRY(const auto start, page_start<ProjectId>(core_->d.limits, limit, cursor));
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<ProjectPage> {
    GREENROOM_TRY(auto rows, studio::projects::page(tx, user.workspace, start.before, start.count + 1));
    ProjectPage page;
    if (rows.size() > start.count) {
      rows.resize(start.count);
      page.next_cursor = rows.back().id.str();
    }
    for (const auto& row : rows) page.items.push_back(shown(row));
    return page;
  });
}

base::Result<Project> Studio::project(const Actor& actor, ProjectId id) {
  GREENROOM_TRY(const auto user, must_be_user(actor));
  GREENROOM_TRY(const auto row, core_->d.database.read([&](db::Transaction& tx) { return find(tx, user, id); }));
  return shown(row);
}

base::Result<Project> Studio::change_project(const Actor& actor, ProjectId id, const ProjectChange& change,
                                             std::optional<std::uint64_t> expected) {
  GREENROOM_TRY(const auto user, must_edit(actor));
  const auto& limits = core_->d.limits;
  GREENROOM_TRY(const auto description, checked_description(change.description.to(), limits));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<Project> {
    GREENROOM_TRY(auto row, find(tx, user, id));
    GREENROOM_CHECK_OK(check_revision(row, expected));
    if (!change.name && !change.description) return shown(row);
    if (change.name) {
      GREENROOM_TRY(row.name, checked_text(*change.name, "name", limits.title_chars_max));
    }
    if (change.description) row.description = description;
    ++row.revision;
    GREENROOM_CHECK_OK(studio::projects::update(tx, row));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "project.changed", id.str()));
    return shown(row);
  });
}

base::Status Studio::delete_project(const Actor& actor, ProjectId id, std::optional<std::uint64_t> expected) {
  GREENROOM_TRY(const auto user, must_edit(actor));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto row, find(tx, user, id));
    GREENROOM_CHECK_OK(check_revision(row, expected));
    if (row.session_count > 0) {
      return base::fail(error_project_in_use, "there are sessions in this project: move or delete them first");
    }
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "project.deleted", id.str()));
    return studio::projects::remove(tx, id);
  });
}

}  // namespace greenroom::studio

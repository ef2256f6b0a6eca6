#include "studio/detail/rows.hpp"

namespace greenroom::studio::projects {

namespace {

constexpr std::string_view columns = "id, workspace_id, name, description, created_at, revision";

ProjectRow read(db::Row& row) {
  ProjectRow project;
  row.into(project.id);
  row.into(project.workspace);
  row.into(project.name);
  row.into(project.description);
  row.into(project.created_at);
  row.into(project.revision);
  row.into(project.session_count);
  return project;
}

std::string select(std::string_view rest) {
  return fmt::format(
      "SELECT {}, (SELECT COUNT(*) FROM sessions WHERE sessions.project_id = projects.id) FROM projects WHERE {}",
      columns, rest);
}

}  // namespace

base::Status insert(db::Transaction& tx, const ProjectRow& p) {
  static const std::string sql = fmt::format("INSERT INTO projects ({}) VALUES ($1, $2, $3, $4, $5, $6)", columns);
  return done(tx.run(sql, {p.id, p.workspace, p.name, p.description, p.created_at, p.revision}));
}

base::Result<std::optional<ProjectRow>> find(db::Transaction& tx, ProjectId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::vector<ProjectRow>> page(db::Transaction& tx, WorkspaceId workspace, std::string_view before,
                                           std::size_t limit) {
  static const std::string sql = select("workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
  return tx.all(sql, {workspace, before.empty() ? after_every_id : before, limit}, read);
}

base::Result<std::uint64_t> count(db::Transaction& tx, WorkspaceId workspace) {
  return tx.scalar<std::uint64_t>("SELECT COUNT(*) FROM projects WHERE workspace_id = $1", {workspace})
      .map([](const auto& found) { return found.value_or(0); });
}

base::Status update(db::Transaction& tx, const ProjectRow& p) {
  return done(tx.run("UPDATE projects SET name = $2, description = $3, revision = $4 WHERE id = $1",
                     {p.id, p.name, p.description, p.revision}));
}

base::Status remove(db::Transaction& tx, ProjectId id) {
  return done(tx.run("DELETE FROM projects WHERE id = $1", {id}));
}

}  // namespace greenroom::studio::projects

#include "db/enum_column.hpp"
#include "people/detail/rows.hpp"

namespace greenroom::people {

namespace workspaces {

base::Status insert(db::Transaction& tx, const WorkspaceRow& row) {
  return done(tx.run("INSERT INTO workspaces (id, name, created_at, revision) VALUES ($1, $2, $3, $4)",
                     {row.id, row.name, row.created_at, row.revision}));
}

base::Result<std::optional<WorkspaceRow>> find(db::Transaction& tx, WorkspaceId id) {
  return tx.one("SELECT id, name, created_at, revision FROM workspaces WHERE id = $1", {id}, [](db::Row& row) {
    WorkspaceRow found;
    row.into(found.id);
    row.into(found.name);
    row.into(found.created_at);
    row.into(found.revision);
    return found;
  });
}

}  // namespace workspaces

namespace members {

base::Status insert(db::Transaction& tx, WorkspaceId workspace, UserId user, WorkspaceRole role, base::WallTime now) {
  return done(tx.run("INSERT INTO members (workspace_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4)",
                     {workspace, user, role, now}));
}

base::Result<std::optional<WorkspaceRole>> role(db::Transaction& tx, WorkspaceId workspace, UserId user) {
  return tx.scalar<WorkspaceRole>("SELECT role FROM members WHERE workspace_id = $1 AND user_id = $2",
                                  {workspace, user});
}

base::Result<std::optional<WorkspaceId>> oldest_home(db::Transaction& tx, UserId user) {
  return tx.scalar<WorkspaceId>(
      "SELECT workspace_id FROM members WHERE user_id = $1 ORDER BY joined_at, workspace_id LIMIT 1", {user});
}

}  // namespace members

}  // namespace greenroom::people

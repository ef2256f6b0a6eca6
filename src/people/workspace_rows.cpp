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

base::Result<std::vector<Workspace>> of_user(db::Transaction& tx, UserId user) {
  return tx.all(
      "SELECT w.id, w.name, m.role FROM members m JOIN workspaces w ON w.id = m.workspace_id "
      "WHERE m.user_id = $1 ORDER BY m.joined_at, w.id",
      {user}, [](db::Row& row) {
        Workspace found;
        row.into(found.id);
        row.into(found.name);
        row.into(found.role);
        return found;
      });
}

base::Status rename(db::Transaction& tx, WorkspaceId id, std::string_view name) {
  return done(tx.run("UPDATE workspaces SET name = $2, revision = revision + 1 WHERE id = $1", {id, name}));
}

base::Status remove(db::Transaction& tx, WorkspaceId id) {
  return done(tx.run("DELETE FROM workspaces WHERE id = $1", {id}));
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

base::Result<std::vector<Member>> of_workspace(db::Transaction& tx, WorkspaceId workspace) {
  return tx.all(
      "SELECT u.id, u.name, COALESCE(u.email, ''), m.role, m.joined_at FROM members m JOIN users u ON u.id = m.user_id "
      "WHERE m.workspace_id = $1 ORDER BY m.joined_at, u.id",
      {workspace}, [](db::Row& row) {
        Member member;
        row.into(member.user_id);
        row.into(member.name);
        row.into(member.email);
        row.into(member.role);
        row.into(member.joined_at);
        return member;
      });
}

base::Result<std::int64_t> count(db::Transaction& tx, WorkspaceId workspace) {
  return tx.scalar<std::int64_t>("SELECT COUNT(*) FROM members WHERE workspace_id = $1", {workspace}).map([](auto n) {
    return n.value_or(0);
  });
}

base::Result<std::int64_t> owners(db::Transaction& tx, WorkspaceId workspace) {
  return tx
      .scalar<std::int64_t>("SELECT COUNT(*) FROM members WHERE workspace_id = $1 AND role = $2",
                            {workspace, WorkspaceRole::owner})
      .map([](auto n) { return n.value_or(0); });
}

base::Status set_role(db::Transaction& tx, WorkspaceId workspace, UserId user, WorkspaceRole role) {
  return done(tx.run("UPDATE members SET role = $3 WHERE workspace_id = $1 AND user_id = $2", {workspace, user, role}));
}

base::Status remove(db::Transaction& tx, WorkspaceId workspace, UserId user) {
  return done(tx.run("DELETE FROM members WHERE workspace_id = $1 AND user_id = $2", {workspace, user}));
}

}  // namespace members

namespace invitations {

// Whoever is invited twice to one workspace has the newer invitation.
base::Status replace(db::Transaction& tx, std::string_view hash, const InvitationRow& row) {
  GREENROOM_CHECK_OK(
      tx.run("DELETE FROM invitations WHERE workspace_id = $1 AND email = $2", {row.workspace, row.email}));
  return done(
      tx.run("INSERT INTO invitations (id, token_hash, workspace_id, email, role, invited_by, created_at, expires_at) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
             {row.id, hash, row.workspace, row.email, row.role, row.invited_by, row.created_at, row.expires_at}));
}

base::Result<std::vector<Invitation>> of_workspace(db::Transaction& tx, WorkspaceId workspace, base::WallTime now) {
  return tx.all(
      "SELECT i.id, i.email, i.role, u.name, i.created_at, i.expires_at FROM invitations i "
      "JOIN users u ON u.id = i.invited_by WHERE i.workspace_id = $1 AND i.expires_at > $2 ORDER BY i.created_at, i.id",
      {workspace, now}, [](db::Row& row) {
        Invitation found;
        row.into(found.id);
        row.into(found.email);
        row.into(found.role);
        row.into(found.invited_by);
        row.into(found.created_at);
        row.into(found.expires_at);
        return found;
      });
}

base::Result<std::optional<InvitationRow>> by_token(db::Transaction& tx, std::string_view hash, base::WallTime now) {
  return tx.one(
      "SELECT id, workspace_id, email, role, invited_by, created_at, expires_at FROM invitations "
      "WHERE token_hash = $1 AND expires_at > $2",
      {hash, now}, [](db::Row& row) {
        InvitationRow found;
        row.into(found.id);
        row.into(found.workspace);
        row.into(found.email);
        row.into(found.role);
        row.into(found.invited_by);
        row.into(found.created_at);
        row.into(found.expires_at);
        return found;
      });
}

base::Result<std::int64_t> remove(db::Transaction& tx, WorkspaceId workspace, InvitationId id) {
  return tx.run("DELETE FROM invitations WHERE workspace_id = $1 AND id = $2", {workspace, id});
}

base::Status remove_by_user(db::Transaction& tx, UserId user) {
  return done(tx.run("DELETE FROM invitations WHERE invited_by = $1", {user}));
}

base::Status remove_to(db::Transaction& tx, std::string_view email) {
  return done(tx.run("DELETE FROM invitations WHERE email = $1", {email}));
}

base::Status remove_ended(db::Transaction& tx, base::WallTime now) {
  return done(tx.run("DELETE FROM invitations WHERE expires_at <= $1", {now}));
}

}  // namespace invitations

}  // namespace greenroom::people

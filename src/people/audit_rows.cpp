#include "people/detail/rows.hpp"

namespace greenroom::people::audit_log {

namespace {

AuditLine read(db::Row& row) {
  AuditLine line;
  row.into(line.id);
  row.into(line.at);
  const auto actor = row.next<std::optional<UserId>>();
  const auto name = row.next<std::optional<std::string>>();
  if (actor) line.actor = AuditActor{*actor, name.value_or("")};
  row.into(line.action);
  row.into(line.subject);
  row.into(line.detail);
  row.into(line.address);
  return line;
}

}  // namespace

base::Status insert(db::Transaction& tx, AuditId id, const AuditRow& line, base::WallTime now) {
  GREENROOM_CHECK_OK(
      tx.run("INSERT INTO audit (id, workspace_id, at, actor, action, subject, detail) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7)",
             {id, line.workspace, now, line.actor, line.action, line.subject, line.detail}));
  if (line.address.empty() || !line.actor) return {};
  return done(tx.run("INSERT INTO audit_addresses (audit_id, user_id, address) VALUES ($1, $2, $3)",
                     {id, *line.actor, line.address}));
}

base::Result<std::vector<AuditLine>> page(db::Transaction& tx, WorkspaceId workspace, std::string_view before,
                                          std::int64_t limit) {
  // Ids begin with the time, so they order as the lines were written.
  constexpr std::string_view past_every_id = "ffffffff-ffff-ffff-ffff-ffffffffffff";
  return tx.all(
      "SELECT a.id, a.at, a.actor, u.name, a.action, a.subject, a.detail, d.address FROM audit a "
      "LEFT JOIN users u ON u.id = a.actor LEFT JOIN audit_addresses d ON d.audit_id = a.id "
      "WHERE a.workspace_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3",
      {workspace, before.empty() ? past_every_id : before, limit}, read);
}

base::Result<std::vector<AuditLine>> of_user(db::Transaction& tx, UserId user, std::int64_t limit) {
  return tx.all(
      "SELECT a.id, a.at, a.actor, u.name, a.action, a.subject, a.detail, d.address FROM audit a "
      "LEFT JOIN users u ON u.id = a.actor LEFT JOIN audit_addresses d ON d.audit_id = a.id "
      "WHERE a.actor = $1 ORDER BY a.id DESC LIMIT $2",
      {user, limit}, read);
}

base::Status remove_addresses(db::Transaction& tx, UserId user) {
  return done(tx.run("DELETE FROM audit_addresses WHERE user_id = $1", {user}));
}

}  // namespace greenroom::people::audit_log

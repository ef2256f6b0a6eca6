#include "people/detail/rows.hpp"

namespace greenroom::people::audit_log {

base::Status insert(db::Transaction& tx, std::string_view id, const AuditRow& line, base::WallTime now) {
  GREENROOM_CHECK_OK(
      tx.run("INSERT INTO audit (id, workspace_id, at, actor, action, subject, detail) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7)",
             {id, line.workspace, now, line.actor, line.action, line.subject, line.detail}));
  if (line.address.empty() || !line.actor) return {};
  return done(tx.run("INSERT INTO audit_addresses (audit_id, user_id, address) VALUES ($1, $2, $3)",
                     {id, *line.actor, line.address}));
}

}  // namespace greenroom::people::audit_log

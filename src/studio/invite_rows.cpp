#include "db/enum_column.hpp"
#include "studio/detail/rows.hpp"

namespace greenroom::studio::invites {

namespace {

constexpr std::string_view columns = "id, token, session_id, role, created_at, expires_at, uses, uses_max";

InviteRow read(db::Row& row) {
  InviteRow invite;
  row.into(invite.id);
  row.into(invite.token);
  row.into(invite.session);
  row.into(invite.role);
  row.into(invite.created_at);
  row.into(invite.expires_at);
  row.into(invite.uses);
  row.into(invite.uses_max);
  return invite;
}

std::string select(std::string_view rest) { return fmt::format("SELECT {} FROM invites WHERE {}", columns, rest); }

}  // namespace

base::Status insert(db::Transaction& tx, const InviteRow& i) {
  static const std::string sql =
      fmt::format("INSERT INTO invites ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", columns);
  return done(tx.run(sql, {i.id, i.token, i.session, i.role, i.created_at, i.expires_at, i.uses, i.uses_max}));
}

base::Result<std::optional<InviteRow>> find(db::Transaction& tx, InviteId id) {
  static const std::string sql = select("id = $1");
  return tx.one(sql, {id}, read);
}

base::Result<std::optional<InviteRow>> by_token(db::Transaction& tx, std::string_view token) {
  static const std::string sql = select("token = $1");
  return tx.one(sql, {token}, read);
}

base::Result<std::vector<InviteRow>> of_session(db::Transaction& tx, SessionId session) {
  static const std::string sql = select("session_id = $1 ORDER BY created_at, id");
  return tx.all(sql, {session}, read);
}

base::Status count_use(db::Transaction& tx, InviteId id) {
  return done(tx.run("UPDATE invites SET uses = uses + 1 WHERE id = $1", {id}));
}

base::Status remove(db::Transaction& tx, InviteId id) {
  return done(tx.run("DELETE FROM invites WHERE id = $1", {id}));
}

}  // namespace greenroom::studio::invites

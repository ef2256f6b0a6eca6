// The rows of people's tables and the statements over them: the only SQL of this module, one .cpp per noun.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/db.hpp"
#include "people/values.hpp"

namespace greenroom::people {

// --- user_rows.cpp ---
struct UserRow {
  UserId id;
  std::string name;
  std::string email;
  std::optional<std::string> password_hash;  // none: signs in by links or a provider only
  std::optional<base::WallTime> email_verified_at;
  base::WallTime created_at;
};

namespace users {
base::Result<bool> any(db::Transaction& tx);
base::Status replace_setup_token(db::Transaction& tx, std::string_view hash, base::WallTime now);
base::Result<bool> has_setup_token(db::Transaction& tx, std::string_view hash);
base::Status clear_setup_tokens(db::Transaction& tx);
base::Status insert(db::Transaction& tx, const UserRow& user);
base::Result<std::optional<UserRow>> by_email(db::Transaction& tx, std::string_view email);
base::Result<std::optional<UserRow>> find(db::Transaction& tx, UserId id);
base::Status set_password_hash(db::Transaction& tx, UserId id, std::string_view hash);
}  // namespace users

// --- workspace_rows.cpp ---
struct WorkspaceRow {
  WorkspaceId id;
  std::string name;
  base::WallTime created_at;
  std::uint64_t revision = 1;
};

namespace workspaces {
base::Status insert(db::Transaction& tx, const WorkspaceRow& workspace);
base::Result<std::optional<WorkspaceRow>> find(db::Transaction& tx, WorkspaceId id);
}  // namespace workspaces

namespace members {
base::Status insert(db::Transaction& tx, WorkspaceId workspace, UserId user, WorkspaceRole role, base::WallTime now);
base::Result<std::optional<WorkspaceRole>> role(db::Transaction& tx, WorkspaceId workspace, UserId user);
base::Result<std::optional<WorkspaceId>> oldest_home(db::Transaction& tx, UserId user);
}  // namespace members

// --- login_rows.cpp ---
struct LoginRow {
  UserId user;
  WorkspaceId workspace;
  base::WallTime expires_at;
};

namespace logins {
base::Status insert(db::Transaction& tx, std::string_view hash, const LoginRow& login, base::WallTime now);
base::Result<std::optional<LoginRow>> find(db::Transaction& tx, std::string_view hash);
base::Status remove(db::Transaction& tx, std::string_view hash);
base::Status remove_ended(db::Transaction& tx, base::WallTime now);
}  // namespace logins

// --- audit_rows.cpp ---
struct AuditRow {
  WorkspaceId workspace;
  std::optional<UserId> actor;
  std::string action;
  std::string subject;
  std::string detail;
  std::string address;
};

namespace audit_log {
base::Status insert(db::Transaction& tx, std::string_view id, const AuditRow& line, base::WallTime now);
}  // namespace audit_log

inline base::Status done(base::Result<std::int64_t> changed) {
  return changed.map([](std::int64_t) {});
}

}  // namespace greenroom::people

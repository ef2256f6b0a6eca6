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
  std::string email;                         // empty: erased
  std::optional<std::string> password_hash;  // none: signs in by links or a provider only
  std::optional<base::WallTime> email_verified_at;
  base::WallTime created_at;
  bool two_factor = false;
};
inline User shown(const UserRow& row) {
  return {row.id, row.name, row.email, row.email_verified_at.has_value(), row.two_factor};
}

namespace users {
base::Result<bool> any(db::Transaction& tx);
base::Status replace_setup_token(db::Transaction& tx, std::string_view hash, base::WallTime now);
base::Result<bool> has_setup_token(db::Transaction& tx, std::string_view hash);
base::Status clear_setup_tokens(db::Transaction& tx);
base::Status insert(db::Transaction& tx, const UserRow& user);
base::Result<std::optional<UserRow>> by_email(db::Transaction& tx, std::string_view email);
base::Result<std::optional<UserRow>> find(db::Transaction& tx, UserId id);
base::Status set_password_hash(db::Transaction& tx, UserId id, std::string_view hash);
base::Status set_name(db::Transaction& tx, UserId id, std::string_view name);
base::Status set_verified(db::Transaction& tx, UserId id, base::WallTime now);  // the first time stays
base::Status erase(db::Transaction& tx, UserId id, std::string_view name, base::WallTime now);
}  // namespace users

namespace identities {
base::Result<std::optional<UserId>> find(db::Transaction& tx, std::string_view issuer, std::string_view subject);
base::Status insert(db::Transaction& tx, const ProvenIdentity& identity, UserId user, base::WallTime now);
base::Result<std::vector<ProvenIdentity>> of_user(db::Transaction& tx, UserId user);
base::Status remove_of_user(db::Transaction& tx, UserId user);
}  // namespace identities

// --- workspace_rows.cpp ---
struct WorkspaceRow {
  WorkspaceId id;
  std::string name;
  base::WallTime created_at;
  std::uint64_t revision = 1;
};
struct InvitationRow {
  InvitationId id;
  WorkspaceId workspace;
  std::string email;
  WorkspaceRole role = WorkspaceRole::member;
  UserId invited_by;
  base::WallTime created_at;
  base::WallTime expires_at;
};

namespace workspaces {
base::Status insert(db::Transaction& tx, const WorkspaceRow& workspace);
base::Result<std::optional<WorkspaceRow>> find(db::Transaction& tx, WorkspaceId id);
base::Result<std::vector<Workspace>> of_user(db::Transaction& tx, UserId user);
base::Status rename(db::Transaction& tx, WorkspaceId id, std::string_view name);
base::Status remove(db::Transaction& tx, WorkspaceId id);
}  // namespace workspaces

namespace members {
base::Status insert(db::Transaction& tx, WorkspaceId workspace, UserId user, WorkspaceRole role, base::WallTime now);
base::Result<std::optional<WorkspaceRole>> role(db::Transaction& tx, WorkspaceId workspace, UserId user);
base::Result<std::optional<WorkspaceId>> oldest_home(db::Transaction& tx, UserId user);
base::Result<std::vector<Member>> of_workspace(db::Transaction& tx, WorkspaceId workspace);
base::Result<std::int64_t> count(db::Transaction& tx, WorkspaceId workspace);
base::Result<std::int64_t> owners(db::Transaction& tx, WorkspaceId workspace);
base::Status set_role(db::Transaction& tx, WorkspaceId workspace, UserId user, WorkspaceRole role);
base::Status remove(db::Transaction& tx, WorkspaceId workspace, UserId user);
}  // namespace members

namespace invitations {
base::Status replace(db::Transaction& tx, std::string_view hash, const InvitationRow& invitation);
base::Result<std::vector<Invitation>> of_workspace(db::Transaction& tx, WorkspaceId workspace, base::WallTime now);
base::Result<std::optional<InvitationRow>> by_token(db::Transaction& tx, std::string_view hash, base::WallTime now);
base::Result<std::int64_t> remove(db::Transaction& tx, WorkspaceId workspace, InvitationId id);
base::Status remove_by_user(db::Transaction& tx, UserId user);
base::Status remove_to(db::Transaction& tx, std::string_view email);
base::Status remove_ended(db::Transaction& tx, base::WallTime now);
}  // namespace invitations

// --- login_rows.cpp ---
struct LoginRow {
  LoginId id;
  UserId user;
  WorkspaceId workspace;
  base::WallTime created_at;
  base::WallTime last_seen_at;
  base::WallTime expires_at;
  std::string address;
  std::string agent;
};

namespace logins {
base::Status insert(db::Transaction& tx, const LoginRow& login);
base::Result<std::optional<LoginRow>> find(db::Transaction& tx, LoginId id, base::WallTime now);
// Whom a login stands for now: its user's role in its workspace is asked anew each time.
base::Result<std::optional<UserActor>> actor(db::Transaction& tx, LoginId id, base::WallTime now);
base::Result<std::vector<LoginRow>> of_user(db::Transaction& tx, UserId user, base::WallTime now);
base::Status touch(db::Transaction& tx, const LoginRow& login);
base::Status move(db::Transaction& tx, LoginId id, WorkspaceId to);
base::Status move_all(db::Transaction& tx, UserId user, WorkspaceId from, WorkspaceId to);
base::Result<std::int64_t> remove(db::Transaction& tx, UserId user, LoginId id);
base::Status remove_others(db::Transaction& tx, UserId user, LoginId kept);  // kept: nil for none
base::Status keep_newest(db::Transaction& tx, UserId user, std::int64_t count);
base::Status remove_ended(db::Transaction& tx, base::WallTime now);
}  // namespace logins

namespace refreshes {
struct RefreshRow {
  LoginId login;
  std::optional<base::WallTime> replaced_at;
};
base::Status insert(db::Transaction& tx, std::string_view hash, LoginId login, base::WallTime now);
base::Result<std::optional<RefreshRow>> find(db::Transaction& tx, std::string_view hash);
base::Status set_replaced(db::Transaction& tx, std::string_view hash, base::WallTime now);
base::Status forget(db::Transaction& tx, LoginId login, base::WallTime replaced_before, std::int64_t live_max);
}  // namespace refreshes

// --- secret_rows.cpp ---
enum class LinkPurpose { verify, reset, magic };
BOOST_DESCRIBE_ENUM(LinkPurpose, verify, reset, magic)
struct LinkRow {
  std::string hash;
  LinkPurpose purpose = LinkPurpose::verify;
  std::string email;
  std::optional<UserId> user;
  std::optional<std::string> name;           // of an account to be made
  std::optional<std::string> password_hash;  // of the same
  base::WallTime expires_at;
};
namespace links {
base::Status insert(db::Transaction& tx, const LinkRow& link, base::WallTime now);
base::Result<std::optional<LinkRow>> find(db::Transaction& tx, LinkPurpose purpose, std::string_view hash,
                                          base::WallTime now);
// The registrations that wait for this address, each once.
base::Result<std::vector<LinkRow>> registrations(db::Transaction& tx, std::string_view email, base::WallTime now);
base::Status remove(db::Transaction& tx, LinkPurpose purpose, std::string_view email);  // all of this address
base::Status remove_of_address(db::Transaction& tx, std::string_view email);
base::Status remove_ended(db::Transaction& tx, base::WallTime now);
}  // namespace links

struct TwoFactorRow {
  std::string secret;  // sealed
  std::optional<base::WallTime> confirmed_at;
  std::optional<std::uint64_t> last_step;  // of the last code that was accepted
};
namespace two_factor {
base::Status replace(db::Transaction& tx, UserId user, std::string_view secret, base::WallTime now);
base::Result<std::optional<TwoFactorRow>> find(db::Transaction& tx, UserId user);
base::Result<std::vector<std::pair<UserId, std::string>>> not_like(db::Transaction& tx, std::string_view pattern,
                                                                   int limit);  // whose secrets are not
base::Status set_secret(db::Transaction& tx, UserId user, std::string_view secret);
base::Status confirm(db::Transaction& tx, UserId user, base::WallTime now);
base::Status set_step(db::Transaction& tx, UserId user, std::uint64_t step);
base::Status remove(db::Transaction& tx, UserId user);  // with its recovery codes
base::Status insert_recovery(db::Transaction& tx, UserId user, std::string_view hash);
base::Result<bool> use_recovery(db::Transaction& tx, UserId user, std::string_view hash);
}  // namespace two_factor

struct ApiKeyRow {
  ApiKeyId id;
  std::string hash;
  std::string prefix;
  UserId user;
  WorkspaceId workspace;
  std::string name;
  Scopes scopes;
  base::WallTime created_at;
  std::optional<base::WallTime> expires_at;
  std::optional<base::WallTime> last_used_at;
};
namespace api_keys {
base::Status insert(db::Transaction& tx, const ApiKeyRow& key);
base::Result<std::optional<ApiKeyRow>> by_hash(db::Transaction& tx, std::string_view hash);
base::Result<std::vector<ApiKeyRow>> of_user(db::Transaction& tx, UserId user);
base::Status set_used(db::Transaction& tx, ApiKeyId id, base::WallTime now);
base::Result<std::int64_t> remove(db::Transaction& tx, UserId user, ApiKeyId id);
base::Status remove_in(db::Transaction& tx, UserId user, WorkspaceId workspace);
base::Status remove_of_user(db::Transaction& tx, UserId user);
}  // namespace api_keys

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
base::Status insert(db::Transaction& tx, AuditId id, const AuditRow& line, base::WallTime now);
// Older than `before` ("": from the newest).
base::Result<std::vector<AuditLine>> page(db::Transaction& tx, WorkspaceId workspace, std::string_view before,
                                          std::int64_t limit);
base::Result<std::vector<AuditLine>> of_user(db::Transaction& tx, UserId user, std::int64_t limit);
base::Status remove_addresses(db::Transaction& tx, UserId user);
}  // namespace audit_log

using db::done;

}  // namespace greenroom::people

// People's values, in the shapes that REST shows: described structs that the mapper of wire/json.hpp prints as they are
// (camelCase, ids as text, times RFC 3339). Who is asking is an actor made from a login or a key, never from a
// request's own words.
#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "people/scopes.hpp"
#include "wire/field_rule.hpp"

namespace greenroom::people {

struct WorkspaceTag;
struct UserTag;
struct LoginTag;
struct ApiKeyTag;
struct InvitationTag;
struct AuditTag;
using WorkspaceId = base::Id<WorkspaceTag>;
using UserId = base::Id<UserTag>;
using LoginId = base::Id<LoginTag>;
using ApiKeyId = base::Id<ApiKeyTag>;
using InvitationId = base::Id<InvitationTag>;
using AuditId = base::Id<AuditTag>;

// owner and admin manage members; they and editors create and edit sessions and projects; a member sees and joins.
enum class WorkspaceRole { owner, admin, editor, member };
BOOST_DESCRIBE_ENUM(WorkspaceRole, owner, admin, editor, member)
constexpr bool may_manage(WorkspaceRole role) { return role <= WorkspaceRole::admin; }
constexpr bool may_edit(WorkspaceRole role) { return role <= WorkspaceRole::editor; }

// Somebody signed in, at one workspace.
struct UserActor {
  UserId user;
  WorkspaceId workspace;
  WorkspaceRole role = WorkspaceRole::member;  // in that workspace
  std::optional<Scopes> scopes = {};           // of an API key; a login has none and may everything its role may
  LoginId login = {};                          // nil for an API key
  std::string address = {};                    // where the request came from: for the audit log
};

// Where a request came from, for limits and for the list of logins.
struct Visit {
  std::string address;  // IP
  std::string agent;    // the browser's own words
};

// --- who ---
struct User {
  UserId id;
  std::string name;
  std::string email;
  bool email_verified = false;
  bool two_factor = false;
};
BOOST_DESCRIBE_STRUCT(User, (), (id, name, email, email_verified, two_factor))

// A workspace as one of its members sees it.
struct Workspace {
  WorkspaceId id;
  std::string name;
  WorkspaceRole role = WorkspaceRole::member;
};
BOOST_DESCRIBE_STRUCT(Workspace, (), (id, name, role))

struct Account {
  User user;
  Workspace workspace;
};
BOOST_DESCRIBE_STRUCT(Account, (), (user, workspace))

// What a login is carried by. Neither is stored as it is.
struct Tokens {
  std::string access;   // a signed token, short-lived
  std::string refresh;  // opaque, good for one use
  base::Duration access_life{};
  base::Duration refresh_life{};
};

struct SignedIn {
  Account account;
  Tokens tokens;
};

// A sign-in by a provider: done, or, where the account has a second factor, to be finished as a sign-in link with this
// token.
struct ProviderSignIn {
  std::optional<SignedIn> in;
  std::string link_token;
};

struct Login {
  LoginId id;
  base::WallTime created_at;
  base::WallTime last_seen_at;
  std::string address;
  std::string agent;
  bool current = false;  // the one that asks
};
BOOST_DESCRIBE_STRUCT(Login, (), (id, created_at, last_seen_at, address, agent, current))

// --- coming in ---
struct NewOwner {
  std::string token;
  std::string name;
  std::string email;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(NewOwner, (), (token, name, email, password))

struct NewAccount {
  std::string name;
  std::string email;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(NewAccount, (), (name, email, password))

struct Credentials {
  std::string email;
  std::string password;
  std::optional<std::string> code;  // of the second factor: from the app, or a recovery code
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (email, password, code))

// Somebody whom an OpenID Connect provider vouches for.
struct ProvenIdentity {
  std::string issuer;
  std::string subject;  // the provider's own id of them
  std::string name;
  std::string email;
  bool email_verified = false;
};

constexpr wire::FieldRule new_password_rule() { return wire::text_rule(8, 256, "password"); }
constexpr wire::FieldRule email_rule() { return wire::text_rule(3, 254, "email"); }
constexpr wire::FieldRule name_rule() { return wire::text_rule(1, 80); }
constexpr wire::FieldRule secret_rule() { return wire::text_rule(1, 256); }  // tokens, codes, passwords as given

constexpr wire::FieldRule field_rule(const NewOwner*, std::string_view member) {
  if (member == "token") return secret_rule();
  if (member == "name") return name_rule();
  return member == "email" ? email_rule() : new_password_rule();
}
constexpr wire::FieldRule field_rule(const NewAccount*, std::string_view member) {
  if (member == "name") return name_rule();
  return member == "email" ? email_rule() : new_password_rule();
}
constexpr wire::FieldRule field_rule(const Credentials*, std::string_view member) {
  if (member == "email") return wire::text_rule(1, 254, "email");
  return member == "password" ? wire::text_rule(1, 256, "password") : wire::text_rule(1, 40);
}

// --- the second factor ---
struct TwoFactorSecret {
  std::string secret;  // base32, to be typed
  std::string uri;     // otpauth://, for a QR code
};
BOOST_DESCRIBE_STRUCT(TwoFactorSecret, (), (secret, uri))

struct RecoveryCodes {
  std::vector<std::string> recovery_codes;  // each works once; shown once
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (recovery_codes))

// --- API keys ---
struct ApiKey {
  ApiKeyId id;
  std::string name;
  std::string prefix;  // how the key begins, to be recognised by
  std::vector<Scope> scopes;
  WorkspaceId workspace_id;
  base::WallTime created_at;
  std::optional<base::WallTime> expires_at;
  std::optional<base::WallTime> last_used_at;
};
BOOST_DESCRIBE_STRUCT(ApiKey, (), (id, name, prefix, scopes, workspace_id, created_at, expires_at, last_used_at))

struct NewApiKey {
  std::string name;
  std::vector<Scope> scopes;
  std::optional<base::WallTime> expires_at;
};
BOOST_DESCRIBE_STRUCT(NewApiKey, (), (name, scopes, expires_at))
constexpr wire::FieldRule field_rule(const NewApiKey*, std::string_view member) {
  wire::FieldRule rule = member == "name" ? name_rule() : wire::FieldRule();
  if (member == "scopes") rule.max_items = 10;
  return rule;
}

struct MadeApiKey : ApiKey {
  std::string key;  // shown once
};
BOOST_DESCRIBE_STRUCT(MadeApiKey, (ApiKey), (key))

// --- workspaces ---
struct WorkspaceDetail : Workspace {
  base::WallTime created_at;
  std::uint64_t revision = 1;
};
BOOST_DESCRIBE_STRUCT(WorkspaceDetail, (Workspace), (created_at, revision))

struct Member {
  UserId user_id;
  std::string name;
  std::string email;
  WorkspaceRole role = WorkspaceRole::member;
  base::WallTime joined_at;
};
BOOST_DESCRIBE_STRUCT(Member, (), (user_id, name, email, role, joined_at))

struct Invitation {
  InvitationId id;
  std::string email;
  WorkspaceRole role = WorkspaceRole::member;
  std::string invited_by;  // a name
  base::WallTime created_at;
  base::WallTime expires_at;
};
BOOST_DESCRIBE_STRUCT(Invitation, (), (id, email, role, invited_by, created_at, expires_at))

// What the one who holds an invitation's link may see.
struct InvitationBrief {
  std::string workspace_name;
  std::string invited_by;
  std::string email;
  WorkspaceRole role = WorkspaceRole::member;
  bool has_account = false;  // that address: sign in to accept; otherwise accepting makes the account
};
BOOST_DESCRIBE_STRUCT(InvitationBrief, (), (workspace_name, invited_by, email, role, has_account))

struct AuditActor {
  UserId id;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(AuditActor, (), (id, name))

struct AuditLine {
  AuditId id;
  base::WallTime at;
  std::optional<AuditActor> actor;
  std::string action;   // "member.removed"
  std::string subject;  // an id
  std::string detail;
  std::optional<std::string> address;
};
BOOST_DESCRIBE_STRUCT(AuditLine, (), (id, at, actor, action, subject, detail, address))

struct AuditPage {
  std::vector<AuditLine> items;  // the newest first
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(AuditPage, (), (items, next_cursor))

}  // namespace greenroom::people

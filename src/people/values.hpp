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
using WorkspaceId = base::Id<WorkspaceTag>;
using UserId = base::Id<UserTag>;
using LoginId = base::Id<LoginTag>;

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

// A fresh login: the account and the opaque cookie that stands for it (only its hash is stored).
struct SignedIn {
  Account account;
  std::string cookie;
  base::WallTime expires_at;
};

struct NewOwner {
  std::string token;
  std::string name;
  std::string email;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(NewOwner, (), (token, name, email, password))
constexpr wire::FieldRule field_rule(const NewOwner*, std::string_view member) {
  if (member == "token") return wire::text_rule(1, 200);
  if (member == "name") return wire::text_rule(1, 80);
  if (member == "email") return wire::text_rule(3, 254, "email");
  return wire::text_rule(8, 256, "password");
}

}  // namespace greenroom::people

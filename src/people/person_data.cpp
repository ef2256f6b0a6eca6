// A person's own data: a copy of all of it, and its end.
#include "people/detail/core.hpp"
#include "people/scope_json.hpp"

namespace greenroom::people {

namespace {

constexpr std::string_view nobodys_name = "Deleted person";

struct ConnectedIdentity {
  std::string issuer;
  std::string subject;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(ConnectedIdentity, (), (issuer, subject, email))

struct PersonExport {
  base::WallTime exported_at;
  User user;
  base::WallTime registered_at;
  std::vector<Workspace> workspaces;
  std::vector<Login> logins;
  std::vector<ApiKey> api_keys;
  std::vector<ConnectedIdentity> identities;
  std::vector<AuditLine> audit;
  boost::json::object studio;  // what the modules above know
};
BOOST_DESCRIBE_STRUCT(PersonExport, (),
                      (exported_at, user, registered_at, workspaces, logins, api_keys, identities, audit, studio))

}  // namespace

base::Result<std::string> People::export_person(const UserActor& actor) {
  PersonExport out;
  out.exported_at = core_->now();
  GREENROOM_TRY(out.logins, logins(actor));
  GREENROOM_TRY(out.api_keys, api_keys(actor));
  return core_->d.database.read([&](db::Transaction& tx) -> base::Result<std::string> {
    GREENROOM_TRY(const auto user, users::find(tx, actor.user));
    if (!user) return sign_in_first();
    out.user = shown(*user);
    out.registered_at = user->created_at;
    GREENROOM_TRY(out.workspaces, people::workspaces::of_user(tx, actor.user));
    GREENROOM_TRY(const auto connected, identities::of_user(tx, actor.user));
    out.identities.clear();
    for (const auto& i : connected) out.identities.push_back({i.issuer, i.subject, i.email});
    GREENROOM_TRY(out.audit, people::audit_log::of_user(tx, actor.user, core_->d.limits.audit_exported_max));
    if (core_->hooks.export_person) {
      GREENROOM_TRY(const auto text, core_->hooks.export_person(tx, actor.user));
      GREENROOM_TRY(const auto json, wire::parse_json(text));
      if (json.is_object()) out.studio = json.get_object();
    }
    return wire::print_json_pretty(wire::to_json(out));
  });
}

// What shows that it is they: their password, or, who has none, that they signed in just now.
base::Status People::Core::prove(const UserActor& actor, std::string_view password) {
  const std::string who = actor.user.str() + '\n' + actor.address;
  if (const auto wait = login_failures.wait(who, now())) return too_many(*wait);
  std::optional<UserRow> user;
  std::optional<LoginRow> login;
  GREENROOM_CHECK_OK(d.database.read([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(user, users::find(tx, actor.user));
    GREENROOM_TRY(login, people::logins::find(tx, actor.login, now()));
    return {};
  }));
  const bool has_password = user && user->password_hash;
  const bool fresh = !has_password && login && now() - login->created_at <= d.limits.fresh_login;
  if (fresh || password_is(user, password)) return {};
  if (!has_password) return base::fail(error_credentials, "sign out and in again first");
  login_failures.failed(who, now());
  return base::fail(error_credentials, "the password is wrong");
}

// A workspace without its last person goes; in others they leave their place.
base::Status People::Core::erase_from(db::Transaction& tx, UserId user, const Workspace& home) const {
  GREENROOM_TRY(const auto count, people::members::count(tx, home.id));
  if (count > 1) {
    GREENROOM_CHECK_OK(not_the_last_owner(tx, home.id, home.role));
    GREENROOM_CHECK_OK(people::members::remove(tx, home.id, user));
    return audit(tx, {home.id, user, "member.erased", user.str(), "", ""});
  }
  if (hooks.erase_workspace) GREENROOM_CHECK_OK(hooks.erase_workspace(tx, home.id));
  GREENROOM_CHECK_OK(audit(tx, {home.id, user, "workspace.erased", home.id.str(), "", ""}));
  return people::workspaces::remove(tx, home.id);
}

base::Status People::erase_person(const UserActor& actor, std::string_view password) {
  GREENROOM_CHECK_OK(core_->prove(actor, password));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto user, users::find(tx, actor.user));
    if (!user) return sign_in_first();
    if (core_->hooks.erase_person) GREENROOM_CHECK_OK(core_->hooks.erase_person(tx, actor.user, nobodys_name));
    GREENROOM_TRY(const auto homes, people::workspaces::of_user(tx, actor.user));
    for (const auto& home : homes) GREENROOM_CHECK_OK(core_->erase_from(tx, actor.user, home));
    GREENROOM_CHECK_OK(core_->end_logins(tx, actor.user, {}));
    GREENROOM_CHECK_OK(people::api_keys::remove_of_user(tx, actor.user));
    GREENROOM_CHECK_OK(two_factor::remove(tx, actor.user));
    GREENROOM_CHECK_OK(identities::remove_of_user(tx, actor.user));
    GREENROOM_CHECK_OK(people::invitations::remove_by_user(tx, actor.user));
    GREENROOM_CHECK_OK(people::invitations::remove_to(tx, user->email));
    GREENROOM_CHECK_OK(links::remove_of_address(tx, user->email));
    GREENROOM_CHECK_OK(people::audit_log::remove_addresses(tx, actor.user));
    return users::erase(tx, actor.user, nobodys_name, core_->now());
  });
}

}  // namespace greenroom::people

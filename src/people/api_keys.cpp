// Keys for programs: made by a person, good for one workspace and for the scopes that were chosen, never for more than
// the person may there.
#include "people/detail/core.hpp"

namespace greenroom::people {

namespace {

constexpr std::string_view key_prefix = "gr_";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t shown_chars = 10;
constexpr std::size_t key_chars_max = 100;
constexpr base::Duration use_resolution = std::chrono::minutes(1);  // a read must not become a write each time

ApiKey shown(const ApiKeyRow& row) {
  return {row.id,        row.name,       row.prefix,     row.scopes.list(),
          row.workspace, row.created_at, row.expires_at, row.last_used_at};
}

}  // namespace

base::Result<MadeApiKey> People::create_api_key(const UserActor& actor, const NewApiKey& wanted) {
  ApiKeyRow row;
  const base::WallTime now = core_->now();
  GREENROOM_TRY(row.name, checked_text(wanted.name, "name", core_->d.limits.name_chars_max));
  if (wanted.scopes.empty()) return base::fail(error_field, "must have at least one scope", "scopes");
  if (wanted.expires_at && *wanted.expires_at <= now) {
    return base::fail(error_field, "must be in the future", "expiresAt");
  }
  const std::string key = std::string(key_prefix) + core_->random_text(key_bytes);
  row.id = ApiKeyId::make(now, core_->d.rng);
  row.hash = hashed(key);
  row.prefix = key.substr(0, shown_chars);
  row.user = actor.user;
  row.workspace = actor.workspace;
  row.scopes = Scopes(wanted.scopes);
  row.created_at = now;
  row.expires_at = wanted.expires_at;
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<MadeApiKey> {
    GREENROOM_TRY(const auto before, people::api_keys::of_user(tx, actor.user));
    if (before.size() >= core_->d.limits.api_keys_max) return base::fail(error_full, "delete a key first");
    GREENROOM_CHECK_OK(people::api_keys::insert(tx, row));
    GREENROOM_CHECK_OK(core_->audit(tx, actor, "api_key.made", row.id.str(), row.scopes.str()));
    MadeApiKey made;
    static_cast<ApiKey&>(made) = shown(row);
    made.key = key;
    return made;
  });
}

base::Result<std::vector<ApiKey>> People::api_keys(const UserActor& actor) {
  GREENROOM_TRY(const auto rows,
                core_->d.database.read([&](db::Transaction& tx) { return people::api_keys::of_user(tx, actor.user); }));
  std::vector<ApiKey> out;
  for (const auto& row : rows) out.push_back(shown(row));
  return out;
}

base::Status People::delete_api_key(const UserActor& actor, ApiKeyId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto removed, people::api_keys::remove(tx, actor.user, id));
    if (removed == 0) return base::fail(error_not_found, "there is no such key");
    return core_->audit(tx, actor, "api_key.deleted", id.str());
  });
}

base::Result<UserActor> People::user_of_key(std::string_view key) {
  if (!key.starts_with(key_prefix) || key.size() > key_chars_max) return sign_in_first();
  const base::WallTime now = core_->now();
  ApiKeyRow row;
  GREENROOM_TRY(const auto actor, core_->d.database.read([&](db::Transaction& tx) -> base::Result<UserActor> {
    GREENROOM_TRY(const auto found, people::api_keys::by_hash(tx, hashed(key)));
    if (!found || (found->expires_at && *found->expires_at <= now)) return sign_in_first();
    GREENROOM_TRY(const auto role, people::members::role(tx, found->workspace, found->user));
    if (!role) return sign_in_first();
    row = *found;
    return UserActor{found->user, found->workspace, *role, found->scopes};
  }));
  if (!row.last_used_at || now - *row.last_used_at >= use_resolution) {
    GREENROOM_CHECK_OK(
        core_->d.database.write([&](db::Transaction& tx) { return people::api_keys::set_used(tx, row.id, now); }));
  }
  return actor;
}

}  // namespace greenroom::people

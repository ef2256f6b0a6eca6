// What stands for a person without being one: links in mails, second factors, API keys.
#include "db/enum_column.hpp"
#include "people/detail/rows.hpp"

namespace greenroom::people {

namespace links {

base::Status insert(db::Transaction& tx, const LinkRow& link, base::WallTime now) {
  return done(tx.run(
      "INSERT INTO mail_links (token_hash, purpose, email, user_id, name, password_hash, created_at, expires_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {link.hash, link.purpose, link.email, link.user, link.name, link.password_hash, now, link.expires_at}));
}

base::Result<std::optional<LinkRow>> find(db::Transaction& tx, LinkPurpose purpose, std::string_view hash,
                                          base::WallTime now) {
  return tx.one(
      "SELECT token_hash, purpose, email, user_id, name, password_hash, expires_at FROM mail_links "
      "WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3",
      {hash, purpose, now}, [](db::Row& row) {
        LinkRow found;
        row.into(found.hash);
        row.into(found.purpose);
        row.into(found.email);
        row.into(found.user);
        row.into(found.name);
        row.into(found.password_hash);
        row.into(found.expires_at);
        return found;
      });
}

base::Result<std::vector<LinkRow>> registrations(db::Transaction& tx, std::string_view email, base::WallTime now) {
  return tx.all(
      "SELECT DISTINCT name, password_hash FROM mail_links WHERE email = $1 AND purpose = $2 AND expires_at > $3 "
      "AND password_hash IS NOT NULL",
      {email, LinkPurpose::verify, now}, [&](db::Row& row) {
        LinkRow found;
        found.email = email;
        row.into(found.name);
        row.into(found.password_hash);
        return found;
      });
}

base::Status remove(db::Transaction& tx, LinkPurpose purpose, std::string_view email) {
  return done(tx.run("DELETE FROM mail_links WHERE purpose = $1 AND email = $2", {purpose, email}));
}

base::Status remove_of_address(db::Transaction& tx, std::string_view email) {
  return done(tx.run("DELETE FROM mail_links WHERE email = $1", {email}));
}

base::Status remove_ended(db::Transaction& tx, base::WallTime now) {
  return done(tx.run("DELETE FROM mail_links WHERE expires_at <= $1", {now}));
}

}  // namespace links

namespace two_factor {

base::Status replace(db::Transaction& tx, UserId user, std::string_view secret, base::WallTime now) {
  GREENROOM_CHECK_OK(remove(tx, user));
  return done(tx.run("INSERT INTO two_factor (user_id, secret, created_at) VALUES ($1, $2, $3)", {user, secret, now}));
}

base::Result<std::optional<TwoFactorRow>> find(db::Transaction& tx, UserId user) {
  return tx.one("SELECT secret, confirmed_at, last_step FROM two_factor WHERE user_id = $1", {user}, [](db::Row& row) {
    TwoFactorRow found;
    row.into(found.secret);
    row.into(found.confirmed_at);
    row.into(found.last_step);
    return found;
  });
}

base::Result<std::vector<std::pair<UserId, std::string>>> not_like(db::Transaction& tx, std::string_view pattern,
                                                                   int limit) {
  return tx.all("SELECT user_id, secret FROM two_factor WHERE secret NOT LIKE $1 LIMIT $2", {pattern, limit},
                [](db::Row& row) {
                  std::pair<UserId, std::string> found;
                  row.into(found.first);
                  row.into(found.second);
                  return found;
                });
}

base::Status set_secret(db::Transaction& tx, UserId user, std::string_view secret) {
  return done(tx.run("UPDATE two_factor SET secret = $2 WHERE user_id = $1", {user, secret}));
}

base::Status confirm(db::Transaction& tx, UserId user, base::WallTime now) {
  return done(tx.run("UPDATE two_factor SET confirmed_at = $2 WHERE user_id = $1", {user, now}));
}

base::Status set_step(db::Transaction& tx, UserId user, std::uint64_t step) {
  return done(tx.run("UPDATE two_factor SET last_step = $2 WHERE user_id = $1", {user, step}));
}

base::Status remove(db::Transaction& tx, UserId user) {
  GREENROOM_CHECK_OK(tx.run("DELETE FROM recovery_codes WHERE user_id = $1", {user}));
  return done(tx.run("DELETE FROM two_factor WHERE user_id = $1", {user}));
}

base::Status insert_recovery(db::Transaction& tx, UserId user, std::string_view hash) {
  return done(tx.run("INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)", {user, hash}));
}

base::Result<bool> use_recovery(db::Transaction& tx, UserId user, std::string_view hash) {
  return tx.run("DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2", {user, hash})
      .map([](std::int64_t removed) { return removed == 1; });
}

}  // namespace two_factor

namespace api_keys {

namespace {

ApiKeyRow read(db::Row& row) {
  ApiKeyRow key;
  row.into(key.id);
  row.into(key.hash);
  row.into(key.prefix);
  row.into(key.user);
  row.into(key.workspace);
  row.into(key.name);
  key.scopes = Scopes::parse(row.next<std::string>());
  row.into(key.created_at);
  row.into(key.expires_at);
  row.into(key.last_used_at);
  return key;
}

}  // namespace

base::Status insert(db::Transaction& tx, const ApiKeyRow& key) {
  return done(
      tx.run("INSERT INTO api_keys (id, key_hash, prefix, user_id, workspace_id, name, scopes, created_at, expires_at) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
             {key.id, key.hash, key.prefix, key.user, key.workspace, key.name, key.scopes.str(), key.created_at,
              key.expires_at}));
}

base::Result<std::optional<ApiKeyRow>> by_hash(db::Transaction& tx, std::string_view hash) {
  return tx.one(
      "SELECT id, key_hash, prefix, user_id, workspace_id, name, scopes, created_at, expires_at, last_used_at "
      "FROM api_keys WHERE key_hash = $1",
      {hash}, read);
}

base::Result<std::vector<ApiKeyRow>> of_user(db::Transaction& tx, UserId user) {
  return tx.all(
      "SELECT id, key_hash, prefix, user_id, workspace_id, name, scopes, created_at, expires_at, last_used_at "
      "FROM api_keys WHERE user_id = $1 ORDER BY created_at, id",
      {user}, read);
}

base::Status set_used(db::Transaction& tx, ApiKeyId id, base::WallTime now) {
  return done(tx.run("UPDATE api_keys SET last_used_at = $2 WHERE id = $1", {id, now}));
}

base::Result<std::int64_t> remove(db::Transaction& tx, UserId user, ApiKeyId id) {
  return tx.run("DELETE FROM api_keys WHERE user_id = $1 AND id = $2", {user, id});
}

base::Status remove_in(db::Transaction& tx, UserId user, WorkspaceId workspace) {
  return done(tx.run("DELETE FROM api_keys WHERE user_id = $1 AND workspace_id = $2", {user, workspace}));
}

base::Status remove_of_user(db::Transaction& tx, UserId user) {
  return done(tx.run("DELETE FROM api_keys WHERE user_id = $1", {user}));
}

}  // namespace api_keys

}  // namespace greenroom::people

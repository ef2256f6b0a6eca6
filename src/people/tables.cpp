#include "people/people.hpp"

namespace greenroom::people {

namespace {

const std::vector<db::Migration>& own() {
  static const std::vector<db::Migration> list = {
      {"people.1-people",
       {"CREATE TABLE workspaces (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at BIGINT NOT NULL, "
        "revision BIGINT NOT NULL)",
        // Of an erased person the row stays, for what refers to it: without an address, with another name.
        "CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, password_hash TEXT, "
        "email_verified_at BIGINT, created_at BIGINT NOT NULL, erased_at BIGINT)",
        "CREATE TABLE members (workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, "
        "user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, role TEXT NOT NULL, "
        "joined_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, user_id))",
        "CREATE INDEX members_by_user ON members (user_id)",
        "CREATE TABLE setup_tokens (token_hash TEXT PRIMARY KEY, created_at BIGINT NOT NULL)"}},
      {"people.2-logins",
       {"CREATE TABLE logins (id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, "
        "workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, created_at BIGINT NOT NULL, "
        "last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL)",
        "CREATE INDEX logins_by_expiry ON logins (expires_at)", "CREATE INDEX logins_by_user ON logins (user_id)",
        "CREATE INDEX logins_by_workspace ON logins (workspace_id)",
        "CREATE TABLE refresh_tokens (token_hash TEXT PRIMARY KEY, "
        "login_id TEXT NOT NULL REFERENCES logins (id) ON DELETE CASCADE, created_at BIGINT NOT NULL, "
        "replaced_at BIGINT)",
        "CREATE INDEX refresh_tokens_by_login ON refresh_tokens (login_id)"}},
      // No references: a line outlives what it is about.
      {"people.3-audit",
       {"CREATE TABLE audit (id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, at BIGINT NOT NULL, actor TEXT, "
        "action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL)",
        "CREATE INDEX audit_by_workspace ON audit (workspace_id, id)",
        "CREATE INDEX audit_by_actor ON audit (actor, id)",
        "CREATE TABLE audit_addresses (audit_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, address TEXT NOT NULL)",
        "CREATE INDEX audit_addresses_by_user ON audit_addresses (user_id)"}},
      {"people.4-secrets",
       {"CREATE TABLE mail_links (token_hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, email TEXT NOT NULL, "
        "user_id TEXT REFERENCES users (id) ON DELETE CASCADE, name TEXT, password_hash TEXT, "
        "created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
        "CREATE INDEX mail_links_by_email ON mail_links (email)",
        "CREATE INDEX mail_links_by_expiry ON mail_links (expires_at)",
        "CREATE TABLE two_factor (user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, "
        "secret TEXT NOT NULL, created_at BIGINT NOT NULL, confirmed_at BIGINT, last_step BIGINT)",
        "CREATE TABLE recovery_codes (user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, "
        "code_hash TEXT NOT NULL, PRIMARY KEY (user_id, code_hash))",
        "CREATE TABLE api_keys (id TEXT PRIMARY KEY, key_hash TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, "
        "user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, "
        "workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, name TEXT NOT NULL, "
        "scopes TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT, last_used_at BIGINT)",
        "CREATE INDEX api_keys_by_user ON api_keys (user_id)",
        "CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id)",
        "CREATE TABLE identities (issuer TEXT NOT NULL, subject TEXT NOT NULL, "
        "user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, email TEXT NOT NULL, "
        "created_at BIGINT NOT NULL, PRIMARY KEY (issuer, subject))",
        "CREATE INDEX identities_by_user ON identities (user_id)",
        "CREATE TABLE invitations (id TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, "
        "workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, email TEXT NOT NULL, "
        "role TEXT NOT NULL, invited_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, "
        "created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, UNIQUE (workspace_id, email))",
        "CREATE INDEX invitations_by_email ON invitations (email)",
        "CREATE INDEX invitations_by_user ON invitations (invited_by)"}},
      {"people.5-audit-is-append-only",
       {"/* sqlite */ CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "/* sqlite */ CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "/* postgresql */ CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE integrity_constraint_violation USING MESSAGE = ''the audit log is append-only''; END'",
        "/* postgresql */ CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit()"}},
  };
  return list;
}

}  // namespace

std::span<const db::Migration> migrations() { return own(); }

}  // namespace greenroom::people

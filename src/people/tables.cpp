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
       {"CREATE TABLE logins (token_hash TEXT PRIMARY KEY, "
        "user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, "
        "workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, created_at BIGINT NOT NULL, "
        "expires_at BIGINT NOT NULL)",
        "CREATE INDEX logins_by_expiry ON logins (expires_at)"}},
      // No references: a line outlives what it is about.
      {"people.3-audit",
       {"CREATE TABLE audit (id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, at BIGINT NOT NULL, actor TEXT, "
        "action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL)",
        "CREATE INDEX audit_by_workspace ON audit (workspace_id, id)",
        "CREATE TABLE audit_addresses (audit_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, address TEXT NOT NULL)",
        "CREATE INDEX audit_addresses_by_user ON audit_addresses (user_id)"}},
  };
  return list;
}

}  // namespace

std::span<const db::Migration> migrations() { return own(); }

}  // namespace greenroom::people

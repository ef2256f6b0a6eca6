#include "studio/answers.hpp"
#include "studio/studio.hpp"

namespace greenroom::studio {

namespace {

const std::vector<db::Migration>& own() {
  static const std::vector<db::Migration> list = {
      {"studio.1-sessions",
       {"CREATE TABLE projects (id TEXT PRIMARY KEY, "
        "workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, name TEXT NOT NULL, "
        "description TEXT, created_at BIGINT NOT NULL, revision BIGINT NOT NULL)",
        "CREATE INDEX projects_by_workspace ON projects (workspace_id, id)",
        "CREATE TABLE sessions (id TEXT PRIMARY KEY, "
        "workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE, "
        "project_id TEXT REFERENCES projects (id), title TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, "
        "created_by TEXT NOT NULL REFERENCES users (id), created_at BIGINT NOT NULL, scheduled_at BIGINT, "
        "length_minutes BIGINT, lobby BIGINT NOT NULL, participants_max BIGINT NOT NULL, permissions TEXT, "
        "revision BIGINT NOT NULL, entered_at BIGINT, ended_at BIGINT, since BIGINT NOT NULL, due_at BIGINT)",
        "CREATE INDEX sessions_by_workspace ON sessions (workspace_id, id)",
        "CREATE INDEX sessions_by_project ON sessions (project_id, id)",
        "CREATE INDEX sessions_by_state ON sessions (workspace_id, state, id)",
        "CREATE INDEX sessions_by_kind ON sessions (workspace_id, kind, id)",
        "CREATE INDEX sessions_due ON sessions (due_at) WHERE due_at IS NOT NULL",
        "CREATE TABLE invites (id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, "
        "session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, role TEXT NOT NULL, "
        "created_at BIGINT NOT NULL, expires_at BIGINT, uses BIGINT NOT NULL, uses_max BIGINT)",
        "CREATE INDEX invites_by_session ON invites (session_id, created_at)",
        "CREATE TABLE participants (id TEXT PRIMARY KEY, "
        "session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, user_id TEXT REFERENCES users (id), "
        "name TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL, joined_at BIGINT NOT NULL, left_at BIGINT, "
        "present BIGINT NOT NULL)",
        "CREATE INDEX participants_by_session ON participants (session_id, joined_at)",
        "CREATE INDEX participants_waiting ON participants (session_id) WHERE state = 'waiting'"}},
      {"studio.2-takes",
       {"CREATE TABLE takes (id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, "
        "state TEXT NOT NULL, started_at BIGINT NOT NULL, stopped_at BIGINT, forced BIGINT NOT NULL, error TEXT, "
        "inputs_read_at BIGINT)",
        "CREATE INDEX takes_by_session ON takes (session_id, started_at)",
        "CREATE INDEX takes_by_state ON takes (state)",
        "CREATE UNIQUE INDEX takes_one_recording ON takes (session_id) WHERE state = 'recording'",
        "CREATE TABLE stems (id TEXT PRIMARY KEY, take_id TEXT NOT NULL REFERENCES takes (id) ON DELETE CASCADE, "
        "participant_id TEXT NOT NULL REFERENCES participants (id), source TEXT NOT NULL, origin TEXT NOT NULL, "
        "state TEXT NOT NULL, content_type TEXT NOT NULL, client_key TEXT NOT NULL, "
        "started_at_ms DOUBLE PRECISION NOT NULL, upload_id TEXT UNIQUE, log TEXT, bytes BIGINT NOT NULL, "
        "sample_rate BIGINT, channels BIGINT, width BIGINT, height BIGINT, created_at BIGINT NOT NULL, "
        "changed_at BIGINT NOT NULL, UNIQUE (take_id, participant_id, client_key))",
        "CREATE TABLE assets (id TEXT PRIMARY KEY, take_id TEXT NOT NULL REFERENCES takes (id) ON DELETE CASCADE, "
        "kind TEXT NOT NULL, name TEXT NOT NULL, content_type TEXT NOT NULL, bytes BIGINT NOT NULL, blob TEXT NOT "
        "NULL, "
        "participant_id TEXT REFERENCES participants (id), duration_s DOUBLE PRECISION, created_at BIGINT NOT NULL)",
        "CREATE INDEX assets_by_take ON assets (take_id)"}},
      // Files whose rows are gone. Removed by reconcile(), so a kill between the two leaves nothing behind.
      {"studio.3-removals",
       {"CREATE TABLE removals (kind TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL, "
        "PRIMARY KEY (kind, name))"}},
      // What is so as long as the node runs that said it (node_rows.cpp).
      {"studio.5-nodes",
       {"CREATE TABLE node_facts (kind TEXT NOT NULL, id TEXT NOT NULL, node TEXT NOT NULL, PRIMARY KEY (kind, id))",
        "CREATE INDEX node_facts_by_node ON node_facts (node)"}},
      {"studio.6-take-control",
       {"CREATE TABLE markers (id TEXT PRIMARY KEY, take_id TEXT NOT NULL REFERENCES takes (id) ON DELETE CASCADE, "
        "participant_id TEXT REFERENCES participants (id), moment BIGINT NOT NULL, label TEXT NOT NULL)",
        "CREATE INDEX markers_by_take ON markers (take_id, moment)",
        "CREATE TABLE take_pauses (take_id TEXT NOT NULL REFERENCES takes (id) ON DELETE CASCADE, "
        "from_at BIGINT NOT NULL, until_at BIGINT, PRIMARY KEY (take_id, from_at))",
        "ALTER TABLE takes ADD COLUMN deadline_at BIGINT", "ALTER TABLE participants ADD COLUMN consented_at BIGINT",
        "ALTER TABLE participants ADD COLUMN consent_notice TEXT", "ALTER TABLE stems ADD COLUMN consented_at BIGINT"}},
      {"studio.7-recording-settings", {"ALTER TABLE sessions ADD COLUMN recording TEXT"}},
      {"studio.8-recording-limits", {"ALTER TABLE participants ADD COLUMN recording_limit TEXT"}},
  };
  return list;
}

}  // namespace

std::span<const db::Migration> migrations() { return own(); }

std::vector<db::Migration> all_migrations() {
  std::vector<db::Migration> all;
  for (auto list : {upload::migrations(), jobs::migrations(), people::migrations(), migrations(), answer_migrations()})
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace greenroom::studio

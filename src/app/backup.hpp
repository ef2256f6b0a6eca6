// `greenroom backup` and `greenroom restore`: one file with everything the server keeps. Of the database one consistent
// snapshot, taken beside the running server and bound to no engine: restoring is also the way from SQLite to PostgreSQL
// and back. Invariant: restore changes nothing in a place that is not empty, and a database is restored whole or not.
//
// The file is a tar archive, in this order:
//   greenroom.json              format, when, the migrations that had run, tables with their columns, with media or not
//   secret.key
//   database/<table>.<n>.jsonl  a row a line: an array of values in the order of the columns; bytes are {"base64":
//   "..."} database.json               how many rows each table has files.jsonl                 path and size of every
//   recording of the data folder files/blobs/..., files/backup/...   with --with-media: the recordings themselves
//   complete.json               the end
#pragma once
#include "app/config.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "db/migrate.hpp"

namespace greenroom::app {

inline constexpr base::ErrorCode not_empty{base::ErrorKind::conflict, "app.not_empty"};

struct BackupReport {
  std::uint64_t rows = 0;
  std::uint64_t files = 0;    // recordings that the backup has
  std::uint64_t missing = 0;  // restore: listed, but neither in the backup nor in the data folder
};

base::Result<BackupReport> back_up(const BackupConfig& config, base::WallTime now);
base::Result<BackupReport> restore(const RestoreConfig& config, std::span<const db::Migration> migrations,
                                   base::WallTime now);

int run_backup(const BackupConfig& config, base::LogSink& log);
int run_restore(const RestoreConfig& config, base::LogSink& log);

}  // namespace greenroom::app

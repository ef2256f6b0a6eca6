#include <algorithm>
#include <cstdio>

#include "app/archive.hpp"
#include "app/backup.hpp"
#include "app/backup_rows.hpp"
#include "app/secret.hpp"
#include "app/storehouse.hpp"
#include "net/clock.hpp"

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t document_max = 4 << 20;  // greenroom.json, database.json
constexpr std::size_t part_max = 256 << 20;    // one part of a table
constexpr std::size_t list_max = 1 << 30;      // files.jsonl
constexpr std::string_view files_folder = "files/";

template <class T>
base::Result<T> parse_document(const std::string& text) {
  auto value = wire::from_text<T>(text);
  if (!value)
    return base::fail(bad_archive, "the backup has a document that cannot be read", wire::describe(value.error()));
  return std::move(*value);
}

// Calls `take` for each line.
template <class F>
base::Status each_line(std::string_view text, F take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    GREENROOM_CHECK_OK(take(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

class Restore {
 public:
  Restore(const RestoreConfig& config, std::span<const db::Migration> migrations, ArchiveReader& archive)
      : config_(config), migrations_(migrations), archive_(archive) {}

  base::Status read_manifest() {
    GREENROOM_CHECK_OK(expect("greenroom.json"));
    GREENROOM_TRY(const auto text, archive_.content(document_max));
    GREENROOM_TRY(manifest_, parse_document<BackupManifest>(text));
    if (manifest_.format != backup_format)
      return base::fail(bad_archive, "the backup is of a format that this version does not know");
    return {};
  }

  // The server's key: what is there already must be the same one. (Then this folder is only changing its database.)
  base::Status secret() {
    GREENROOM_CHECK_OK(expect("secret.key"));
    GREENROOM_TRY(const auto text, archive_.content(document_max));
    secret_ = base::Bytes(text.begin(), text.end());
    return check_secret(config_.place.data, secret_);
  }
  base::Status keep_secret() { return store_secret(config_.place.data, secret_); }

  base::Status check_folder() const {
    if (!manifest_.media) return {};
    for (const char* folder : {"blobs", "backup"}) {
      std::error_code none;
      for (const auto& entry : fs::recursive_directory_iterator(config_.place.data / folder, none)) {
        if (entry.is_regular_file(none))
          return base::fail(not_empty, "the data folder has recordings already: " + entry.path().string());
      }
    }
    return {};
  }

  // The migrations that had run when the backup was made, in this version's order.
  base::Result<std::vector<db::Migration>> earlier() const {
    std::vector<db::Migration> out;
    for (const db::Migration& migration : migrations_) {
      if (had_run(migration.name)) out.push_back(migration);
    }
    if (out.size() != manifest_.migrations.size())
      return base::fail(bad_archive, "the backup was made by a newer version of Greenroom");
    return out;
  }

  base::Status check_empty(db::Transaction& tx) const {
    GREENROOM_TRY(const auto tables, tx.tables());
    for (const db::Table& table : tables) {
      if (table.name == "migrations") continue;
      GREENROOM_TRY(const bool filled, tx.any(fmt::format("SELECT 1 FROM \"{}\" LIMIT 1", table.name)));
      if (filled) return base::fail(not_empty, "the database is not empty: it has " + table.name);
    }
    if (std::none_of(tables.begin(), tables.end(), [](const auto& table) { return table.name == "migrations"; }))
      return {};
    return tx.each("SELECT name FROM migrations", {}, [&](db::Row row) -> base::Status {
      if (had_run(row.next<std::string>())) return {};
      return base::fail(not_empty, "the database has newer tables than the backup; restore into a new database");
    });
  }

  // All rows. May be run again from its start.
  base::Status database(db::Transaction& tx) {
    GREENROOM_CHECK_OK(check_empty(tx));
    GREENROOM_TRY(const auto there, tx.tables());
    GREENROOM_CHECK_OK(archive_.rewind());
    report_ = {};
    counts_.clear();
    for (;;) {
      GREENROOM_TRY(const auto entry, archive_.next());
      if (!entry) return base::fail(bad_archive, "the backup is cut off");
      if (entry->name == "greenroom.json" || entry->name == "secret.key") continue;
      if (entry->name == "database.json") return check_counts();
      GREENROOM_CHECK_OK(part(tx, there, entry->name));
    }
  }

  base::Status files() {
    GREENROOM_CHECK_OK(expect("files.jsonl"));
    GREENROOM_TRY(const auto list, archive_.content(list_max));
    for (;;) {
      GREENROOM_TRY(const auto entry, archive_.next());
      if (!entry) return base::fail(bad_archive, "the backup is cut off");
      if (entry->name == "complete.json") break;
      if (!entry->name.starts_with(files_folder)) return base::fail(bad_archive, "the backup has an unknown part");
      GREENROOM_CHECK_OK(unpack(entry->name.substr(files_folder.size())));
    }
    GREENROOM_CHECK_OK(each_line(list, [&](std::string_view line) { return look_for(line); }));
    GREENROOM_TRY(const auto text, archive_.content(document_max));
    GREENROOM_TRY(const auto end, parse_document<BackupEnd>(text));
    if (end.files != report_.files) return base::fail(bad_archive, "the backup lacks recordings");
    return {};
  }

  const BackupReport& report() const { return report_; }

 private:
  base::Status expect(std::string_view name) {
    GREENROOM_TRY(const auto entry, archive_.next());
    if (!entry || entry->name != name) return base::fail(bad_archive, fmt::format("this is no backup: no {}", name));
    return {};
  }

  bool had_run(std::string_view name) const {
    return std::find(manifest_.migrations.begin(), manifest_.migrations.end(), name) != manifest_.migrations.end();
  }

  // The names of tables and columns become part of statements, so they must be those of tables that are there.
  base::Result<const BackupTable*> table_of(const std::vector<db::Table>& there, std::string_view part) const {
    for (const BackupTable& table : manifest_.tables) {
      if (!part.starts_with("database/" + table.name + ".")) continue;
      const auto found =
          std::find_if(there.begin(), there.end(), [&](const auto& other) { return other.name == table.name; });
      const auto known = [&](const std::string& column) {
        return std::any_of(found->columns.begin(), found->columns.end(),
                           [&](const db::TableColumn& other) { return other.name == column; });
      };
      if (found != there.end() && std::all_of(table.columns.begin(), table.columns.end(), known)) return &table;
    }
    return base::fail(bad_archive, "the backup has a table that this version does not know", std::string(part));
  }

  static std::string insert_into(const BackupTable& table) {
    std::string columns, values;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      columns += fmt::format("{}\"{}\"", i ? ", " : "", table.columns[i]);
      values += fmt::format("{}${}", i ? ", " : "", i + 1);
    }
    return fmt::format("INSERT INTO \"{}\" ({}) VALUES ({})", table.name, columns, values);
  }

  base::Status part(db::Transaction& tx, const std::vector<db::Table>& there, const std::string& name) {
    GREENROOM_TRY(const BackupTable* table, table_of(there, name));
    const std::string sql = insert_into(*table);
    GREENROOM_TRY(const auto lines, archive_.content(part_max));
    return each_line(lines, [&](std::string_view line) -> base::Status {
      GREENROOM_TRY(const auto values, parse_row(line, table->columns.size()));
      GREENROOM_CHECK_OK(tx.run_with(sql, values));
      ++report_.rows, ++counts_[table->name];
      return {};
    });
  }

  base::Status check_counts() {
    GREENROOM_TRY(const auto text, archive_.content(document_max));
    GREENROOM_TRY(const auto counts, parse_document<BackupCounts>(text));
    for (const BackupCount& count : counts.tables) {
      if (counts_[count.table] != count.rows) return base::fail(bad_archive, "the backup lacks rows of " + count.table);
    }
    return {};
  }

  base::Status unpack(const std::string& path) {
    const fs::path to = config_.place.data / path;
    GREENROOM_CHECK_OK(make_folder(to.parent_path()));
    GREENROOM_CHECK_OK(archive_.unpack(to));
    ++report_.files;
    return {};
  }

  base::Status look_for(std::string_view line) {
    GREENROOM_TRY(const auto file, parse_document<BackupFile>(std::string(line)));
    std::error_code none;
    report_.missing += !fs::exists(config_.place.data / file.path, none);
    return {};
  }

  const RestoreConfig& config_;
  const std::span<const db::Migration> migrations_;
  ArchiveReader& archive_;
  BackupManifest manifest_;
  base::Bytes secret_;
  BackupReport report_;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace

base::Result<BackupReport> restore(const RestoreConfig& config, std::span<const db::Migration> migrations,
                                   base::WallTime now) {
  GREENROOM_TRY(auto options, database_options(config.place));
  GREENROOM_TRY(auto archive, ArchiveReader::open(config.file));
  Restore restore(config, migrations, archive);
  GREENROOM_CHECK_OK(restore.read_manifest());
  GREENROOM_TRY(const auto earlier, restore.earlier());
  GREENROOM_CHECK_OK(make_folder(config.place.data));
  GREENROOM_CHECK_OK(restore.secret());
  GREENROOM_CHECK_OK(restore.check_folder());
  GREENROOM_TRY(auto database, db::Database::open(std::move(options)));
  GREENROOM_CHECK_OK(database->read([&](db::Transaction& tx) { return restore.check_empty(tx); }));
  GREENROOM_CHECK_OK(db::migrate(*database, earlier, now));
  GREENROOM_CHECK_OK(database->change_schema([&](db::Transaction& tx) { return restore.database(tx); }));
  GREENROOM_CHECK_OK(db::migrate(*database, migrations, now));
  GREENROOM_CHECK_OK(restore.keep_secret());
  GREENROOM_CHECK_OK(restore.files());
  return restore.report();
}

int run_restore(const RestoreConfig& config, base::LogSink& log) {
  const auto report = restore(config, studio::all_migrations(), net::wall_now());
  if (!report) {
    log.error("restore", {{"error", report.error().what}, {"context", report.error().context}});
    return 1;
  }
  std::printf("%llu rows and %llu recordings are restored.\n", (unsigned long long)(report->rows),
              (unsigned long long)(report->files));
  if (report->missing > 0)
    std::printf("%llu recordings were not in the backup: copy blobs/ and backup/ from the old data folder.\n",
                (unsigned long long)(report->missing));
  return 0;
}

}  // namespace greenroom::app

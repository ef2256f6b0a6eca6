#include "app/backup.hpp"

#include <algorithm>
#include <cstdio>

#include "app/archive.hpp"
#include "app/backup_rows.hpp"
#include "app/storehouse.hpp"
#include "net/clock.hpp"

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t part_size = 1 << 20;
constexpr std::chrono::minutes patience{60};  // a large table may be sorted before its first row comes

std::string in_quotes(std::string_view name) { return fmt::format("\"{}\"", name); }

std::string select_all(const db::Table& table) {
  std::string columns, order;
  for (const auto& column : table.columns) columns += (columns.empty() ? "" : ", ") + in_quotes(column.name);
  for (const auto& column : table.key) order += (order.empty() ? " ORDER BY " : ", ") + in_quotes(column);
  return fmt::format("SELECT {} FROM {}{}", columns, in_quotes(table.name), order);
}

// One table, in parts of about a megabyte.
class TableWriter {
 public:
  TableWriter(ArchiveWriter& archive, std::string table) : archive_(archive), table_(std::move(table)) {}

  base::Status add(const db::Row& row) {
    part_ += print_row(row);
    part_ += '\n';
    ++rows_;
    return part_.size() < part_size ? base::Status{} : flush();
  }
  base::Status flush() {
    if (part_.empty()) return {};
    GREENROOM_CHECK_OK(archive_.add(fmt::format("database/{}.{:04}.jsonl", table_, ++parts_), part_));
    part_.clear();
    return {};
  }
  std::uint64_t rows() const { return rows_; }

 private:
  ArchiveWriter& archive_;
  const std::string table_;
  std::string part_;
  std::uint64_t rows_ = 0;
  int parts_ = 0;
};

class Backup {
 public:
  Backup(const BackupConfig& config, ArchiveWriter& archive, base::WallTime now)
      : config_(config), archive_(archive), now_(now) {}

  // May be run again from its start.
  base::Status database(db::Transaction& tx) {
    GREENROOM_CHECK_OK(archive_.restart());
    report_ = {};
    GREENROOM_TRY(auto found, tx.tables());
    std::erase_if(found, [](const db::Table& table) { return table.name == "migrations"; });
    GREENROOM_TRY(const auto tables, in_order_of_reference(std::move(found)));
    GREENROOM_CHECK_OK(manifest(tx, tables));
    GREENROOM_CHECK_OK(secret());
    BackupCounts counts;
    for (const db::Table& table : tables) {
      TableWriter out(archive_, table.name);
      GREENROOM_CHECK_OK(tx.each(select_all(table), {}, [&](db::Row row) { return out.add(row); }));
      GREENROOM_CHECK_OK(out.flush());
      counts.tables.push_back({table.name, out.rows()});
      report_.rows += out.rows();
    }
    return archive_.add("database.json", wire::to_text(counts));
  }

  // After the database: what its rows name is there by then, and at least as long as they say.
  base::Status files() {
    GREENROOM_TRY(const auto found, recordings());
    std::string list;
    for (const auto& file : found) list += wire::to_text(file) + "\n";
    GREENROOM_CHECK_OK(archive_.add("files.jsonl", list));
    if (!config_.media) return {};
    for (const auto& file : found) {
      GREENROOM_TRY(const bool there, archive_.add_file("files/" + file.path, config_.place.data / file.path));
      report_.files += there;
    }
    return {};
  }

  base::Result<BackupReport> finish() {
    GREENROOM_CHECK_OK(archive_.add("complete.json", wire::to_text(BackupEnd{report_.rows, report_.files})));
    GREENROOM_CHECK_OK(archive_.finish());
    return report_;
  }

 private:
  base::Status manifest(db::Transaction& tx, const std::vector<db::Table>& tables) {
    BackupManifest manifest;
    manifest.created_at = now_;
    manifest.media = config_.media;
    GREENROOM_TRY(manifest.migrations, tx.all("SELECT name FROM migrations ORDER BY name", {},
                                              [](db::Row& row) { return row.next<std::string>(); }));
    for (const auto& table : tables) {
      BackupTable& described = manifest.tables.emplace_back();
      described.name = table.name;
      for (const auto& column : table.columns) described.columns.push_back(column.name);
    }
    return archive_.add("greenroom.json", wire::to_text(manifest));
  }

  base::Status secret() {
    GREENROOM_TRY(const bool there, archive_.add_file("secret.key", config_.place.data / "secret.key"));
    if (!there) return base::fail(bad_data_folder, "there is no secret.key in " + config_.place.data.string());
    return {};
  }

  // Blobs and the server's own recordings; nothing that is being made.
  base::Result<std::vector<BackupFile>> recordings() const {
    std::vector<BackupFile> out;
    for (const char* folder : {"blobs", "backup"}) {
      std::error_code error;
      auto at = fs::recursive_directory_iterator(config_.place.data / folder, error);
      for (; !error && at != fs::end(at); at.increment(error)) {
        if (at->path().filename() == "scratch" && at.depth() == 0) at.disable_recursion_pending();
        std::error_code gone;
        if (!at->is_regular_file(gone)) continue;
        const auto size = at->file_size(gone);
        if (!gone) out.push_back({at->path().lexically_relative(config_.place.data).string(), size});
      }
      if (error && error != std::errc::no_such_file_or_directory)
        return base::fail(archive_io, "cannot read the recordings", error.message());
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
  }

  const BackupConfig& config_;
  ArchiveWriter& archive_;
  const base::WallTime now_;
  BackupReport report_;
};

}  // namespace

base::Result<BackupReport> back_up(const BackupConfig& config, base::WallTime now) {
  GREENROOM_TRY(auto options, database_options(config.place));
  options.answer_timeout = patience;
  std::error_code ignored;
  if (options.url.empty() && !fs::exists(options.path, ignored))
    return base::fail(bad_data_folder, "there is no database in " + config.place.data.string());
  GREENROOM_TRY(auto database, db::Database::open(std::move(options)));
  GREENROOM_TRY(auto archive, ArchiveWriter::create(config.file));
  Backup backup(config, archive, now);
  GREENROOM_CHECK_OK(database->read([&](db::Transaction& tx) { return backup.database(tx); }));
  GREENROOM_CHECK_OK(backup.files());
  return backup.finish();
}

int run_backup(const BackupConfig& config, base::LogSink& log) {
  const auto report = back_up(config, net::wall_now());
  if (!report) {
    log.error("backup", {{"error", report.error().what}, {"context", report.error().context}});
    return 1;
  }
  std::printf("%s has %llu rows and %llu recordings.\n", config.file.c_str(), (unsigned long long)(report->rows),
              (unsigned long long)(report->files));
  return 0;
}

}  // namespace greenroom::app

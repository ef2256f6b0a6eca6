// SQLite: WAL, one writer at a time (a pool of one inside the process, BEGIN IMMEDIATE and a busy timeout between
// processes), readers on snapshots that nobody waits for.
#include <sqlite3.h>

#include <charconv>
#include <unordered_map>

#include "db/detail/engine.hpp"

namespace greenroom::db {

namespace {

// synchronous=FULL: an upload's offset that was answered, a take that was started, must survive the loss of power, and
// in WAL mode NORMAL would leave the last commits in the page cache. The price is one fsync of the log per commit;
// uploads batch their commits (upload/decide.cpp) so that it stays below a few hundred a second.
constexpr int open_attempts_max = 100;
constexpr const char* settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-8192; PRAGMA journal_size_limit=67108864;";

base::ErrorCode code_of(int sqlite) {
  switch (sqlite & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error_busy;
    case SQLITE_CONSTRAINT:
      return error_constraint;
    case SQLITE_FULL:
      return error_full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return error_corrupt;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return error_io;
    default:
      return error_failed;
  }
}

ValueView column(sqlite3_stmt* statement, int i) {
  switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
      return std::int64_t(sqlite3_column_int64(statement, i));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, i);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      return std::string_view(text, std::size_t(sqlite3_column_bytes(statement, i)));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, i));
      return base::ByteView(bytes, std::size_t(sqlite3_column_bytes(statement, i)));
    }
    default:
      return {};
  }
}

// Texts and bytes are not copied: the parameters outlive the statement's use.
struct Binder {
  sqlite3_stmt* statement;
  int slot;
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, slot); }
  int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, slot, v); }
  int operator()(double v) const { return sqlite3_bind_double(statement, slot, v); }
  int operator()(std::string_view v) const {
    return sqlite3_bind_text64(statement, slot, v.empty() ? "" : v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(base::ByteView v) const {
    return sqlite3_bind_blob64(statement, slot, v.empty() ? "" : static_cast<const void*>(v.data()), v.size(),
                               SQLITE_STATIC);
  }
};

// A statement in use; ready for its next use when this ends.
struct Use {
  sqlite3_stmt* statement;
  ~Use() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

// So that a text is looked up without a copy of it.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// What a prepared text needs to know once: which of the values $1, $2, ... goes to which of SQLite's own slots.
struct Statement {
  sqlite3_stmt* handle = nullptr;
  std::string_view text;
  std::vector<std::size_t> values;  // slot i (from 0) takes values[i] (from 0)
};

class Sqlite final : public Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> open(const DatabaseOptions& options, Access access);
  ~Sqlite() override;

  base::Status begin(Access access) override;
  base::Result<std::int64_t> execute(std::string_view sql, std::span<const Parameter> parameters,
                                     const RowSink* sink) override;
  base::Status commit() override { return step("COMMIT"); }
  void roll_back() override;
  bool usable() override { return usable_; }
  base::Result<std::vector<Table>> tables() override;

  static constexpr std::size_t statements_max = 256;

 private:
  explicit Sqlite(sqlite3* handle) : handle_(handle) {}
  base::Status command(const char* sql);    // without parameters and not kept: PRAGMA
  base::Status step(std::string_view sql);  // without parameters, prepared once: BEGIN, COMMIT
  base::Result<Statement*> prepare(std::string_view sql);
  base::Status bind(const Statement& statement, std::span<const Parameter> parameters);
  Row read_row(const Statement& statement);
  base::Status describe(Table& table);
  tl::unexpected<base::Error> failure(int code, std::string_view sql) const;
  void forget_statements();

  sqlite3* handle_;
  bool usable_ = true;
  std::vector<ValueView> row_;  // the current one
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
  std::unordered_map<const char*, Statement*> places_;  // most texts are constants, found sooner by where they stand
};

base::Result<std::unique_ptr<Connection>> Sqlite::open(const DatabaseOptions& options, Access access) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(options.path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Sqlite> connection(new Sqlite(handle));
  if (opened != SQLITE_OK) return connection->failure(opened, "open " + options.path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, int(options.busy_timeout.count()));
  // Two processes that make the same new file do not wait for each other by the timeout alone.
  base::Status status;
  for (int i = 0; i < open_attempts_max; ++i) {
    status = connection->command(settings);
    if (status || !(status.error().code == error_busy)) break;
    sqlite3_sleep(10);
  }
  GREENROOM_CHECK_OK(status);
  if (access == Access::read) GREENROOM_CHECK_OK(connection->command("PRAGMA query_only=ON"));
  return connection;
}

Sqlite::~Sqlite() {
  forget_statements();
  sqlite3_close(handle_);
}

base::Status Sqlite::step(std::string_view sql) {
  GREENROOM_CHECK_OK(execute(sql, {}, nullptr));
  return {};
}

base::Status Sqlite::begin(Access access) { return step(access == Access::read ? "BEGIN" : "BEGIN IMMEDIATE"); }

void Sqlite::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0) usable_ = command("ROLLBACK").has_value();
}

void Sqlite::forget_statements() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement.handle);
  statements_.clear();
  places_.clear();
}

tl::unexpected<base::Error> Sqlite::failure(int code, std::string_view sql) const {
  const base::ErrorCode kind = code_of(code);
  const char* message = handle_ ? sqlite3_errmsg(handle_) : "no handle";
  return base::fail(kind, std::string(sentence(kind)), fmt::format("sqlite {}: {}; {}", code, message, sql));
}

base::Status Sqlite::command(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, sql);
  return {};
}

base::Result<Statement*> Sqlite::prepare(std::string_view sql) {
  const auto there = places_.find(sql.data());
  if (there != places_.end() && there->second->text == sql) return there->second;
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    if (places_.size() >= statements_max) places_.clear();
    return places_[sql.data()] = &found->second;
  }
  // Texts are constants of the program, so this bound is never met; if it is, all are prepared anew.
  if (statements_.size() >= statements_max) forget_statements();
  Statement statement;
  const int code =
      sqlite3_prepare_v3(handle_, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement.handle, nullptr);
  if (code != SQLITE_OK || !statement.handle) return failure(code, sql);
  // SQLite numbers "$2" by its first appearance, not by its digits.
  for (int slot = 1; slot <= sqlite3_bind_parameter_count(statement.handle); ++slot) {
    const std::string_view name = sqlite3_bind_parameter_name(statement.handle, slot);
    std::size_t number = 0;
    std::from_chars(name.data() + 1, name.data() + name.size(), number);
    statement.values.push_back(number - 1);
  }
  const auto kept = statements_.emplace(std::string(sql), std::move(statement)).first;
  kept->second.text = kept->first;
  return &kept->second;
}

base::Status Sqlite::bind(const Statement& statement, std::span<const Parameter> parameters) {
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    if (statement.values[i] >= parameters.size()) return base::fail(error_failed, "a statement lacks a value");
    const Binder binder{statement.handle, int(i) + 1};
    const int code = std::visit(binder, parameters[statement.values[i]].view());
    if (code != SQLITE_OK) return failure(code, sqlite3_sql(statement.handle));
  }
  return {};
}

Row Sqlite::read_row(const Statement& statement) {
  row_.clear();
  const int columns = sqlite3_column_count(statement.handle);
  for (int i = 0; i < columns; ++i) row_.push_back(column(statement.handle, i));
  return Row(row_);
}

base::Result<std::int64_t> Sqlite::execute(std::string_view sql, std::span<const Parameter> parameters,
                                           const RowSink* sink) {
  GREENROOM_TRY(Statement * statement, prepare(sql));
  const Use use{statement->handle};
  GREENROOM_CHECK_OK(bind(*statement, parameters));
  for (;;) {
    const int code = sqlite3_step(statement->handle);
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return failure(code, sql);
    if (sink) GREENROOM_CHECK_OK((*sink)(read_row(*statement)));
  }
  return std::int64_t(sqlite3_changes64(handle_));
}

base::Result<std::vector<Table>> Sqlite::tables() {
  std::vector<Table> out;
  const RowSink take = [&](Row row) -> base::Status {
    out.push_back({row.next<std::string>(), {}, {}, {}});
    return {};
  };
  GREENROOM_CHECK_OK(execute(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", {}, &take));
  for (Table& table : out) GREENROOM_CHECK_OK(describe(table));
  return out;
}

base::Status Sqlite::describe(Table& table) {
  const std::vector<Parameter> name{table.name};
  const RowSink column = [&](Row row) -> base::Status {
    auto name_of = row.next<std::string>();
    table.columns.push_back({std::move(name_of), row.next<std::string>()});
    return {};
  };
  const RowSink key = [&](Row row) -> base::Status {
    table.key.push_back(row.next<std::string>());
    return {};
  };
  const RowSink reference = [&](Row row) -> base::Status {
    table.references.push_back(row.next<std::string>());
    return {};
  };
  GREENROOM_CHECK_OK(execute("SELECT name, lower(type) FROM pragma_table_info($1) ORDER BY cid", name, &column));
  GREENROOM_CHECK_OK(execute("SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", name, &key));
  GREENROOM_CHECK_OK(
      execute("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1) ORDER BY 1", name, &reference));
  return {};
}

// SQLite's count of its own memory is a lock around every allocation of every thread. Before its first connection only.
void leave_memory_uncounted() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)done;
}

class SqliteEngine final : public Engine {
 public:
  explicit SqliteEngine(DatabaseOptions options) : options_(std::move(options)) { leave_memory_uncounted(); }
  base::Result<std::unique_ptr<Connection>> connect(Access access) override { return Sqlite::open(options_, access); }
  std::string_view name() const override { return "sqlite"; }

 private:
  const DatabaseOptions options_;
};

}  // namespace

std::unique_ptr<Engine> make_sqlite(const DatabaseOptions& options) { return std::make_unique<SqliteEngine>(options); }

}  // namespace greenroom::db

#include "db/detail/connection.hpp"

#include <sqlite3.h>

#include <charconv>

namespace greenroom::db {

namespace {

// synchronous=FULL: an upload's offset that was answered, a take that was started, must survive the loss of power, and
// in WAL mode NORMAL would leave the last commits in the page cache. The price is one fsync of the log per commit;
// uploads batch their commits (upload/decide.cpp) so that it stays below a few hundred a second.
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

std::string_view sentence(const base::ErrorCode& code) {
  if (code == error_busy) return "the database is busy";
  if (code == error_constraint) return "this contradicts what is stored";
  if (code == error_full) return "the disk is full";
  if (code == error_corrupt) return "the database is damaged";
  if (code == error_io) return "the database cannot be read or written";
  return "the database refused a statement";
}

Value column(sqlite3_stmt* statement, int i) {
  switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
      return std::int64_t(sqlite3_column_int64(statement, i));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, i);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      return std::string(text, std::size_t(sqlite3_column_bytes(statement, i)));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, i));
      return base::Bytes(bytes, bytes + sqlite3_column_bytes(statement, i));
    }
    default:
      return {};
  }
}

struct Binder {
  sqlite3_stmt* statement;
  int slot;
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, slot); }
  int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, slot, v); }
  int operator()(double v) const { return sqlite3_bind_double(statement, slot, v); }
  int operator()(const std::string& v) const {
    return sqlite3_bind_text64(statement, slot, v.data(), v.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  int operator()(const base::Bytes& v) const {
    return sqlite3_bind_blob64(statement, slot, v.empty() ? "" : static_cast<const void*>(v.data()), v.size(),
                               SQLITE_TRANSIENT);
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

}  // namespace

base::Result<std::unique_ptr<Connection>> Connection::open(const DatabaseOptions& options, bool writing) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(options.path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (opened != SQLITE_OK) return connection->failure(opened, "open " + options.path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, int(options.busy_timeout.count()));
  GREENROOM_CHECK_OK(connection->command(settings));
  if (!writing) GREENROOM_CHECK_OK(connection->command("PRAGMA query_only=ON"));
  return connection;
}

Connection::~Connection() {
  forget_statements();
  sqlite3_close(handle_);
}

void Connection::forget_statements() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement.handle);
  statements_.clear();
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

tl::unexpected<base::Error> Connection::failure(int code, std::string_view sql) const {
  const base::ErrorCode kind = code_of(code);
  const char* message = handle_ ? sqlite3_errmsg(handle_) : "no handle";
  return base::fail(kind, std::string(sentence(kind)), fmt::format("sqlite {}: {}; {}", code, message, sql));
}

base::Status Connection::command(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, sql);
  return {};
}

base::Result<Statement*> Connection::prepare(std::string_view sql) {
  auto found = statements_.find(std::string(sql));
  if (found != statements_.end()) return &found->second;
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
  return &statements_.emplace(std::string(sql), std::move(statement)).first->second;
}

base::Status Connection::bind(const Statement& statement, std::span<const Parameter> parameters) {
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    if (statement.values[i] >= parameters.size()) return base::fail(error_failed, "a statement lacks a value");
    const Binder binder{statement.handle, int(i) + 1};
    const int code = std::visit(binder, parameters[statement.values[i]].value());
    if (code != SQLITE_OK) return failure(code, sqlite3_sql(statement.handle));
  }
  return {};
}

Row Connection::read_row(const Statement& statement) const {
  std::vector<Value> values;
  const int columns = sqlite3_column_count(statement.handle);
  values.reserve(std::size_t(columns));
  for (int i = 0; i < columns; ++i) values.push_back(column(statement.handle, i));
  return Row(std::move(values));
}

base::Result<std::int64_t> Connection::execute(std::string_view sql, std::span<const Parameter> parameters,
                                               std::vector<Row>* out) {
  GREENROOM_TRY(Statement * statement, prepare(sql));
  const Use use{statement->handle};
  GREENROOM_CHECK_OK(bind(*statement, parameters));
  for (;;) {
    const int code = sqlite3_step(statement->handle);
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return failure(code, sql);
    if (!out) continue;
    if (out->size() >= Transaction::rows_max)
      return base::fail(error_failed, "a query found too many rows", std::string(sql));
    out->push_back(read_row(*statement));
  }
  return std::int64_t(sqlite3_changes64(handle_));
}

}  // namespace greenroom::db

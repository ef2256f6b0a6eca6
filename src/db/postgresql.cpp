// PostgreSQL by libpq: prepared statements by their text, values as text, bytes in binary. Every wait has a deadline,
// so a server that is gone or stopped is an error in seconds, not a thread that hangs; after one that could not be
// reached the others fail at once for a while, and one connection at a time tries again.
#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <charconv>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "db/detail/engine.hpp"
#include "db/detail/postgresql_values.hpp"

namespace greenroom::db {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds retry_connect_after{500};
constexpr milliseconds schema_timeout{3'600'000};  // an index over a large table
constexpr std::size_t statements_max = 256;

struct ResultEnd {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultEnd>;

// SQLSTATE, PostgreSQL 15 appendix A.
base::ErrorCode code_of(std::string_view state) {
  const auto kind = state.substr(0, std::min<std::size_t>(2, state.size()));
  if (state == "40001" || state == "40P01" || state == "55P03") return error_busy;
  if (state == "53100") return error_full;
  if (state == "22021" || state == "22P05") return error_text;
  if (state == "57P01" || state == "57P02" || state == "57P03" || kind == "08" || kind == "53")
    return error_unavailable;
  if (kind == "23") return error_constraint;
  if (kind == "58") return error_io;
  if (kind == "XX" && state != "XX000") return error_corrupt;
  return error_failed;
}

std::string without_newlines(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

class Postgresql final : public Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> open(const DatabaseOptions& options);
  ~Postgresql() override { PQfinish(handle_); }

  base::Status begin(Access access) override;
  base::Result<std::int64_t> execute(std::string_view sql, std::span<const Parameter> parameters,
                                     const RowSink* sink) override;
  base::Status commit() override;
  void roll_back() override;
  bool usable() override;
  base::Result<std::vector<Table>> tables() override;

 private:
  explicit Postgresql(PGconn* handle, milliseconds timeout) : handle_(handle), answer_timeout_(timeout) {}
  base::Result<const std::string*> prepare(std::string_view sql);
  base::Result<ResultPtr> command(const char* sql);
  base::Result<ResultPtr> finish(std::string_view sql, const RowSink* sink);
  base::Result<ResultPtr> next_result(std::string_view sql);
  base::Status flush(std::string_view sql);
  base::Status wait(short events, std::string_view sql);
  base::Result<std::vector<std::string>> names(std::string_view sql, std::string_view table);
  milliseconds timeout() const { return access_ == Access::schema ? schema_timeout : answer_timeout_; }
  tl::unexpected<base::Error> failure(const PGresult* result, std::string_view sql) const;
  tl::unexpected<base::Error> lost(std::string_view why, std::string_view sql);

  PGconn* handle_;
  const milliseconds answer_timeout_;
  Clock::time_point deadline_;
  Access access_ = Access::read;
  bool lost_ = false;
  std::unordered_map<std::string, std::string> statements_;  // text -> name
  std::size_t next_name_ = 0;
};

std::string timeout_text(milliseconds timeout) { return std::to_string(timeout.count()); }

base::Result<std::unique_ptr<Connection>> Postgresql::open(const DatabaseOptions& options) {
  const std::string user_timeout = timeout_text(options.answer_timeout);
  // What the URL says wins: it comes last.
  constexpr std::size_t count = 9;
  const std::array<const char*, count> keys{"connect_timeout",           "tcp_user_timeout", "keepalives_idle",
                                            "keepalives_interval",       "keepalives_count", "client_encoding",
                                            "fallback_application_name", "dbname",           nullptr};
  const std::array<const char*, count> values{"2",         user_timeout.c_str(), "10",   "5", "2", "UTF8",
                                              "greenroom", options.url.c_str(),  nullptr};
  PGconn* handle = PQconnectdbParams(keys.data(), values.data(), 1);
  std::unique_ptr<Postgresql> connection(new Postgresql(handle, options.answer_timeout));
  if (PQstatus(handle) != CONNECTION_OK)
    return base::fail(error_unavailable, std::string(sentence(error_unavailable)),
                      without_newlines(PQerrorMessage(handle)));
  PQsetNoticeProcessor(
      handle, [](void*, const char*) {}, nullptr);
  PQsetnonblocking(handle, 1);
  return connection;
}

// A server that ended since the last use has said so, or closed the socket: there is something to read where nothing
// should be.
bool Postgresql::usable() {
  if (lost_ || PQstatus(handle_) != CONNECTION_OK || PQtransactionStatus(handle_) != PQTRANS_IDLE) return false;
  pollfd socket{PQsocket(handle_), POLLIN, 0};
  if (::poll(&socket, 1, 0) == 0) return true;
  return PQconsumeInput(handle_) == 1 && PQstatus(handle_) == CONNECTION_OK;
}

tl::unexpected<base::Error> Postgresql::lost(std::string_view why, std::string_view sql) {
  lost_ = true;
  return base::fail(error_unavailable, std::string(sentence(error_unavailable)),
                    fmt::format("postgresql: {}; {}", without_newlines(std::string(why)), sql));
}

tl::unexpected<base::Error> Postgresql::failure(const PGresult* result, std::string_view sql) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const bool gone = PQstatus(handle_) != CONNECTION_OK;
  const base::ErrorCode code = gone ? error_unavailable : code_of(state ? state : "");
  return base::fail(
      code, std::string(sentence(code)),
      fmt::format("postgresql {}: {}; {}", state ? state : "-", without_newlines(PQresultErrorMessage(result)), sql));
}

base::Status Postgresql::wait(short events, std::string_view sql) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - Clock::now());
    if (left <= milliseconds(0)) return lost("no answer in time", sql);
    pollfd socket{PQsocket(handle_), events, 0};
    const int ready = ::poll(&socket, 1, int(left.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return lost("poll failed", sql);
  }
}

base::Status Postgresql::flush(std::string_view sql) {
  for (;;) {
    const int left = PQflush(handle_);
    if (left == 0) return {};
    if (left < 0) return lost(PQerrorMessage(handle_), sql);
    GREENROOM_CHECK_OK(wait(POLLIN | POLLOUT, sql));
    // The server may be sending too, and would wait for us to read.
    if (!PQconsumeInput(handle_)) return lost(PQerrorMessage(handle_), sql);
  }
}

base::Result<ResultPtr> Postgresql::next_result(std::string_view sql) {
  while (PQisBusy(handle_)) {
    GREENROOM_CHECK_OK(wait(POLLIN, sql));
    if (!PQconsumeInput(handle_)) return lost(PQerrorMessage(handle_), sql);
  }
  return ResultPtr(PQgetResult(handle_));
}

// Reads the running query to its end: rows to the sink, the last result (or the first error) to the caller.
base::Result<ResultPtr> Postgresql::finish(std::string_view sql, const RowSink* sink) {
  GREENROOM_CHECK_OK(flush(sql));
  ResultPtr last;
  std::optional<base::Error> wrong;
  for (;;) {
    GREENROOM_TRY(auto result, next_result(sql));
    if (!result) break;
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_SINGLE_TUPLE) {
      deadline_ = Clock::now() + timeout();
      if (!sink || wrong) continue;
      if (auto taken = (*sink)(WireRow(result.get()).row()); !taken) wrong = taken.error();
      continue;
    }
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good && !wrong) wrong = failure(result.get(), sql).value();
    last = std::move(result);
    if (PQstatus(handle_) != CONNECTION_OK) break;
  }
  if (wrong) return tl::unexpected(std::move(*wrong));
  if (!last) return lost("no result", sql);
  return last;
}

base::Result<ResultPtr> Postgresql::command(const char* sql) {
  deadline_ = Clock::now() + timeout();
  if (!PQsendQueryParams(handle_, sql, 0, nullptr, nullptr, nullptr, nullptr, 0))
    return lost(PQerrorMessage(handle_), sql);
  return finish(sql, nullptr);
}

base::Status Postgresql::begin(Access access) {
  access_ = access;
  switch (access) {
    case Access::read:
      GREENROOM_CHECK_OK(command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
      return {};
    case Access::write:
      GREENROOM_CHECK_OK(command("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"));
      return {};
    case Access::schema:
      // Who waits for the lock must see what its holder did: not SERIALIZABLE, whose snapshot is older than the lock.
      GREENROOM_CHECK_OK(command("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"));
      GREENROOM_CHECK_OK(command("SELECT pg_advisory_xact_lock(hashtext('greenroom schema ' || current_schema()))"));
      return {};
  }
  return {};
}

base::Status Postgresql::commit() {
  if (lost_ || PQstatus(handle_) != CONNECTION_OK) return lost("lost before the commit", "COMMIT");
  auto done = command("COMMIT");
  if (!done && done.error().code == error_unavailable && access_ != Access::read)
    return base::fail(error_outcome_unknown, std::string(sentence(error_outcome_unknown)), done.error().context);
  if (!done) return tl::unexpected(std::move(done).error());
  // PostgreSQL answers the COMMIT of a failed transaction with "ROLLBACK", and no error.
  if (std::string_view(PQcmdStatus(done->get())) != "COMMIT")
    return base::fail(error_failed, std::string(sentence(error_failed)), "a failed statement was passed over");
  return {};
}

void Postgresql::roll_back() {
  if (lost_ || PQstatus(handle_) != CONNECTION_OK) return;
  if (PQtransactionStatus(handle_) == PQTRANS_IDLE) return;
  if (!command("ROLLBACK")) lost_ = true;
}

bool is_kept(std::string_view sql) {
  for (std::string_view verb : {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}) {
    if (sql.starts_with(verb)) return true;
  }
  return false;
}

// The name of the prepared statement; empty (the unnamed one) for what is said once: CREATE, ALTER.
base::Result<const std::string*> Postgresql::prepare(std::string_view sql) {
  static const std::string unnamed;
  const std::string text(sql);
  if (const auto found = statements_.find(text); found != statements_.end()) return &found->second;
  const bool kept = is_kept(sql);
  if (kept && statements_.size() >= statements_max) {  // texts are constants of the program: this is never met
    GREENROOM_CHECK_OK(command("DEALLOCATE ALL"));
    statements_.clear();
  }
  const std::string name = kept ? fmt::format("s{}", next_name_++) : unnamed;
  if (!PQsendPrepare(handle_, name.c_str(), text.c_str(), 0, nullptr)) return lost(PQerrorMessage(handle_), sql);
  GREENROOM_CHECK_OK(finish(sql, nullptr));
  if (!kept) return &unnamed;
  return &statements_.emplace(text, name).first->second;
}

// The statement may have fewer placeholders than there are values, as with SQLite. (More is an error of the server's.)
std::size_t placeholders(std::string_view sql) {
  std::size_t most = 0;
  for (std::size_t at = sql.find('$'); at != sql.npos; at = sql.find('$', at + 1)) {
    std::size_t number = 0;
    std::from_chars(sql.data() + at + 1, sql.data() + sql.size(), number);
    most = std::max(most, number);
  }
  return most;
}

base::Result<std::int64_t> Postgresql::execute(std::string_view sql, std::span<const Parameter> parameters,
                                               const RowSink* sink) {
  if (lost_ || PQstatus(handle_) != CONNECTION_OK) return lost("lost earlier", sql);
  deadline_ = Clock::now() + timeout();
  GREENROOM_TRY(const std::string* name, prepare(sql));
  const WireValues values(parameters.subspan(0, std::min(parameters.size(), placeholders(sql))));
  if (!PQsendQueryPrepared(handle_, name->c_str(), int(values.size()), values.texts(), values.lengths(),
                           values.formats(), 0))
    return lost(PQerrorMessage(handle_), sql);
  if (sink) PQsetSingleRowMode(handle_);
  GREENROOM_TRY(const auto done, finish(sql, sink));
  std::int64_t changed = 0;
  const std::string_view count = PQcmdTuples(done.get());
  std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

base::Result<std::vector<std::string>> Postgresql::names(std::string_view sql, std::string_view table) {
  std::vector<std::string> out;
  const RowSink take = [&](Row row) -> base::Status {
    out.push_back(row.next<std::string>());
    return {};
  };
  const std::vector<Parameter> parameters{table};
  GREENROOM_CHECK_OK(execute(sql, parameters, &take));
  return out;
}

base::Result<std::vector<Table>> Postgresql::tables() {
  GREENROOM_TRY(const auto found, names("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
                                        "AND $1::text IS NOT NULL ORDER BY tablename",
                                        ""));
  std::vector<Table> out;
  for (const std::string& name : found) {
    Table table{name, {}, {}, {}};
    GREENROOM_TRY(const auto columns, names("SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass "
                                            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                                            name));
    GREENROOM_TRY(const auto types, names("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE "
                                          "attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                                          name));
    for (std::size_t i = 0; i < columns.size(); ++i) table.columns.push_back({columns[i], types[i]});
    GREENROOM_TRY(table.key, names("SELECT a.attname::text FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (n, at) "
                                   "JOIN pg_attribute a ON a.attnum = k.n WHERE i.indrelid = $1::regclass "
                                   "AND a.attrelid = i.indrelid AND i.indisprimary ORDER BY k.at",
                                   name));
    GREENROOM_TRY(table.references, names("SELECT DISTINCT c.relname::text FROM pg_constraint f JOIN pg_class c "
                                          "ON c.oid = f.confrelid WHERE f.conrelid = $1::regclass AND f.contype = 'f' "
                                          "ORDER BY 1",
                                          name));
    out.push_back(std::move(table));
  }
  return out;
}

class PostgresqlEngine final : public Engine {
 public:
  explicit PostgresqlEngine(DatabaseOptions options) : options_(std::move(options)) {}
  std::string_view name() const override { return "postgresql"; }

  base::Result<std::unique_ptr<Connection>> connect(Access) override {
    GREENROOM_CHECK_OK(may_try());
    auto opened = Postgresql::open(options_);
    std::lock_guard guard(lock_);
    trying_ = false;
    if (opened)
      failed_.reset();
    else
      failed_ = opened.error(), failed_at_ = Clock::now();
    return opened;
  }

 private:
  // As long as the server is known to be gone, one caller at a time tries, and not too often.
  base::Status may_try() {
    std::lock_guard guard(lock_);
    if (!failed_) return {};
    if (trying_ || Clock::now() < failed_at_ + retry_connect_after) return tl::unexpected(*failed_);
    trying_ = true;
    return {};
  }

  const DatabaseOptions options_;
  std::mutex lock_;  // of what follows
  std::optional<base::Error> failed_;
  Clock::time_point failed_at_;
  bool trying_ = false;
};

}  // namespace

std::unique_ptr<Engine> make_postgresql(const DatabaseOptions& options) {
  return std::make_unique<PostgresqlEngine>(options);
}

}  // namespace greenroom::db

#include "db/db.hpp"

#include <algorithm>
#include <thread>

#include "base/assert.hpp"
#include "db/detail/write_line.hpp"

namespace greenroom::db {

namespace {

using Clock = std::chrono::steady_clock;

// Text that one of the engines could not give back as it was: PostgreSQL stores no NUL.
base::Status check(std::span<const Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    const ValueView value = parameter.view();
    const auto* text = std::get_if<std::string_view>(&value);
    if (text && text->find('\0') != text->npos)
      return base::fail(error_text, std::string(sentence(error_text)), "a text with a NUL");
  }
  return {};
}

}  // namespace

std::string_view sentence(const base::ErrorCode& code) {
  if (code == error_busy) return "the database is busy";
  if (code == error_unavailable) return "the database does not answer";
  if (code == error_outcome_unknown) return "the database was lost while it stored this; it may or may not be stored";
  if (code == error_constraint) return "this contradicts what is stored";
  if (code == error_text) return "a text has characters that cannot be stored";
  if (code == error_full) return "the disk is full";
  if (code == error_corrupt) return "the database is damaged";
  if (code == error_io) return "the database cannot be read or written";
  return "the database refused a statement";
}

base::Result<std::int64_t> Transaction::run(std::string_view sql, Parameters parameters) {
  const std::span<const Parameter> values(parameters.begin(), parameters.size());
  GREENROOM_CHECK_OK(check(values));
  return connection_.execute(sql, values, nullptr);
}

base::Result<std::int64_t> Transaction::run_with(std::string_view sql, const std::vector<Parameter>& parameters) {
  GREENROOM_CHECK_OK(check(parameters));
  return connection_.execute(sql, parameters, nullptr);
}

base::Status Transaction::each(std::string_view sql, Parameters parameters,
                               const std::function<base::Status(Row)>& take) {
  const std::span<const Parameter> values(parameters.begin(), parameters.size());
  GREENROOM_CHECK_OK(check(values));
  GREENROOM_CHECK_OK(connection_.execute(sql, values, &take));
  return {};
}

base::Result<bool> Transaction::any(std::string_view sql, Parameters parameters) {
  bool found = false;
  GREENROOM_CHECK_OK(each(sql, parameters, [&](Row) -> base::Status {
    found = true;
    return {};
  }));
  return found;
}

base::Result<std::vector<Table>> Transaction::tables() { return connection_.tables(); }

tl::unexpected<base::Error> Transaction::unreadable(std::string_view sql) {
  return base::fail(error_corrupt, "a stored row cannot be read", std::string(sql));
}

tl::unexpected<base::Error> Transaction::too_many(std::string_view sql) {
  return base::fail(error_failed, "a query found too many rows", std::string(sql));
}

ValueView view_of(const Value& value) {
  struct View {
    ValueView operator()(std::monostate) const { return {}; }
    ValueView operator()(std::int64_t v) const { return v; }
    ValueView operator()(double v) const { return v; }
    ValueView operator()(const std::string& v) const { return std::string_view(v); }
    ValueView operator()(const base::Bytes& v) const { return base::ByteView(v); }
    ValueView operator()(const base::UuidText& v) const { return std::string_view(v.data(), v.size()); }
  };
  return std::visit(View{}, value);
}

struct Database::State {
  DatabaseOptions options;
  std::unique_ptr<Engine> engine;
  Pool writers;
  Pool readers;    // SQLite's; PostgreSQL's connections do both
  WriteLine line;  // SQLite's

  State(DatabaseOptions with, std::unique_ptr<Engine> of, std::size_t writers_max)
      : options(std::move(with)),
        engine(std::move(of)),
        writers(*engine, Access::write, writers_max, options.busy_timeout),
        readers(*engine, Access::read, options.readers, options.busy_timeout),
        line(writers, options.busy_timeout) {}
  bool one_writer() const { return options.url.empty(); }
  Pool& pool(Access access) { return access == Access::read && one_writer() ? readers : writers; }
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() = default;

base::Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options) {
  const bool sqlite = options.url.empty();
  auto engine = sqlite ? make_sqlite(options) : make_postgresql(options);
  const std::size_t writers_max = sqlite ? 1 : std::max<std::size_t>(options.connections, 1);
  auto state = std::make_unique<State>(std::move(options), std::move(engine), writers_max);
  GREENROOM_TRY(auto first, state->writers.take());
  state->writers.put_back(std::move(first.connection));
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

std::string_view Database::engine() const { return state_->engine->name(); }

namespace {

// The transaction that a thread is reading in, so that a read within it can be part of it.
struct Reading {
  const void* database = nullptr;
  Transaction* transaction = nullptr;
};
thread_local Reading reading;

class ReadingScope {
 public:
  ReadingScope(const void* database, Transaction& tx) : before_(std::exchange(reading, {database, &tx})) {}
  ~ReadingScope() { reading = before_; }
  ReadingScope(const ReadingScope&) = delete;
  ReadingScope& operator=(const ReadingScope&) = delete;

 private:
  const Reading before_;
};

base::Status run_once(Connection& connection, Access access, const std::function<base::Status(Transaction&)>& body,
                      Transaction& tx) {
  const RollBackGuard guard{connection};
  GREENROOM_CHECK_OK(connection.begin(access));
  GREENROOM_CHECK_OK(body(tx));
  return connection.commit();
}

// Who lost a conflict waits a little, each thread for another time, so that the same ones do not meet again.
void back_off(int attempt) {
  const auto spread = std::hash<std::thread::id>{}(std::this_thread::get_id()) % 8 + 1;
  std::this_thread::sleep_for(std::chrono::microseconds(250) * int(spread) * (1 << std::min(attempt, 6)));
}

}  // namespace

base::Status Database::attempt(Access access, const Body& body, Told& told, bool& fresh) {
  if (access == Access::write && state_->one_writer()) return state_->line.run(body, told);
  Pool& pool = state_->pool(access);
  GREENROOM_TRY(auto taken, pool.take());
  const Loan loan{pool, std::move(taken)};
  fresh = loan.lease.fresh;
  Transaction tx(*loan.lease.connection);
  std::optional<ReadingScope> scope;
  if (access == Access::read) scope.emplace(state_.get(), tx);
  GREENROOM_CHECK_OK(run_once(*loan.lease.connection, access, body, tx));
  told = std::move(tx.after_commit_);
  return {};
}

base::Status Database::transact(Access access, const Body& body) {
  if (access == Access::read && reading.database == state_.get()) return body(*reading.transaction);
  const auto until = Clock::now() + state_->options.busy_timeout;
  for (int attempts = 0;; ++attempts) {
    const auto began = Clock::now();
    Told told;
    bool fresh = true;  // also where none could be opened
    const base::Status status = attempt(access, body, told, fresh);
    if (status) {
      for (auto& action : told) action();
      return {};
    }
    const base::ErrorCode code = status.error().code;
    // A connection that had died in the pool: nothing was committed, and a fresh one tells how the database is. (Not
    // when it took all its time to say so: then the caller has waited enough.)
    const bool dead = code == error_unavailable && !fresh;
    const bool stale = dead && Clock::now() - began < state_->options.answer_timeout;
    if (dead) state_->pool(access).drop_idle();
    if (!(stale || code == error_busy) || Clock::now() >= until) return status;
    if (!stale) back_off(attempts);
  }
}

}  // namespace greenroom::db

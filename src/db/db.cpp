#include "db/db.hpp"

#include <condition_variable>
#include <mutex>

#include "base/assert.hpp"
#include "db/detail/connection.hpp"

namespace greenroom::db {

namespace {

constexpr int attempts_max = 4;

// Gives a transaction that was left half-way (an error, an exception of the standard library) back its clean state.
struct RollbackGuard {
  Connection& connection;
  ~RollbackGuard() {
    if (connection.in_transaction()) (void)connection.command("ROLLBACK");
  }
};

}  // namespace

base::Result<std::int64_t> Transaction::run(std::string_view sql, Parameters parameters) {
  return connection_.execute(sql, {parameters.begin(), parameters.size()}, nullptr);
}

base::Result<std::vector<Row>> Transaction::rows(std::string_view sql, Parameters parameters) {
  std::vector<Row> out;
  GREENROOM_CHECK_OK(connection_.execute(sql, {parameters.begin(), parameters.size()}, &out));
  return out;
}

tl::unexpected<base::Error> Transaction::unreadable(std::string_view sql) {
  return base::fail(error_corrupt, "a stored row cannot be read", std::string(sql));
}

// The one writer and a pool of readers. A connection that is in use is not here: whoever took it owns it.
struct Database::State {
  DatabaseOptions options;
  std::mutex lock;  // of what follows
  std::condition_variable returned;
  std::unique_ptr<Connection> writer;
  std::vector<std::unique_ptr<Connection>> idle;
  std::size_t opened = 0;

  base::Result<std::unique_ptr<Connection>> take_writer();
  base::Result<std::unique_ptr<Connection>> take_reader();
  void put_back(bool writing, std::unique_ptr<Connection> connection);
};

base::Result<std::unique_ptr<Connection>> Database::State::take_writer() {
  std::unique_lock guard(lock);
  if (!returned.wait_for(guard, options.busy_timeout, [&] { return writer != nullptr; })) {
    return base::fail(error_busy, "the database is busy", "the writer did not become free");
  }
  return std::move(writer);
}

base::Result<std::unique_ptr<Connection>> Database::State::take_reader() {
  std::unique_lock guard(lock);
  const bool free =
      returned.wait_for(guard, options.busy_timeout, [&] { return !idle.empty() || opened < options.readers; });
  if (!free) return base::fail(error_busy, "the database is busy", "no reader became free");
  if (idle.empty()) {
    ++opened;
    guard.unlock();
    auto connection = Connection::open(options, false);
    if (!connection) {
      guard.lock();
      --opened;
    }
    return connection;
  }
  auto reader = std::move(idle.back());
  idle.pop_back();
  return reader;
}

void Database::State::put_back(bool writing, std::unique_ptr<Connection> connection) {
  {
    std::lock_guard guard(lock);
    if (writing)
      writer = std::move(connection);
    else
      idle.push_back(std::move(connection));
  }
  returned.notify_all();  // who waits wants a reader or the writer: let each look
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() = default;

base::Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options) {
  auto state = std::make_unique<State>();
  GREENROOM_TRY(state->writer, Connection::open(options, true));
  state->options = std::move(options);
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

namespace {

// Has a connection while it lives.
struct Loan {
  std::unique_ptr<Connection> connection;
  std::function<void(std::unique_ptr<Connection>)> give_back;
  ~Loan() { give_back(std::move(connection)); }
};

base::Status run_once(Connection& connection, bool writing, const std::function<base::Status(Transaction&)>& body,
                      Transaction& tx) {
  const RollbackGuard guard{connection};
  GREENROOM_CHECK_OK(connection.command(writing ? "BEGIN IMMEDIATE" : "BEGIN"));
  GREENROOM_CHECK_OK(body(tx));
  return connection.command("COMMIT");
}

}  // namespace

base::Status Database::transact(bool writing, const std::function<base::Status(Transaction&)>& body) {
  std::vector<std::function<void()>> told;
  base::Status status;
  {
    GREENROOM_TRY(auto taken, writing ? state_->take_writer() : state_->take_reader());
    const Loan loan{std::move(taken), [&](auto connection) { state_->put_back(writing, std::move(connection)); }};
    // Busy in spite of the timeout: another process is in a long write or checkpoint. Nothing has been done yet.
    for (int i = 0; i < attempts_max; ++i) {
      Transaction tx(*loan.connection);
      status = run_once(*loan.connection, writing, body, tx);
      if (status) told = std::move(tx.after_commit_);
      if (status || !(status.error().code == error_busy)) break;
    }
  }
  for (auto& action : told) action();
  return status;
}

}  // namespace greenroom::db

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

// The one writer and a pool of readers.
struct Database::State {
  DatabaseOptions options;
  std::timed_mutex writer_lock;
  std::unique_ptr<Connection> writer;

  std::mutex lock;  // of what follows
  std::condition_variable returned;
  std::vector<std::unique_ptr<Connection>> idle;
  std::size_t opened = 0;

  base::Result<std::unique_ptr<Connection>> take_reader();
  void put_reader(std::unique_ptr<Connection> reader);
};

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

void Database::State::put_reader(std::unique_ptr<Connection> reader) {
  {
    std::lock_guard guard(lock);
    idle.push_back(std::move(reader));
  }
  returned.notify_one();
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

base::Status run_once(Connection& connection, const char* begin, const std::function<base::Status(Transaction&)>& body,
                      Transaction& tx) {
  const RollbackGuard guard{connection};
  GREENROOM_CHECK_OK(connection.command(begin));
  GREENROOM_CHECK_OK(body(tx));
  return connection.command("COMMIT");
}

}  // namespace

base::Status Database::transact(bool writing, const std::function<base::Status(Transaction&)>& body) {
  std::vector<std::function<void()>> told;
  const auto attempt = [&](Connection& connection, const char* begin) {
    base::Status status;
    // Busy in spite of the timeout: another process is in a long write or checkpoint. Nothing has been done yet.
    for (int i = 0; i < attempts_max; ++i) {
      Transaction tx(connection);
      status = run_once(connection, begin, body, tx);
      if (status) told = std::move(tx.after_commit_);
      if (status || !(status.error().code == error_busy)) break;
    }
    return status;
  };

  base::Status status;
  if (writing) {
    std::unique_lock guard(state_->writer_lock, state_->options.busy_timeout);
    if (!guard) return base::fail(error_busy, "the database is busy", "the writer did not become free");
    status = attempt(*state_->writer, "BEGIN IMMEDIATE");
  } else {
    GREENROOM_TRY(auto reader, state_->take_reader());
    status = attempt(*reader, "BEGIN");
    state_->put_reader(std::move(reader));
  }
  for (auto& action : told) action();
  return status;
}

}  // namespace greenroom::db

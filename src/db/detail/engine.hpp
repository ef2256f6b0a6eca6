// What a database engine is to this module: connections that run statements inside transactions and say what went wrong
// in the words of db/errors.hpp. Owned by Database; an Engine is thread-safe, a Connection is used by one thread at a
// time. Invariant: a connection that is not usable() has left nothing behind and is only good for being dropped.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "db/db.hpp"

namespace greenroom::db {

using RowSink = std::function<base::Status(Row)>;

class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  virtual base::Status begin(Access access) = 0;
  // Runs a statement to its end: rows go to `sink` when it is given; the number of rows changed comes back.
  virtual base::Result<std::int64_t> execute(std::string_view sql, std::span<const Parameter> parameters,
                                             const RowSink* sink) = 0;
  // error_outcome_unknown when the connection was lost before the answer; any other error: nothing was committed.
  virtual base::Status commit() = 0;
  // Out of the transaction, if there is one.
  virtual void roll_back() = 0;
  virtual bool usable() = 0;
  // The tables of this database, of the current schema.
  virtual base::Result<std::vector<Table>> tables() = 0;
};

// Gives a connection that was left half-way (an error, an exception of the standard library) back its clean state.
struct RollBackGuard {
  Connection& connection;
  ~RollBackGuard() { connection.roll_back(); }
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual base::Result<std::unique_ptr<Connection>> connect(Access access) = 0;
  virtual std::string_view name() const = 0;
};

std::unique_ptr<Engine> make_sqlite(const DatabaseOptions& options);
std::unique_ptr<Engine> make_postgresql(const DatabaseOptions& options);

}  // namespace greenroom::db

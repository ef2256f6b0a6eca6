// One SQLite handle and its prepared statements. Owned by Database, used by one thread at a time.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "db/db.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace greenroom::db {

// What a prepared text needs to know once: which of the values $1, $2, ... goes to which of SQLite's own slots.
struct Statement {
  sqlite3_stmt* handle = nullptr;
  std::vector<std::size_t> values;  // slot i (from 0) takes values[i] (from 0)
};

class Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> open(const DatabaseOptions& options, bool writing);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs a statement to its end. Rows go to `out` when it is given.
  base::Result<std::int64_t> execute(std::string_view sql, std::span<const Parameter> parameters,
                                     std::vector<Row>* out);
  base::Status command(const char* sql);  // without parameters and not kept: BEGIN, PRAGMA
  bool in_transaction() const;

  static constexpr std::size_t statements_max = 256;

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  base::Result<Statement*> prepare(std::string_view sql);
  base::Status bind(const Statement& statement, std::span<const Parameter> parameters);
  Row read_row(const Statement& statement) const;
  tl::unexpected<base::Error> failure(int code, std::string_view sql) const;
  void forget_statements();

  sqlite3* handle_;
  std::unordered_map<std::string, Statement> statements_;
};

}  // namespace greenroom::db

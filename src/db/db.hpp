// Connections and transactions over one database, SQLite or PostgreSQL; knows no table. app owns the one Database of
// the process; any thread of the blocking pool may call it, never a control or media thread. Invariants: all work runs
// inside a transaction that commits as a whole or leaves no trace, as if all ran one after the other (SQLite: one
// writer at a time; PostgreSQL: SERIALIZABLE, run again when it lost against another); a commit that has returned
// survives the loss of power. Every text of a statement runs on both engines; placeholders are $1, $2, ...
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "db/errors.hpp"
#include "db/value.hpp"

namespace greenroom::db {

// One row of a result, read straight down by next() while it is the current one. A value of another type than asked for
// yields a default and makes ok() false for good; Transaction::all and ::one turn that into error_corrupt.
class Row {
 public:
  explicit Row(std::span<const ValueView> values) : values_(values) {}
  std::span<const ValueView> values() const { return values_; }
  template <class T>
  T next() {
    T value{};
    if (at_ >= values_.size() || !Column<T>::read(values_[at_], value)) ok_ = false;
    ++at_;
    return value;
  }
  template <class T>
  void into(T& value) {
    value = next<T>();
  }
  bool ok() const { return ok_; }

 private:
  std::span<const ValueView> values_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

class Connection;  // detail: one open connection with its prepared statements

// What a transaction is for. `schema` is writing alone: migrations and restoring, which may take minutes.
enum class Access { read, write, schema };

// A table as the database itself describes it.
struct TableColumn {
  std::string name;
  std::string type;  // "bigint", "double precision", "text", "bytea"
};
struct Table {
  std::string name;
  std::vector<TableColumn> columns;
  std::vector<std::string> key;         // of its primary key
  std::vector<std::string> references;  // tables that its foreign keys name
};

// Lives for one run of a closure. Statements are prepared once per connection and kept by their text.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  using Parameters = std::initializer_list<Parameter>;

  // The number of rows inserted, updated or deleted.
  base::Result<std::int64_t> run(std::string_view sql, Parameters parameters = {});

  // One row after the other, any number of them, none kept. The first error of `take` ends it; it may not use this
  // transaction.
  base::Status each(std::string_view sql, Parameters parameters, const std::function<base::Status(Row)>& take);

  // Rows read by `read(Row&) -> T`, at most rows_max. (More is error_failed: the query wants a LIMIT.)
  template <class F, class T = std::invoke_result_t<F, Row&>>
  base::Result<std::vector<T>> all(std::string_view sql, Parameters parameters, F read) {
    std::vector<T> out;
    GREENROOM_CHECK_OK(each(sql, parameters, [&](Row row) -> base::Status {
      if (out.size() >= rows_max) return too_many(sql);
      out.push_back(read(row));
      return row.ok() ? base::Status{} : unreadable(sql);
    }));
    return out;
  }
  // The first row or none.
  template <class F, class T = std::invoke_result_t<F, Row&>>
  base::Result<std::optional<T>> one(std::string_view sql, Parameters parameters, F read) {
    std::optional<T> out;
    GREENROOM_CHECK_OK(each(sql, parameters, [&](Row row) -> base::Status {
      if (out) return {};
      out.emplace(read(row));
      return row.ok() ? base::Status{} : unreadable(sql);
    }));
    return out;
  }
  // Whether there is a row.
  base::Result<bool> any(std::string_view sql, Parameters parameters = {});
  // The first column of the first row or none.
  template <class T>
  base::Result<std::optional<T>> scalar(std::string_view sql, Parameters parameters = {}) {
    return one(sql, parameters, [](Row& row) { return row.next<T>(); });
  }

  // The same for a list whose length is known at run time.
  base::Result<std::int64_t> run_with(std::string_view sql, const std::vector<Parameter>& parameters);

  base::Result<std::vector<Table>> tables();

  // Called after the commit, in order, on the same thread; dropped when the transaction does not commit. This is where
  // facts are told to others: what is published has happened.
  void after_commit(std::function<void()> action) { after_commit_.push_back(std::move(action)); }

  static constexpr std::size_t rows_max = 100'000;

 private:
  friend class Database;
  friend class WriteLine;
  static tl::unexpected<base::Error> unreadable(std::string_view sql);
  static tl::unexpected<base::Error> too_many(std::string_view sql);
  Connection& connection_;
  std::vector<std::function<void()>> after_commit_;
};

struct DatabaseOptions {
  std::string path = {};                            // of the SQLite file; ":memory:" is not supported
  std::string url = {};                             // "postgresql://user@host/name" instead of the file
  std::size_t readers = 4;                          // SQLite: connections beside the writer's, opened when needed
  std::size_t connections = 8;                      // PostgreSQL: at most, opened when needed
  std::chrono::milliseconds busy_timeout{5'000};    // for a free connection, for others' writes, for lost conflicts
  std::chrono::milliseconds answer_timeout{5'000};  // PostgreSQL: a statement that takes longer counts as unavailable
};

class Database {
 public:
  static base::Result<std::unique_ptr<Database>> open(DatabaseOptions options);
  ~Database();

  // Runs body(tx) -> Result<T> and commits when it succeeds, rolls back when it does not. The body may run more than
  // once (it lost against another, the connection was stale), so its only effects are through tx; it must not call
  // write() or read() itself. SQLite: those who write at the same time share a transaction and its fsync, each as if
  // alone; the body may run on another's thread while this one waits.
  template <class F, class R = std::invoke_result_t<F&, Transaction&>>
  R write(F&& body) {
    return run<R>(Access::write, body);
  }

  // The same over one consistent snapshot, without the right to change anything; readers do not wait for the writer. A
  // read within a read of this thread is part of it: several use cases over one snapshot.
  template <class F, class R = std::invoke_result_t<F&, Transaction&>>
  R read(F&& body) {
    return run<R>(Access::read, body);
  }

  // For migrations and restoring: writes alone against others of its kind, in every process, and takes its time.
  template <class F, class R = std::invoke_result_t<F&, Transaction&>>
  R change_schema(F&& body) {
    return run<R>(Access::schema, body);
  }

  // "sqlite" or "postgresql".
  std::string_view engine() const;

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);

  template <class R, class F>
  R run(Access access, F& body) {
    R result = base::fail(error_failed, "not run");
    auto status = transact(access, [&](Transaction& tx) -> base::Status {
      result = body(tx);
      if (!result) return tl::unexpected(result.error());
      return {};
    });
    if (!status) return tl::unexpected(std::move(status).error());
    return result;
  }
  using Body = std::function<base::Status(Transaction&)>;
  using Told = std::vector<std::function<void()>>;
  base::Status transact(Access access, const Body& body);
  base::Status attempt(Access access, const Body& body, Told& told, bool& fresh);

  std::unique_ptr<State> state_;
};

// Of a statement whose count of changed rows says nothing.
inline base::Status done(base::Result<std::int64_t> changed) {
  return changed.map([](std::int64_t) {});
}

}  // namespace greenroom::db

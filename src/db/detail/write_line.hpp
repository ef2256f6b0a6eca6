// SQLite's writers in line. Whoever finds nobody at work opens a transaction, runs in it what those behind have brought
// and commits for all of them: one fsync however many came meanwhile. Owned by Database; any thread. Invariants: each
// is answered after the commit that has its changes; what one body does wrong is undone alone (a savepoint), and where
// that is not possible nothing of the group is kept and the others hear error_busy: they come again.
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>

#include "db/detail/pool.hpp"

namespace greenroom::db {

class WriteLine {
 public:
  using Body = std::function<base::Status(Transaction&)>;
  using Told = std::vector<std::function<void()>>;

  WriteLine(Pool& pool, std::chrono::milliseconds wait) : pool_(pool), wait_(wait) {}
  // `told`: what is to be called now that it is committed.
  base::Status run(const Body& body, Told& told);

  static constexpr std::size_t group_max = 64;

 private:
  enum class Stage { waiting, running, done };
  struct Turn {
    const Body& body;
    Told& told;
    Stage stage = Stage::waiting;
    base::Status status = {};
    std::exception_ptr thrown = {};
  };
  using Group = std::vector<Turn*>;

  bool reach_the_front(std::unique_lock<std::mutex>& guard, Turn& turn);
  base::Status lead(Group& group);
  base::Status fill(Connection& connection, Group& group);
  Turn* next();
  base::Status run_part(Connection& connection, Turn& turn);
  static base::Status run_body(Connection& connection, Turn& turn);
  static void undo(Group& group, const base::Error& why);

  Pool& pool_;
  const std::chrono::milliseconds wait_;
  std::mutex lock_;  // of what follows, and of every turn's stage
  std::condition_variable moved_;
  std::deque<Turn*> waiting_;  // one of each thread that writes
  bool busy_ = false;
};

}  // namespace greenroom::db

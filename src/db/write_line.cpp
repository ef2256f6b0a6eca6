#include "db/detail/write_line.hpp"

#include <algorithm>

namespace greenroom::db {

base::Status WriteLine::run(const Body& body, Told& told) {
  Turn turn{body, told};
  Group group;
  std::unique_lock guard(lock_);
  waiting_.push_back(&turn);
  if (!reach_the_front(guard, turn)) return base::fail(error_busy, std::string(sentence(error_busy)), "others write");
  if (turn.stage == Stage::waiting) {  // nobody is at work
    busy_ = true;
    std::erase(waiting_, &turn);
    group.push_back(&turn);
    guard.unlock();
    if (const auto status = lead(group); !status) undo(group, status.error());
    guard.lock();
    busy_ = false;
    for (Turn* member : group) member->stage = Stage::done;
    moved_.notify_all();
  }
  guard.unlock();
  if (turn.thrown) std::rethrow_exception(turn.thrown);
  return turn.status;
}

// False: it has waited long enough.
bool WriteLine::reach_the_front(std::unique_lock<std::mutex>& guard, Turn& turn) {
  const auto ready = [&] { return turn.stage == Stage::done || (turn.stage == Stage::waiting && !busy_); };
  if (moved_.wait_for(guard, wait_, ready)) return true;
  if (turn.stage == Stage::waiting) return std::erase(waiting_, &turn), false;
  moved_.wait(guard, [&] { return turn.stage == Stage::done; });
  return true;
}

// The first of the group runs without a savepoint: before it there is nothing to keep. An error: nothing of the group
// is stored.
base::Status WriteLine::lead(Group& group) {
  GREENROOM_TRY(auto taken, pool_.take());
  const Loan loan{pool_, std::move(taken)};
  Connection& connection = *loan.lease.connection;
  const RollBackGuard rolled_back{connection};
  GREENROOM_CHECK_OK(connection.begin(Access::write));
  GREENROOM_CHECK_OK(run_body(connection, *group.front()));
  GREENROOM_CHECK_OK(fill(connection, group));
  return connection.commit();
}

base::Status WriteLine::fill(Connection& connection, Group& group) {
  while (group.size() < group_max) {
    Turn* turn = next();
    if (!turn) break;
    group.push_back(turn);
    GREENROOM_CHECK_OK(run_part(connection, *turn));
  }
  return {};
}

WriteLine::Turn* WriteLine::next() {
  std::lock_guard guard(lock_);
  if (waiting_.empty()) return nullptr;
  Turn* turn = waiting_.front();
  waiting_.pop_front();
  turn->stage = Stage::running;
  return turn;
}

// error_busy: the transaction is not there any more (SQLite ends it itself where the disk is full), so all come again.
base::Status WriteLine::run_part(Connection& connection, Turn& turn) {
  const auto step = [&](std::string_view sql) -> base::Status {
    if (connection.execute(sql, {}, nullptr)) return {};
    return base::fail(error_busy, std::string(sentence(error_busy)), "a transaction for several was lost");
  };
  GREENROOM_CHECK_OK(step("SAVEPOINT part"));
  if (!run_body(connection, turn)) GREENROOM_CHECK_OK(step("ROLLBACK TO part"));
  return step("RELEASE part");
}

base::Status WriteLine::run_body(Connection& connection, Turn& turn) {
  Transaction tx(connection);
  try {
    turn.status = turn.body(tx);
  } catch (...) {
    turn.thrown = std::current_exception();
    turn.status = base::fail(error_failed, "an exception");
  }
  if (turn.status) turn.told = std::move(tx.after_commit_);
  return turn.status;
}

// What somebody did wrong is theirs to hear; the others hear what became of the transaction.
void WriteLine::undo(Group& group, const base::Error& why) {
  for (Turn* turn : group) {
    turn->told.clear();
    if (turn->status) turn->status = tl::unexpected(why);
  }
}

}  // namespace greenroom::db

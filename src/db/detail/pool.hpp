// The open connections of one kind, at most so many. Thread-safe. A connection that is in use is not here: whoever took
// it owns it until put_back(), and one that is no longer usable is dropped then, or when its turn comes.
#pragma once
#include <condition_variable>
#include <mutex>

#include "db/detail/engine.hpp"

namespace greenroom::db {

struct Lease {
  std::unique_ptr<Connection> connection;
  bool fresh = false;  // opened for this lease: what it says about the database is news
};

class Pool {
 public:
  Pool(Engine& engine, Access access, std::size_t size_max, std::chrono::milliseconds wait)
      : engine_(engine), access_(access), size_max_(size_max), wait_(wait) {}
  base::Result<Lease> take();
  void put_back(std::unique_ptr<Connection> connection);  // null: it was dropped
  void drop_idle();                                       // one was found dead, so the others are suspect

 private:
  std::unique_ptr<Connection> take_idle();  // under the lock
  base::Result<Lease> open();

  Engine& engine_;
  const Access access_;
  const std::size_t size_max_;
  const std::chrono::milliseconds wait_;
  std::mutex lock_;  // of what follows
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t taken_ = 0;
};

// Has a connection while it lives.
struct Loan {
  Pool& pool;
  Lease lease;
  ~Loan() { pool.put_back(std::move(lease.connection)); }
};

}  // namespace greenroom::db

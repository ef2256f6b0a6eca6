#include "db/detail/pool.hpp"

namespace greenroom::db {

base::Result<Lease> Pool::take() {
  std::unique_lock guard(lock_);
  if (!returned_.wait_for(guard, wait_, [&] { return taken_ < size_max_; }))
    return base::fail(error_busy, std::string(sentence(error_busy)), "no connection became free");
  ++taken_;
  if (auto idle = take_idle()) return Lease{std::move(idle), false};
  guard.unlock();
  return open();
}

// The one used last first: the rest may grow old, and a server that was restarted is noticed here for free.
std::unique_ptr<Connection> Pool::take_idle() {
  while (!idle_.empty()) {
    auto last = std::move(idle_.back());
    idle_.pop_back();
    if (last->usable()) return last;
  }
  return nullptr;
}

base::Result<Lease> Pool::open() {
  auto connection = engine_.connect(access_);
  if (!connection) {
    put_back(nullptr);
    return tl::unexpected(std::move(connection).error());
  }
  return Lease{std::move(*connection), true};
}

void Pool::put_back(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard guard(lock_);
    --taken_;
    if (connection && connection->usable()) idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

void Pool::drop_idle() {
  std::vector<std::unique_ptr<Connection>> dropped;
  std::lock_guard guard(lock_);
  dropped.swap(idle_);
}

}  // namespace greenroom::db

#include "app/serial_work.hpp"

namespace greenroom::app {
namespace {

constexpr base::Duration retry_after = std::chrono::milliseconds(100);

}  // namespace

SerialWork::SerialWork(net::Loop& loop, net::BlockingPool& pool, base::LogSink& log)
    : loop_(loop), pool_(pool), log_(log) {}

void SerialWork::give(std::function<void()> work) {
  if (waiting_.size() >= waiting_max) return log_.error("serial_work.full");
  waiting_.push_back(std::move(work));
  if (!running_) next();
}

void SerialWork::next() {
  running_ = !waiting_.empty();
  if (!running_) return;
  const bool accepted = pool_.run(waiting_.front(), loop_, [this] {
    waiting_.pop_front();
    next();
  });
  if (!accepted) retry_ = loop_.after(retry_after, [this] { next(); });
}

}  // namespace greenroom::app

#include "app/blob_mover.hpp"

#include "base/thread_name.hpp"

namespace greenroom::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration between_turns = 15s;
constexpr base::Duration after_failure = 30s;

}  // namespace

BlobMover::BlobMover(blob::S3Store& store, studio::Studio& studio, base::LogSink& log)
    : store_(store), studio_(studio), log_(log), thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::optional<std::string> BlobMover::problem() const {
  std::lock_guard guard(lock_);
  return problem_;
}

void BlobMover::run(const std::stop_token& stop) {
  base::name_this_thread("blob-mover");
  while (!stop.stop_requested()) {
    const auto pause = turn(stop) ? between_turns : after_failure;
    std::unique_lock guard(lock_);
    wake_.wait_for(guard, stop, pause, [&] { return stop.stop_requested(); });
  }
}

bool BlobMover::turn(const std::stop_token& stop) {
  if (!note(store_.check())) return false;
  const auto moved = store_.move_sealed(
      {[this](const blob::Name& name) { return studio_.refers_to(name); }, [&stop] { return stop.stop_requested(); }});
  if (stop.stop_requested()) return true;
  if (!moved) return note(tl::unexpected(moved.error()));
  for (const auto& error : moved->problems)
    log_.error("storage.not_moved", {{"error", error.what}, {"context", error.context}});
  if (moved->blobs > 0)
    log_.info("storage.moved", {{"blobs", std::int64_t(moved->blobs)}, {"bytes", std::int64_t(moved->bytes)}});
  return true;
}

// Keeps what is wrong for /ready, and tells the log when that changes.
bool BlobMover::note(const base::Status& status) {
  const auto now = status ? std::nullopt : std::optional(status.error().what);
  std::lock_guard guard(lock_);
  if (now != problem_ && now)
    log_.error("storage.trouble", {{"error", status.error().what}, {"context", status.error().context}});
  if (now != problem_ && !now) log_.info("storage.works_again");
  problem_ = now;
  return status.has_value();
}

}  // namespace greenroom::app

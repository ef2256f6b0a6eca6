#include "upload/detail/shared_hashing.hpp"

#include <algorithm>

namespace greenroom::upload {
namespace {
constexpr std::size_t slice = 16 * 1024;  // of a piece; who comes meanwhile joins with the next
constexpr auto a_moment = std::chrono::milliseconds(1);
constexpr std::size_t worth_sharing = 4 * slice;  // less is hashed before another thread has been woken
}  // namespace

// As long as others come, the first of two waits for the second.
void SharedHashing::update(crypto::Sha256& hash, base::ByteView piece) {
  if (piece.size() < worth_sharing || !crypto::Sha256::can_update_both_at_once()) return hash.update(piece);
  Turn own(hash, piece);
  std::unique_lock lock(lock_);
  turns_.push_back(&own);
  if (turns_.size() == 1 && !busy_ && others_come_)
    others_come_ = own.changed.wait_for(lock, a_moment, [&] { return busy_ || own.left.empty(); });
  own.changed.wait(lock, [&] { return own.left.empty() || !busy_; });
  if (own.left.empty()) return;
  busy_ = true;
  while (!own.left.empty()) hash_some(lock);
  busy_ = false;
  if (!turns_.empty()) turns_.front()->changed.notify_one();
}

void SharedHashing::hash_some(std::unique_lock<std::mutex>& lock) {
  auto& first = *turns_.front();
  auto* const second = turns_.size() > 1 ? turns_[1] : nullptr;
  if (second) others_come_ = true;
  const auto size = std::min({slice, first.left.size(), second ? second->left.size() : slice});
  const auto a = first.left.first(size), b = second ? second->left.first(size) : base::ByteView();
  lock.unlock();
  second ? crypto::Sha256::update_both(first.hash, a, second->hash, b) : first.hash.update(a);
  lock.lock();
  first.left = first.left.subspan(size);
  if (second) second->left = second->left.subspan(size);
  std::erase_if(turns_, [](Turn* turn) {
    if (!turn->left.empty()) return false;
    turn->changed.notify_one();
    return true;
  });
}

}  // namespace greenroom::upload

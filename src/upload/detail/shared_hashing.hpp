// SHA-256 for threads that hash pieces of different uploads at the same time, two of them by one thread: that takes the
// processor hardly longer than one (crypto::Sha256::update_both). Who comes while a thread is at it leaves its piece to
// that thread and sleeps. Thread-safe; one for all uploads.
#pragma once
#include <condition_variable>
#include <mutex>
#include <vector>

#include "base/bytes.hpp"
#include "crypto/hash.hpp"

namespace greenroom::upload {

class SharedHashing {
 public:
  // hash.update(piece). It is done when this returns, by whichever thread.
  void update(crypto::Sha256& hash, base::ByteView piece);

 private:
  struct Turn {
    Turn(crypto::Sha256& h, base::ByteView piece) : hash(h), left(piece) {}
    crypto::Sha256& hash;
    base::ByteView left;
    std::condition_variable changed;  // it is done, or nobody is at it any more
  };
  // A slice of the first two, or of the only one. The lock is taken, but not meanwhile.
  void hash_some(std::unique_lock<std::mutex>& lock);

  std::mutex lock_;
  std::vector<Turn*> turns_;  // not done yet, oldest first; only who is at it changes `left`
  bool busy_ = false;         // a thread is at it
  bool others_come_ = false;  // in a moment, as far as is known: it is worth waiting for company
};

}  // namespace greenroom::upload

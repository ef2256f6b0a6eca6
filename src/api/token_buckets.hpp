// Token buckets by key (an address and an operation, a caller): a burst at once, then so many a second. Thread-safe.
// Invariant: no more than max_buckets are kept; a bucket that is full again is forgotten first.
#pragma once
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.hpp"

namespace greenroom::api {

class TokenBuckets {
 public:
  static constexpr std::size_t max_buckets = 10'000;

  struct Taken {
    bool allowed = true;
    int left = 0;            // whole tokens
    base::Duration wait{0};  // until one more may be taken
    base::Duration until_full{0};
  };

  explicit TokenBuckets(double refill_per_second = 1) : refill_per_second_(refill_per_second) {}
  Taken take(const std::string& key, int burst, base::WallTime now);
  std::size_t size() const;

 private:
  struct Bucket {
    double tokens = 0;
    double burst = 0;
    base::WallTime at;
  };
  void refill(Bucket& bucket, base::WallTime now) const;
  base::Duration time_for(double tokens) const;
  void make_room(base::WallTime now);

  const double refill_per_second_;
  mutable std::mutex lock_;
  std::unordered_map<std::string, Bucket> buckets_;
  base::WallTime swept_at_{};
};

}  // namespace greenroom::api

#include "api/token_buckets.hpp"

#include <algorithm>

namespace greenroom::api {

void TokenBuckets::refill(Bucket& bucket, base::WallTime now) const {
  const double seconds = std::max(0.0, base::to_seconds(now - bucket.at));  // a wall clock may step back
  bucket.tokens = std::min(bucket.burst, bucket.tokens + seconds * refill_per_second_);
  bucket.at = now;
}

base::Duration TokenBuckets::time_for(double tokens) const {
  return std::chrono::ceil<base::Duration>(std::chrono::duration<double>(std::max(0.0, tokens) / refill_per_second_));
}

void TokenBuckets::make_room(base::WallTime now) {
  if (buckets_.size() < max_buckets) return;
  if (now - swept_at_ >= std::chrono::seconds(1)) {  // so that a flood of addresses does not sweep at every one
    swept_at_ = now;
    for (auto entry = buckets_.begin(); entry != buckets_.end();) {
      refill(entry->second, now);
      entry = entry->second.tokens >= entry->second.burst ? buckets_.erase(entry) : std::next(entry);
    }
  }
  if (buckets_.size() >= max_buckets) buckets_.erase(buckets_.begin());
}

TokenBuckets::Taken TokenBuckets::take(const std::string& key, int burst, base::WallTime now) {
  std::lock_guard guard(lock_);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    make_room(now);
    found = buckets_.emplace(key, Bucket{double(burst), double(burst), now}).first;
  }
  Bucket& bucket = found->second;
  refill(bucket, now);
  const bool allowed = bucket.tokens >= 1;
  if (allowed) bucket.tokens -= 1;
  return {allowed, int(bucket.tokens), time_for(1 - bucket.tokens), time_for(bucket.burst - bucket.tokens)};
}

std::size_t TokenBuckets::size() const {
  std::lock_guard guard(lock_);
  return buckets_.size();
}

}  // namespace greenroom::api

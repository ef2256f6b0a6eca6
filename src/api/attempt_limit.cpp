#include "api/attempt_limit.hpp"

#include <algorithm>

namespace greenroom::api {

void AttemptLimit::refill(Bucket& bucket, base::WallTime now) {
  const double seconds = std::max(0.0, base::to_seconds(now - bucket.at));  // a wall clock may step back
  bucket.tokens = std::min(bucket.burst, bucket.tokens + seconds * refill_per_second);
  bucket.at = now;
}

void AttemptLimit::make_room(base::WallTime now) {
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

std::optional<base::Duration> AttemptLimit::take(const std::string& key, int burst, base::WallTime now) {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    make_room(now);
    found = buckets_.emplace(key, Bucket{double(burst), double(burst), now}).first;
  }
  Bucket& bucket = found->second;
  refill(bucket, now);
  if (bucket.tokens < 1) {
    const std::chrono::duration<double> wait((1 - bucket.tokens) / refill_per_second);
    return std::chrono::ceil<base::Duration>(wait);
  }
  bucket.tokens -= 1;
  return std::nullopt;
}

}  // namespace greenroom::api

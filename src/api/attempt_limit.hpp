// Token buckets per client address and operation: guessing passwords and links must be slow, a class joining from
// behind one address must not be. Owned by the dispatcher, used on the control thread. Invariant: no more than
// max_buckets are kept; a bucket that is full again is forgotten first.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"

namespace greenroom::api {

class AttemptLimit {
 public:
  static constexpr std::size_t max_buckets = 10'000;
  static constexpr double refill_per_second = 1;

  // nullopt: go on. Otherwise how long to wait.
  std::optional<base::Duration> take(const std::string& key, int burst, base::WallTime now);
  std::size_t buckets() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0;
    double burst = 0;
    base::WallTime at;
  };
  static void refill(Bucket& bucket, base::WallTime now);
  void make_room(base::WallTime now);

  std::unordered_map<std::string, Bucket> buckets_;
  base::WallTime swept_at_{};
};

}  // namespace greenroom::api

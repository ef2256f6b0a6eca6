// How often somebody may try: attempts (or failures) per key in a sliding window, in memory. Thread-safe. A restart
// forgets them; the cost of Argon2id is the second line.
#pragma once
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"

namespace greenroom::people {

struct AttemptLimits {
  std::size_t failures_max = 10;
  base::Duration window = std::chrono::minutes(15);
  std::size_t keys_max = 10'000;
};

class Attempts {
 public:
  explicit Attempts(AttemptLimits limits = {}) : limits_(limits) {}
  // How long until the key may try again; none: now.
  std::optional<base::Duration> wait(const std::string& key, base::WallTime now);
  void failed(const std::string& key, base::WallTime now);
  void succeeded(const std::string& key);

 private:
  void forget_old(base::WallTime now);
  const AttemptLimits limits_;
  std::mutex lock_;
  std::unordered_map<std::string, std::deque<base::WallTime>> failures_;
};

}  // namespace greenroom::people

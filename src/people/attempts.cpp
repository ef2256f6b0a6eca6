#include "people/attempts.hpp"

namespace greenroom::people {

std::optional<base::Duration> Attempts::wait(const std::string& key, base::WallTime now) {
  std::lock_guard guard(lock_);
  auto found = failures_.find(key);
  if (found == failures_.end()) return std::nullopt;
  auto& times = found->second;
  while (!times.empty() && now - times.front() >= limits_.window) times.pop_front();
  if (times.size() < limits_.failures_max) return std::nullopt;
  return times.front() + limits_.window - now;
}

void Attempts::failed(const std::string& key, base::WallTime now) {
  std::lock_guard guard(lock_);
  if (failures_.size() >= limits_.keys_max && !failures_.contains(key)) forget_old(now);
  auto& times = failures_[key];
  times.push_back(now);
  if (times.size() > limits_.failures_max) times.pop_front();
}

void Attempts::succeeded(const std::string& key) {
  std::lock_guard guard(lock_);
  failures_.erase(key);
}

// Keys whose window has passed; if an attacker's keys are all fresh, all of them (the bound holds in any case).
void Attempts::forget_old(base::WallTime now) {
  std::erase_if(failures_, [&](const auto& entry) { return now - entry.second.back() >= limits_.window; });
  if (failures_.size() >= limits_.keys_max) failures_.clear();
}

}  // namespace greenroom::people

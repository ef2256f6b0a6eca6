// What uploads leave behind between two requests, so that the next goes on with it instead of making it anew: of so
// many uploads at most, the oldest go first (ids sort by age). Thread-safe. bytes_of tells up to where a value's upload
// had come.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "upload/uploads.hpp"

namespace greenroom::upload {

template <class Value, std::uint64_t (*bytes_of)(const Value&)>
class Kept {
 public:
  explicit Kept(std::size_t max) : max_(max) {}

  void keep(UploadId id, Value value) {
    std::lock_guard guard(lock_);
    if (values_.size() >= max_) values_.erase(values_.begin());
    values_.insert_or_assign(id, std::move(value));
  }
  std::optional<Value> take(UploadId id) {
    std::lock_guard guard(lock_);
    auto node = values_.extract(id);
    return node ? std::optional(std::move(node.mapped())) : std::nullopt;
  }
  // One that has come elsewhere is let go.
  std::optional<Value> take(UploadId id, std::uint64_t bytes) {
    auto value = take(id);
    return value && bytes_of(*value) == bytes ? std::move(value) : std::nullopt;
  }
  bool has(UploadId id, std::uint64_t bytes) {
    std::lock_guard guard(lock_);
    const auto found = values_.find(id);
    return found != values_.end() && bytes_of(found->second) == bytes;
  }

 private:
  const std::size_t max_;
  std::mutex lock_;
  std::map<UploadId, Value> values_;
};

}  // namespace greenroom::upload

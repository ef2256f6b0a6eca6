// Id<Tag>: a UUIDv7 (RFC 9562 §5.7) that cannot be mistaken for the id of another kind of thing. Sorts by creation
// time.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"

namespace greenroom::base {

using Uuid = std::array<std::uint8_t, 16>;

Uuid make_uuid_v7(WallTime now, Rng& rng);
using UuidText = std::array<char, 36>;
UuidText to_text(const Uuid& uuid);              // "0190163d-8694-739b-aea5-966c26f8ad91"
std::string to_string(const Uuid& uuid);         //
Result<Uuid> parse_uuid(std::string_view text);  // the same form, either case

template <class Tag>
class Id {
 public:
  Id() = default;  // the nil id: "none"
  explicit Id(const Uuid& uuid) : uuid_(uuid) {}
  static Id make(WallTime now, Rng& rng) { return Id(make_uuid_v7(now, rng)); }
  static Result<Id> parse(std::string_view text) {
    return parse_uuid(text).map([](const Uuid& uuid) { return Id(uuid); });
  }
  const Uuid& uuid() const { return uuid_; }
  std::string str() const { return to_string(uuid_); }
  bool is_nil() const { return uuid_ == Uuid{}; }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  Uuid uuid_{};
};

}  // namespace greenroom::base

template <class Tag>
struct std::hash<greenroom::base::Id<Tag>> {
  std::size_t operator()(const greenroom::base::Id<Tag>& id) const noexcept {
    std::uint64_t value = 0;  // the low half is random
    for (int i = 8; i < 16; ++i) value = value << 8 | id.uuid()[std::size_t(i)];
    return std::size_t(value);
  }
};

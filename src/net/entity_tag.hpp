// Entity tags of conditional requests (RFC 9110 §8.8.3): "1", W/"1". Pure; views into the field that was parsed.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace greenroom::net {

inline constexpr std::size_t entity_tags_max = 64;  // in one field

struct EntityTag {
  std::string_view opaque;  // without its quotes
  bool weak = false;
  friend bool operator==(const EntityTag&, const EntityTag&) = default;
};

// The value of If-Match or If-None-Match other than "*"; nullopt: malformed or too long.
std::optional<std::vector<EntityTag>> parse_entity_tags(std::string_view field);

}  // namespace greenroom::net

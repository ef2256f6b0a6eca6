// Entity tags: what is parsed lies inside the field and holds no quote, and printed again it reads the same.
#include <string>

#include "base/assert.hpp"
#include "net/entity_tag.hpp"

using namespace greenroom::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string field(reinterpret_cast<const char*>(data), size);
  const auto tags = parse_entity_tags(field);
  if (!tags) return 0;
  GREENROOM_ASSERT(!tags->empty() && tags->size() <= entity_tags_max);
  std::string again;
  for (const EntityTag& tag : *tags) {
    GREENROOM_ASSERT(tag.opaque.find('"') == tag.opaque.npos);
    again += std::string(again.empty() ? "" : ", ") + (tag.weak ? "W/" : "") + '"' + std::string(tag.opaque) + '"';
  }
  const auto same = parse_entity_tags(again);
  GREENROOM_ASSERT(same && *same == *tags);
  return 0;
}

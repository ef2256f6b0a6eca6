#include "net/entity_tag.hpp"

#include <algorithm>

#include "net/detail/text.hpp"

namespace greenroom::net {
namespace {

// RFC 9110 §8.8.3: etagc is %x21, %x23-7E or obs-text.
bool is_tag_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x21 && byte != '"' && byte != 0x7f;
}

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  EntityTag tag;
  tag.weak = text.starts_with("W/");
  if (tag.weak) text.remove_prefix(2);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  tag.opaque = text.substr(1, text.size() - 2);
  if (!std::all_of(tag.opaque.begin(), tag.opaque.end(), is_tag_byte)) return std::nullopt;
  return tag;
}

// Up to the comma after the tag's closing quote: a backslash is a byte like any other in a tag, so the splitting of
// quoted strings does not fit.
std::string_view take_element(std::string_view& list) {
  const auto open = list.find('"');
  const auto close = open == list.npos ? list.npos : list.find('"', open + 1);
  const auto end = std::min(list.find(',', close == list.npos ? 0 : close), list.size());
  const auto element = trim(list.substr(0, end));
  list.remove_prefix(std::min(list.size(), end + 1));
  return element;
}

}  // namespace

std::optional<std::vector<EntityTag>> parse_entity_tags(std::string_view field) {
  std::vector<EntityTag> tags;
  while (!field.empty()) {
    while (field.starts_with(',') || field.starts_with(' ') || field.starts_with('\t')) field.remove_prefix(1);
    if (field.empty()) break;
    const auto tag = parse_entity_tag(take_element(field));
    if (!tag || tags.size() == entity_tags_max) return std::nullopt;
    tags.push_back(*tag);
  }
  if (tags.empty()) return std::nullopt;
  return tags;
}

}  // namespace greenroom::net

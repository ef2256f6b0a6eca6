#include "net/detail/target.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "net/detail/text.hpp"
#include "net/query.hpp"

namespace greenroom::net {

namespace {

// Takes "http://host" off an absolute form.
bool take_authority(std::string_view& raw) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!base::equal_without_case(raw.substr(0, scheme.size()), scheme)) continue;
    raw.remove_prefix(std::min(raw.find_first_of("/?", scheme.size()), raw.size()));
    return true;
  }
  return false;
}

bool segment_is_safe(std::string_view segment) {
  if (segment == "." || segment == "..") return false;
  return std::none_of(segment.begin(), segment.end(), [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

std::optional<std::string> decode_path(std::string_view raw) {
  std::string path;
  while (!raw.empty()) {
    raw.remove_prefix(1);  // the slash
    const auto encoded = raw.substr(0, raw.find('/'));
    raw.remove_prefix(encoded.size());
    const auto segment = percent_decode(encoded);
    if (!segment || !segment_is_safe(*segment)) return std::nullopt;
    if (!segment->empty() || raw.empty()) path += '/' + *segment;
  }
  if (!is_utf8(path)) return std::nullopt;
  return path;
}

// How many continuation bytes follow a lead byte (RFC 3629 §4), or -1.
int continuation_count(std::uint8_t lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  if (lead >= 0xf0 && lead <= 0xf4) return 3;
  return -1;
}

// Overlong forms, surrogates and what lies above U+10FFFF show in the second byte.
bool second_byte_fits(std::uint8_t lead, std::uint8_t second) {
  if (lead == 0xe0) return second >= 0xa0;
  if (lead == 0xed) return second < 0xa0;
  if (lead == 0xf0) return second >= 0x90;
  if (lead == 0xf4) return second < 0x90;
  return true;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = std::uint8_t(text[i]);
    const int more = continuation_count(lead);
    if (more < 0 || text.size() - i <= std::size_t(more)) return false;
    if (more > 0 && !second_byte_fits(lead, std::uint8_t(text[i + 1]))) return false;
    for (int k = 1; k <= more; ++k) {
      if ((std::uint8_t(text[i + std::size_t(k)]) & 0xc0) != 0x80) return false;
    }
    i += std::size_t(more) + 1;
  }
  return true;
}

std::optional<Target> parse_target(std::string_view raw) {
  if (raw == "*") return Target{"*", {}};
  const bool absolute = take_authority(raw);
  const auto mark = std::min(raw.find('?'), raw.size());
  auto encoded = raw.substr(0, mark);
  if (encoded.find('#') != encoded.npos) return std::nullopt;
  if (encoded.empty() && absolute) encoded = "/";
  if (encoded.empty() || encoded.front() != '/') return std::nullopt;
  auto path = decode_path(encoded);
  if (!path) return std::nullopt;
  return Target{std::move(*path), std::string(raw.substr(std::min(mark + 1, raw.size())))};
}

}  // namespace greenroom::net

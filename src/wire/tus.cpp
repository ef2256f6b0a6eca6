#include "wire/tus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace greenroom::wire {
namespace {

using base::fail;
using base::Result;
using base::Status;

constexpr std::uint64_t max_size = std::numeric_limits<std::int64_t>::max();

// Digits only: no sign, no space, no fraction.
Result<std::uint64_t> parse_size(std::string_view field, std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || size > max_size) {
    return fail(error_tus_header, fmt::format("{} must be a non-negative integer", field));
  }
  return size;
}

Result<std::optional<std::uint64_t>> parse_optional_size(std::string_view field, std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return parse_size(field, *text);
}

// RFC 4648 §4 with its padding.
int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  while (text.ends_with('=') && text.size() % 4 != 2) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | std::uint32_t(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += char(std::uint8_t(bits >> count));
  }
  if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;  // bits that belong to no byte
  return out;
}

Result<TusMetadataEntry> parse_entry(std::string_view text) {
  const std::size_t space = text.find(' ');
  const std::string_view key = text.substr(0, space);
  const std::string_view value = space == text.npos ? std::string_view() : text.substr(space + 1);
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; });
  if (key.empty() || !printable) return fail(error_tus_header, "Upload-Metadata: a key is empty or not ASCII");
  auto bytes = decode_base64(value);
  if (!bytes) return fail(error_tus_header, fmt::format("Upload-Metadata: the value of {} is not base64", key));
  return TusMetadataEntry{std::string(key), *std::move(bytes)};
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Status check_body(const TusFields& fields) {
  if (fields.content_type != tus_content_type) {
    return fail(error_tus_content_type, fmt::format("the body must be {}", tus_content_type));
  }
  if (fields.checksum) return fail(error_tus_checksum, "the checksum extension is not offered here");
  return {};
}

}  // namespace

Status check_tus_version(const TusFields& fields) {
  if (fields.resumable == tus_version) return {};
  return fail(error_tus_version, fmt::format("send Tus-Resumable: {}", tus_version));
}

Result<TusCreation> parse_tus_creation(const TusFields& fields, bool with_body) {
  if (with_body) GREENROOM_CHECK_OK(check_body(fields));
  TusCreation creation;
  if (fields.defer_length && fields.defer_length != "1")
    return fail(error_tus_header, "Upload-Defer-Length can only be 1");
  if (fields.length.has_value() == fields.defer_length.has_value()) {
    return fail(error_tus_header, "send either Upload-Length or Upload-Defer-Length");
  }
  GREENROOM_TRY(creation.length, parse_optional_size("Upload-Length", fields.length));
  GREENROOM_TRY(creation.metadata, parse_tus_metadata(fields.metadata.value_or("")));
  return creation;
}

Result<TusAppend> parse_tus_append(const TusFields& fields) {
  GREENROOM_CHECK_OK(check_body(fields));
  TusAppend append;
  if (!fields.offset) return fail(error_tus_header, "Upload-Offset is required");
  GREENROOM_TRY(append.offset, parse_size("Upload-Offset", *fields.offset));
  GREENROOM_TRY(append.length, parse_optional_size("Upload-Length", fields.length));
  return append;
}

Result<std::vector<TusMetadataEntry>> parse_tus_metadata(std::string_view text) {
  std::vector<TusMetadataEntry> entries;
  if (text.size() > max_tus_metadata_length) return fail(error_tus_header, "Upload-Metadata is too long");
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    GREENROOM_TRY(TusMetadataEntry entry, parse_entry(trimmed(text.substr(0, comma))));
    const auto same = [&](const TusMetadataEntry& other) { return other.key == entry.key; };
    if (std::any_of(entries.begin(), entries.end(), same)) {
      return fail(error_tus_header, fmt::format("Upload-Metadata: {} comes twice", entry.key));
    }
    if (entries.size() == max_tus_metadata_entries) return fail(error_tus_header, "Upload-Metadata has too many keys");
    entries.push_back(std::move(entry));
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
    if (text.empty()) return fail(error_tus_header, "Upload-Metadata ends in a comma");
  }
  return entries;
}

}  // namespace greenroom::wire

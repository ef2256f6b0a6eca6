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

struct AlgorithmRow {
  std::string_view name;
  ChecksumAlgorithm algorithm;
  std::size_t size;
};
constexpr AlgorithmRow algorithms[] = {{"sha1", ChecksumAlgorithm::sha1, 20},
                                       {"sha256", ChecksumAlgorithm::sha256, 32},
                                       {"md5", ChecksumAlgorithm::md5, 16},
                                       {"crc32", ChecksumAlgorithm::crc32, 4}};

Status check_body(const TusFields& fields) {
  if (fields.content_type == tus_content_type) return {};
  return fail(error_tus_content_type, fmt::format("the body must be {}", tus_content_type));
}

Result<std::optional<Checksum>> parse_optional_checksum(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return parse_tus_checksum(*text);
}

Result<std::optional<TusConcat>> parse_optional_concat(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return parse_tus_concat(*text);
}

// Of a final upload neither is said: its length is that of its parts.
Status check_lengths(const TusFields& fields, bool is_final) {
  if (fields.defer_length && fields.defer_length != "1")
    return fail(error_tus_header, "Upload-Defer-Length can only be 1");
  if (is_final && (fields.length || fields.defer_length))
    return fail(error_tus_header, "a final upload is as long as its parts: send no length");
  if (!is_final && fields.length.has_value() == fields.defer_length.has_value())
    return fail(error_tus_header, "send either Upload-Length or Upload-Defer-Length");
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
  GREENROOM_TRY(creation.concat, parse_optional_concat(fields.concat));
  const bool is_final = creation.concat && creation.concat->is_final();
  if (is_final && with_body) return fail(error_tus_final, "a final upload takes no bytes but those of its parts");
  GREENROOM_CHECK_OK(check_lengths(fields, is_final));
  if (with_body) {
    GREENROOM_TRY(creation.checksum, parse_optional_checksum(fields.checksum));
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
  GREENROOM_TRY(append.checksum, parse_optional_checksum(fields.checksum));
  return append;
}

std::string print_tus_metadata(std::string_view key, std::string_view value) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out = fmt::format("{} ", key);
  for (std::size_t at = 0; at < value.size(); at += 3) {
    const auto some = value.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < some.size() ? std::uint8_t(some[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) out += i <= some.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

Result<Checksum> parse_tus_checksum(std::string_view text) {
  const std::size_t space = text.find(' ');
  const auto name = text.substr(0, space);
  const auto* row = std::find_if(std::begin(algorithms), std::end(algorithms), [&](auto& a) { return a.name == name; });
  if (row == std::end(algorithms))
    return fail(error_tus_checksum, fmt::format("the checksum must be one of {}", tus_checksum_algorithms));
  const auto digest = decode_base64(space == text.npos ? std::string_view() : text.substr(space + 1));
  if (!digest || digest->size() != row->size)
    return fail(error_tus_header, fmt::format("Upload-Checksum: not {} bytes in base64", row->size));
  const auto bytes = base::as_bytes(*digest);
  return Checksum{row->algorithm, {bytes.begin(), bytes.end()}};
}

Result<TusConcat> parse_tus_concat(std::string_view text) {
  constexpr std::string_view start = "final;";
  TusConcat concat;
  if (text == "partial") return concat;
  if (!text.starts_with(start)) return fail(error_tus_header, "Upload-Concat is either partial or final;URL URL...");
  text.remove_prefix(start.size());
  while (!text.empty()) {
    const auto url = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), url.size() + 1));
    if (url.empty()) continue;
    if (concat.partials.size() == max_tus_partials) return fail(error_tus_header, "Upload-Concat names too many parts");
    concat.partials.emplace_back(url);
  }
  if (concat.partials.empty()) return fail(error_tus_header, "Upload-Concat names no part");
  return concat;
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

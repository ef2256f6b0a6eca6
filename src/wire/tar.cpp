#include "wire/tar.hpp"

#include <algorithm>
#include <optional>

namespace greenroom::wire {

namespace {

// POSIX.1-1988 ustar with GNU's magic: offset and length of the fields that we use.
struct Field {
  std::size_t at, size;
};
constexpr Field field_name{0, 100}, field_mode{100, 8}, field_uid{108, 8}, field_gid{116, 8}, field_size{124, 12},
    field_time{136, 12}, field_sum{148, 8}, field_kind{156, 1}, field_magic{257, 8};
constexpr std::string_view gnu_magic{"ustar  \0", 8};
constexpr std::string_view ustar_magic{"ustar\00000", 8};
constexpr std::string_view long_name_mark = "././@LongLink";
constexpr std::uint64_t octal_max = 077777777777;  // 11 digits

void put(base::ByteSpan block, Field field, std::string_view text) {
  std::copy_n(text.begin(), std::min(text.size(), field.size), block.begin() + std::ptrdiff_t(field.at));
}

void put_octal(base::ByteSpan block, Field field, std::uint64_t value) {
  for (std::size_t i = field.size - 1; i-- > 0; value /= 8) block[field.at + i] = std::uint8_t('0' + value % 8);
}

void put_size(base::ByteSpan block, std::uint64_t value) {
  if (value <= octal_max) return put_octal(block, field_size, value);
  block[field_size.at] = 0x80;
  for (std::size_t i = field_size.size; i-- > field_size.size - 8; value /= 256)
    block[field_size.at + i] = std::uint8_t(value);
}

std::string_view text_of(base::ByteView block, Field field) {
  const auto text = base::as_text(block.subspan(field.at, field.size));
  return text.substr(0, text.find('\0'));
}

std::optional<std::uint64_t> octal_of(base::ByteView block, Field field) {
  std::string_view text = text_of(block, field);
  while (text.starts_with(' ')) text.remove_prefix(1);
  text = text.substr(0, text.find(' '));
  if (text.empty() || text.find_first_not_of("01234567") != text.npos) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) value = value * 8 + std::uint64_t(c - '0');  // 12 digits at most
  return value;
}

std::optional<std::uint64_t> size_of(base::ByteView block) {
  const auto bytes = block.subspan(field_size.at, field_size.size);
  if (bytes[0] != 0x80) return octal_of(block, field_size);
  const auto high = bytes.subspan(1, 3);
  if (std::any_of(high.begin(), high.end(), [](std::uint8_t b) { return b != 0; }) || bytes[4] > 0x7f)
    return std::nullopt;
  return base::load_u64(bytes.data() + 4);
}

// The sum of the block's bytes, its own field taken as spaces.
std::uint64_t sum_of(base::ByteView block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool own = i >= field_sum.at && i < field_sum.at + field_sum.size;
    sum += own ? std::uint8_t(' ') : block[i];
  }
  return sum;
}

void add_block(base::Bytes& out, char kind, std::string_view name, std::uint64_t size) {
  base::Bytes block(tar_block);
  put(block, field_name, name);
  put_octal(block, field_mode, 0600);
  put_octal(block, field_uid, 0);
  put_octal(block, field_gid, 0);
  put_octal(block, field_time, 0);
  put_size(block, size);
  block[field_kind.at] = std::uint8_t(kind);
  put(block, field_magic, gnu_magic);
  const std::uint64_t sum = sum_of(block);
  put_octal(block, {field_sum.at, 7}, sum);
  block[field_sum.at + 7] = ' ';
  out.insert(out.end(), block.begin(), block.end());
}

bool is_plain(std::string_view part) {
  return !part.empty() && part != "." && part != ".." &&
         std::none_of(part.begin(), part.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; });
}

}  // namespace

bool is_tar_name(std::string_view name) {
  if (name.empty() || name.size() > max_tar_name) return false;
  for (;;) {
    const std::size_t slash = name.find('/');
    if (!is_plain(name.substr(0, slash))) return false;
    if (slash == name.npos) return true;
    name.remove_prefix(slash + 1);
  }
}

base::Bytes print_tar_header(std::string_view name, std::uint64_t size) {
  base::Bytes out;
  if (name.size() > field_name.size) {
    add_block(out, 'L', long_name_mark, name.size() + 1);
    const auto bytes = base::as_bytes(name);
    out.insert(out.end(), bytes.begin(), bytes.end());
    out.resize(out.size() + 1 + tar_padding(name.size() + 1));
  }
  add_block(out, '0', name, size);
  return out;
}

base::Result<TarHeader> parse_tar_header(base::ByteView block) {
  if (block.size() != tar_block) return base::fail(error_tar, "the archive ends in the middle of a header");
  if (std::all_of(block.begin(), block.end(), [](std::uint8_t b) { return b == 0; })) return TarHeader{};
  if (octal_of(block, field_sum) != sum_of(block))
    return base::fail(error_tar, "the archive is damaged: a header's sum");
  const auto magic = base::as_text(block.subspan(field_magic.at, field_magic.size));
  if (magic != gnu_magic && magic != ustar_magic) return base::fail(error_tar, "this is no tar archive");
  const auto size = size_of(block);
  if (!size) return base::fail(error_tar, "the archive is damaged: a size");
  const char kind = char(block[field_kind.at]);
  if (kind == 'L') return TarHeader{TarKind::long_name, {}, *size};
  if (kind != '0' && kind != '\0') return base::fail(error_tar, "the archive has something that is no file");
  return TarHeader{TarKind::file, std::string(text_of(block, field_name)), *size};
}

base::Result<std::string> tar_long_name(base::ByteView content) {
  const auto text = base::as_text(content);
  std::string name(text.substr(0, text.find('\0')));
  if (!is_tar_name(name)) return base::fail(error_tar, "the archive has a name that is not allowed");
  return name;
}

}  // namespace greenroom::wire

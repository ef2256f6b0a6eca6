// Views of bytes, and a reader and a writer of network byte order that cannot run past the end.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace greenroom::base {

using ByteView = std::span<const std::uint8_t>;
using ByteSpan = std::span<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

// What is written past the page cache (O_DIRECT) begins and ends on such a page, in the file and in memory.
inline constexpr std::size_t page_size = 4096;  // bytes; no disk asks for more

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Where the copy ends. By the C library, which has the widest registers at hand; `from` and `to` must not overlap.
inline std::uint8_t* copy(ByteView from, std::uint8_t* to) {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
  return to + from.size();
}

// Big-endian loads and stores at a pointer whose bounds the caller has checked.
inline std::uint16_t load_u16(const std::uint8_t* p) { return std::uint16_t(p[0] << 8 | p[1]); }
inline std::uint32_t load_u24(const std::uint8_t* p) {
  return std::uint32_t(p[0]) << 16 | std::uint32_t(p[1]) << 8 | p[2];
}
inline std::uint32_t load_u32(const std::uint8_t* p) { return std::uint32_t(load_u16(p)) << 16 | load_u16(p + 2); }
inline std::uint64_t load_u64(const std::uint8_t* p) { return std::uint64_t(load_u32(p)) << 32 | load_u32(p + 4); }
inline void store_u16(std::uint8_t* p, std::uint16_t v) { p[0] = std::uint8_t(v >> 8), p[1] = std::uint8_t(v); }
inline void store_u24(std::uint8_t* p, std::uint32_t v) {
  p[0] = std::uint8_t(v >> 16), store_u16(p + 1, std::uint16_t(v));
}
inline void store_u32(std::uint8_t* p, std::uint32_t v) {
  store_u16(p, std::uint16_t(v >> 16)), store_u16(p + 2, std::uint16_t(v));
}
inline void store_u64(std::uint8_t* p, std::uint64_t v) {
  store_u32(p, std::uint32_t(v >> 32)), store_u32(p + 4, std::uint32_t(v));
}

// Reads big-endian fields. A read past the end yields zero or an empty view and makes ok() false for good, so a parser
// reads straight down and asks once.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size() - at_; }
  std::size_t position() const { return at_; }
  std::uint8_t u8() {
    auto b = take(1);
    return b.empty() ? std::uint8_t(0) : b[0];
  }
  std::uint16_t u16() {
    auto b = take(2);
    return b.empty() ? std::uint16_t(0) : load_u16(b.data());
  }
  std::uint32_t u24() {
    auto b = take(3);
    return b.empty() ? 0 : load_u24(b.data());
  }
  std::uint32_t u32() {
    auto b = take(4);
    return b.empty() ? 0 : load_u32(b.data());
  }
  std::uint64_t u64() {
    auto b = take(8);
    return b.empty() ? 0 : load_u64(b.data());
  }
  ByteView take(std::size_t n) {
    if (n > left()) {
      ok_ = false;
      at_ = bytes_.size();
      return {};
    }
    ByteView view = bytes_.subspan(at_, n);
    at_ += n;
    return view;
  }
  void skip(std::size_t n) { take(n); }
  ByteView rest() { return take(left()); }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// Writes big-endian fields into a caller's buffer. A write past the end is dropped and makes ok() false for good.
class ByteWriter {
 public:
  explicit ByteWriter(ByteSpan out) : out_(out) {}
  bool ok() const { return ok_; }
  std::size_t size() const { return at_; }
  std::size_t left() const { return out_.size() - at_; }
  ByteSpan written() const { return out_.first(at_); }
  void u8(std::uint8_t v) {
    if (auto* p = grow(1)) *p = v;
  }
  void u16(std::uint16_t v) {
    if (auto* p = grow(2)) store_u16(p, v);
  }
  void u24(std::uint32_t v) {
    if (auto* p = grow(3)) store_u24(p, v);
  }
  void u32(std::uint32_t v) {
    if (auto* p = grow(4)) store_u32(p, v);
  }
  void u64(std::uint64_t v) {
    if (auto* p = grow(8)) store_u64(p, v);
  }
  void bytes(ByteView v) {
    if (auto* p = grow(v.size()); p && !v.empty()) std::memcpy(p, v.data(), v.size());
  }
  void zeros(std::size_t n) {
    if (auto* p = grow(n); p && n) std::memset(p, 0, n);
  }

 private:
  std::uint8_t* grow(std::size_t n) {
    if (n > left()) {
      ok_ = false;
      return nullptr;
    }
    auto* p = out_.data() + at_;
    at_ += n;
    return p;
  }
  ByteSpan out_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace greenroom::base

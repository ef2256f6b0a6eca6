#include "wire/stem_block.hpp"

#include <array>
#include <bit>
#include <cmath>

#include "base/assert.hpp"
#include "wire/crc32.hpp"

namespace greenroom::wire {
namespace {

template <class T>
T load_le(const std::uint8_t* p) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = T(value | T(T(p[i]) << (8 * i)));
  return value;
}

template <class T>
void append_le(base::Bytes& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(std::uint8_t(value >> (8 * i)));
}

struct RawHeader {
  StemBlockHeader header;
  std::uint32_t payload_bytes = 0;
  std::uint32_t crc32 = 0;
};

bool plausible(const RawHeader& raw, std::uint8_t version, std::uint16_t flags) {
  const auto& h = raw.header;
  if (version != 1 || flags != 0) return false;
  if (h.channels < 1 || h.channels > stem_block_channels_max) return false;
  if (h.sample_rate < stem_block_rate_min || h.sample_rate > stem_block_rate_max) return false;
  if (h.frames < 1 || h.frames > stem_block_frames_max) return false;
  if (h.first_frame > std::uint64_t(1) << 50 || !(std::abs(h.captured_at_ms) < 1e15)) return false;
  return raw.payload_bytes == h.frames * h.channels * stem_sample_size;
}

std::optional<RawHeader> parse_header(const std::uint8_t* p) {
  RawHeader raw;
  raw.header.channels = p[5];
  raw.header.sample_rate = load_le<std::uint32_t>(p + 8);
  raw.header.frames = load_le<std::uint32_t>(p + 12);
  raw.header.first_frame = load_le<std::uint64_t>(p + 16);
  raw.header.captured_at_ms = std::bit_cast<double>(load_le<std::uint64_t>(p + 24));
  raw.payload_bytes = load_le<std::uint32_t>(p + 32);
  raw.crc32 = load_le<std::uint32_t>(p + 36);
  if (!plausible(raw, p[4], load_le<std::uint16_t>(p + 6))) return std::nullopt;
  return raw;
}

bool starts_with_magic(base::ByteView bytes) { return load_le<std::uint32_t>(bytes.data()) == stem_block_magic; }

}  // namespace

void StemBlockReader::append(base::ByteView bytes) {
  if (at_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + std::ptrdiff_t(at_));
    base_ += at_;
    at_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::optional<StemItem> StemBlockReader::next() {
  const auto left = base::ByteView(buffer_).subspan(at_);
  if (left.size() < stem_block_header_size) return std::nullopt;
  if (!starts_with_magic(left)) return skip_damage();
  const auto raw = parse_header(left.data());
  if (!raw) return skip_damage();
  const std::size_t size = stem_block_header_size + raw->payload_bytes;
  if (left.size() < size) return std::nullopt;
  const auto payload = left.subspan(stem_block_header_size, raw->payload_bytes);
  const std::uint64_t offset = position();
  at_ += size;
  if (wire::crc32(payload) != raw->crc32) return StemFault{StemFaultKind::checksum, offset, size};
  return StemBlock{raw->header, payload};
}

// Everything up to the next magic is one fault. A magic inside sample data is possible (1 in 2^32 per byte) and shows
// as a further fault behind it; the checksum keeps it from being taken for a block.
std::optional<StemItem> StemBlockReader::skip_damage() {
  const auto left = base::ByteView(buffer_).subspan(at_);
  const auto kind = starts_with_magic(left) ? StemFaultKind::bad_header : StemFaultKind::not_a_block;
  std::size_t skip = 1;
  while (skip + 4 <= left.size() && !starts_with_magic(left.subspan(skip))) ++skip;
  const std::uint64_t offset = position();
  at_ += skip;
  return StemFault{kind, offset, skip};
}

void write_stem_block(const StemBlockHeader& header, base::ByteView payload, base::Bytes& out) {
  GREENROOM_ASSERT(payload.size() == std::size_t(header.frames) * header.channels * stem_sample_size);
  out.reserve(out.size() + stem_block_header_size + payload.size());
  append_le(out, stem_block_magic);
  out.push_back(1);
  out.push_back(header.channels);
  append_le(out, std::uint16_t(0));
  append_le(out, header.sample_rate);
  append_le(out, header.frames);
  append_le(out, header.first_frame);
  append_le(out, std::bit_cast<std::uint64_t>(header.captured_at_ms));
  append_le(out, std::uint32_t(payload.size()));
  append_le(out, crc32(payload));
  out.insert(out.end(), payload.begin(), payload.end());
}

void decode_s24(base::ByteView payload, std::span<float> out) {
  GREENROOM_ASSERT(out.size() * stem_sample_size <= payload.size());
  const std::uint8_t* p = payload.data();
  for (float& sample : out) {
    const auto raw = std::uint32_t(p[0]) << 8 | std::uint32_t(p[1]) << 16 | std::uint32_t(p[2]) << 24;
    sample = float(std::int32_t(raw)) * 0x1p-31f;
    p += stem_sample_size;
  }
}

void encode_s24(std::span<const float> samples, base::Bytes& out) {
  for (float sample : samples) {
    const float scaled = std::clamp(sample, -1.0f, 1.0f) * 0x1p23f;
    const auto value = std::uint32_t(std::int32_t(std::min(std::lround(scaled), 0x7FFFFFl)));
    out.push_back(std::uint8_t(value));
    out.push_back(std::uint8_t(value >> 8));
    out.push_back(std::uint8_t(value >> 16));
  }
}

}  // namespace greenroom::wire

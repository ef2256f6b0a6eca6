// The microphone stem: a sequence of blocks of lossless PCM as the browser captured it, each with the position of its
// first frame since the stem began and the server time at which that frame was captured. The file grows while people
// record, so the reader is fed piece by piece; a block torn at the end of the file is simply not there yet. Damage is
// located (offset and length) and skipped, never guessed at: what is missing shows as a jump of first_frame.
// Everything is little-endian; the header is 40 bytes, the payload interleaved signed 24-bit samples.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"

namespace greenroom::wire {

inline constexpr std::uint32_t stem_block_magic = 0x42505247;  // "GRPB"
inline constexpr std::size_t stem_block_header_size = 40;
inline constexpr std::uint32_t stem_block_rate_min = 8'000;
inline constexpr std::uint32_t stem_block_rate_max = 192'000;
inline constexpr std::uint8_t stem_block_channels_max = 2;
inline constexpr std::uint32_t stem_block_frames_max = 192'000;  // one second at the highest rate
inline constexpr std::size_t stem_sample_size = 3;
inline constexpr std::string_view stem_block_content_type = "audio/x-greenroom-pcm";

struct StemBlockHeader {
  std::uint8_t channels = 1;
  std::uint32_t sample_rate = 48'000;
  std::uint32_t frames = 0;       // samples per channel
  std::uint64_t first_frame = 0;  // since the stem's start
  double captured_at_ms = 0;      // of the first frame, server epoch
};

struct StemBlock {
  StemBlockHeader header;
  base::ByteView payload;  // lives until the reader's next append() or next()
};

enum class StemFaultKind { not_a_block, bad_header, checksum };

// Bytes [offset, offset + length) of the file are unusable.
struct StemFault {
  StemFaultKind kind;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

using StemItem = std::variant<StemBlock, StemFault>;

class StemBlockReader {
 public:
  void append(base::ByteView bytes);
  // The next block or fault; nothing when more bytes are needed.
  std::optional<StemItem> next();
  // Bytes handed over as items so far; what lies behind it is an incomplete block.
  std::uint64_t position() const { return base_ + at_; }
  std::size_t pending() const { return buffer_.size() - at_; }

 private:
  std::optional<StemItem> skip_damage();
  base::Bytes buffer_;
  std::size_t at_ = 0;      // read position in buffer_
  std::uint64_t base_ = 0;  // file offset of buffer_[0]
};

// Appends one block to out. payload.size() is frames * channels * 3.
void write_stem_block(const StemBlockHeader& header, base::ByteView payload, base::Bytes& out);

// Interleaved s24le <-> float in [-1, 1).
void decode_s24(base::ByteView payload, std::span<float> out);
void encode_s24(std::span<const float> samples, base::Bytes& out);

}  // namespace greenroom::wire

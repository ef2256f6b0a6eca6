#include "record/pictures.hpp"

#include <array>
#include <utility>

#include "wire/av1.hpp"
#include "wire/vp8.hpp"
#include "wire/vp9.hpp"

namespace greenroom::record {
namespace {

using base::ByteView;

constexpr std::array<std::uint8_t, 4> start_code{0, 0, 0, 1};

void append(base::Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// ---- VP9

constexpr std::size_t max_superframe = 8;  // VP9 bitstream specification, annex B

// The index that ends a superframe, with four bytes for each size; a single frame needs none.
void append_superframe_index(base::Bytes& out, std::span<const std::uint32_t> sizes) {
  if (sizes.size() < 2) return;
  const auto marker = std::uint8_t(0xC0 | 3 << 3 | (sizes.size() - 1));
  out.push_back(marker);
  for (const auto size : sizes) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(std::uint8_t(size >> shift));
  }
  out.push_back(marker);
}

// ---- H.264

class AccessUnit {
 public:
  explicit AccessUnit(std::int64_t ticks) : frame_{ticks, 0, false, {}} {}

  // False when the packet contradicts the format. RFC 6184 §5.2: the type decides.
  bool add(ByteView payload) {
    const int type = payload[0] & 0x1F;
    if (type == 24) return add_aggregate(payload.subspan(1));
    if (type == 28) return add_fragment(payload);
    return type >= 1 && type <= 23 && add_unit(payload);
  }

  std::optional<Frame> finish() {
    if (frame_.data.empty() || fragment_open_) return std::nullopt;
    return std::move(frame_);
  }

 private:
  bool add_unit(ByteView unit) {
    if ((unit[0] & 0x1F) == 5) frame_.key = true;
    frame_.data.insert(frame_.data.end(), start_code.begin(), start_code.end());
    frame_.data.insert(frame_.data.end(), unit.begin(), unit.end());
    return true;
  }

  bool add_aggregate(ByteView units) {  // STAP-A, §5.7.1
    base::ByteReader in(units);
    while (in.left() > 0) {
      const auto unit = in.take(in.u16());
      if (!in.ok() || unit.empty()) return false;
      add_unit(unit);
    }
    return true;
  }

  bool add_fragment(ByteView payload) {  // FU-A, §5.8
    if (payload.size() < 3) return false;
    const bool starts = payload[1] & 0x80, ends = payload[1] & 0x40;
    if (starts == fragment_open_) return false;
    if (starts) add_unit(base::Bytes{std::uint8_t((payload[0] & 0xE0) | (payload[1] & 0x1F))});
    frame_.data.insert(frame_.data.end(), payload.begin() + 2, payload.end());
    fragment_open_ = !ends;
    return true;
  }

  Frame frame_;
  bool fragment_open_ = false;
};

// ---- AV1

// OBUs as RTP carries them, without sizes and split over packets, put together as a file has them.
class TemporalUnit {
 public:
  explicit TemporalUnit(std::int64_t ticks) : frame_{ticks, 0, false, {}} {}

  bool add(ByteView payload) {
    const auto header = wire::Av1Aggregation::parse(payload);
    if (!header || header->continues != open_.has_value()) return false;
    if (header->new_sequence) frame_.key = true;
    bool continues = header->continues, sound = true;
    const bool whole = wire::for_each_obu_element(payload, [&](ByteView element) {
      if (!continues) sound = close() && sound, open_.emplace();
      continues = false;
      append(*open_, element);
    });
    return whole && sound && (header->unfinished || close());
  }

  std::optional<Frame> finish() {
    if (open_ || frame_.data.empty()) return std::nullopt;
    return std::move(frame_);
  }

 private:
  // AV1 specification §5.3.2; what a container has no place for is left out (§4.4 of the payload format).
  bool close() {
    if (!open_) return true;
    const auto obu = *std::exchange(open_, std::nullopt);
    if (obu.empty()) return false;
    const bool extended = obu[0] & 0x04, sized = obu[0] & 0x02;
    const int type = obu[0] >> 3 & 0xF;
    if (type == wire::obu_temporal_delimiter || type == wire::obu_tile_list || type == wire::obu_padding) return true;
    if (sized) return append(frame_.data, obu), true;
    const std::size_t head = extended ? 2 : 1;
    if (obu.size() < head) return false;
    frame_.data.push_back(std::uint8_t(obu[0] | 0x02));
    if (extended) frame_.data.push_back(obu[1]);
    wire::write_leb128(frame_.data, obu.size() - head);
    append(frame_.data, ByteView(obu).subspan(head));
    return true;
  }

  Frame frame_;
  std::optional<base::Bytes> open_;  // an OBU that may go on
};

}  // namespace

std::optional<Frame> vp8_frame(Picture picture) {
  const auto first = wire::Vp8Descriptor::parse(picture.front().payload);
  if (!first || !first->starts_frame()) return std::nullopt;
  Frame frame{picture.front().ticks, 0, wire::is_vp8_keyframe(picture.front().payload), {}};
  for (const auto& packet : picture) {
    const auto descriptor = wire::Vp8Descriptor::parse(packet.payload);
    if (!descriptor) return std::nullopt;
    frame.data.insert(frame.data.end(), packet.payload.begin() + descriptor->size, packet.payload.end());
  }
  return frame;
}

std::optional<Frame> vp9_frame(Picture picture) {
  Frame frame{picture.front().ticks, 0, wire::is_vp9_keyframe(picture.front().payload), {}};
  std::vector<std::uint32_t> sizes;
  bool open = false;
  for (const auto& packet : picture) {
    const auto descriptor = wire::Vp9Descriptor::parse(packet.payload);
    if (!descriptor || descriptor->begins == open) return std::nullopt;
    if (descriptor->begins) sizes.push_back(0);
    const auto coded = packet.payload.subspan(descriptor->size);
    append(frame.data, coded);
    sizes.back() += std::uint32_t(coded.size());
    open = !descriptor->ends;
  }
  if (open || frame.data.empty() || sizes.size() > max_superframe) return std::nullopt;
  append_superframe_index(frame.data, sizes);
  return frame;
}

std::optional<Frame> h264_frame(Picture picture) {
  AccessUnit unit(picture.front().ticks);
  for (const auto& packet : picture)
    if (!unit.add(packet.payload)) return std::nullopt;
  return unit.finish();
}

std::optional<Frame> av1_frame(Picture picture) {
  TemporalUnit unit(picture.front().ticks);
  for (const auto& packet : picture) {
    if (!unit.add(packet.payload)) return std::nullopt;
  }
  return unit.finish();
}

}  // namespace greenroom::record

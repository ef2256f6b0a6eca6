#include "sim/svc_stream.hpp"

#include <algorithm>

namespace greenroom::sim {
namespace {

constexpr std::size_t note_at = 12;  // where a payload says what it is: the layer first, as Source's VP8 does
constexpr std::size_t remembered = 200;

struct Step {
  int temporal = 0;
  std::uint32_t back = 0;  // pictures to the one that it refers to
};
constexpr Step one[] = {{0, 1}}, two[] = {{0, 2}, {1, 1}}, three[] = {{0, 4}, {2, 1}, {1, 2}, {2, 1}};

Step step_of(int temporal_layers, std::uint32_t since_key) {
  if (temporal_layers == 1) return one[0];
  return temporal_layers == 2 ? two[since_key % 2] : three[since_key % 4];
}

class BitWriter {
 public:
  void bits(std::uint32_t value, unsigned count) {
    while (count-- > 0) {
      if (filled_ % 8 == 0) out.push_back(0);
      if (value >> count & 1) out.back() |= std::uint8_t(0x80 >> filled_ % 8);
      ++filled_;
    }
  }
  base::Bytes out;

 private:
  std::size_t filled_ = 0;
};

}  // namespace

std::vector<SvcFrame> SvcStream::next_picture(bool key, int layers) {
  if (key) key_picture_ = picture_;
  const auto step = step_of(shape_.temporal_layers, picture_ - key_picture_);
  const auto width = std::uint32_t(shape_.spatial_layers);
  std::vector<SvcFrame> frames;
  for (int s = 0; s < std::min(layers, shape_.spatial_layers); ++s) {
    SvcFrame f{picture_, s, key ? 0 : step.temporal, key, {}, picture_ * width + std::uint32_t(s)};
    if (!key) f.references.push_back(f.number - step.back * width);
    if (s > 0 && (key || !shape_.key_dependent)) f.references.push_back(f.number - 1);
    frames.push_back(std::move(f));
  }
  ++picture_;
  return frames;
}

void SvcStream::describe(const SvcFrame& f, bool first, bool last, base::Bytes& payload, std::size_t size) const {
  payload.resize(note_at);
  payload.push_back(std::uint8_t(f.spatial)), payload.push_back(std::uint8_t(f.temporal));
  payload.push_back(std::uint8_t((first ? 1 : 0) | (last ? 2 : 0) | (f.key ? 4 : 0)));
  const auto number = [&](std::uint32_t n) {
    payload.resize(payload.size() + 4);
    base::store_u32(&payload[payload.size() - 4], n);
  };
  number(f.number);
  payload.push_back(std::uint8_t(f.references.size()));
  for (const auto r : f.references) number(r);
  payload.resize(std::max(size, payload.size()));
}

// RFC 9628 §4.2, flexible mode: I P L F B E, 15 bits of picture id, the layers, and the pictures referred to.
base::Bytes SvcStream::vp9_payload(const SvcFrame& f, bool first, bool last, std::size_t size) const {
  const bool inter_layer = f.spatial > 0 && (f.key || !shape_.key_dependent);
  const auto flags = 0x80 | (f.key ? 0 : 0x40) | 0x20 | 0x10 | (first ? 0x08 : 0) | (last ? 0x04 : 0);
  const auto layers = f.temporal << 5 | (f.temporal == 0 ? 0x10 : 0) | f.spatial << 1 | int(inter_layer);
  base::Bytes payload{std::uint8_t(flags), std::uint8_t(0x80 | (f.picture >> 8 & 0x7F)), std::uint8_t(f.picture),
                      std::uint8_t(layers)};
  if (!f.key) {
    const auto back = (f.number - f.references[0]) / std::uint32_t(shape_.spatial_layers);
    payload.push_back(std::uint8_t(back << 1));
  }
  describe(f, first, last, payload, size);
  return payload;
}

// An aggregation header with one element; N where a key picture begins.
base::Bytes SvcStream::av1_payload(const SvcFrame& f, bool first, bool last, std::size_t size) const {
  const bool begins = f.key && f.spatial == 0 && first;
  base::Bytes payload{std::uint8_t((first ? 0 : 0x80) | (last ? 0 : 0x40) | 0x10 | (begins ? 0x08 : 0))};
  describe(f, first, last, payload, size);
  return payload;
}

// One template a layer, without references; every frame brings its own indications and distances.
base::Bytes SvcStream::dependency_descriptor(const SvcFrame& f, bool first, bool last) const {
  const int spatial = shape_.spatial_layers, temporal = shape_.temporal_layers, targets = spatial * temporal;
  const bool structured = f.key && f.spatial == 0 && first;
  BitWriter out;
  out.bits(first, 1), out.bits(last, 1), out.bits(std::uint32_t(f.spatial * temporal + f.temporal), 6);
  out.bits(f.number & 0xFFFF, 16);
  out.bits(structured, 1), out.bits(0, 1), out.bits(1, 1), out.bits(1, 1), out.bits(0, 1);
  if (structured) {
    out.bits(0, 6), out.bits(std::uint32_t(targets - 1), 5);
    for (int i = 1; i <= targets; ++i) out.bits(i == targets ? 3U : i % temporal == 0 ? 2U : 1U, 2);
    for (int t = 0; t < targets; ++t) {
      for (int target = 0; target < targets; ++target) {
        out.bits(target / temporal >= t / temporal && target % temporal >= t % temporal ? 3 : 0, 2);
      }
    }
    for (int t = 0; t < targets; ++t) out.bits(0, 1);
    unsigned width = 0;
    while (1U << (width + 1) <= std::uint32_t(targets + 1)) ++width;
    out.bits(0, width);  // no chains: zero in as many bits as a small value takes
    out.bits(0, 1);
  }
  for (int target = 0; target < targets; ++target) {
    const int s = target / temporal, t = target % temporal;
    const bool reaches = (f.key || !shape_.key_dependent ? f.spatial <= s : f.spatial == s) && f.temporal <= t;
    // A switch point, but not for those who lack the past of the layers above.
    out.bits(!reaches ? 0 : !f.key && f.spatial < s ? 3 : f.temporal == 2 ? 1 : 2, 2);
  }
  for (const auto r : f.references) out.bits(2, 2), out.bits(f.number - r - 1, 8);
  out.bits(0, 2);
  return out.out;
}

void SvcDecoder::take(base::ByteView payload, bool marker, std::uint32_t time) {
  base::ByteReader in(payload);
  in.skip(note_at);
  const int s = in.u8(), t = in.u8(), flags = in.u8();
  const auto number = in.u32();
  bool decodable = true;
  for (int references = in.u8(); references > 0; --references) decodable &= frames_[in.u32()];
  if (!in.ok()) return;
  if (time_ && ((*time_ != time) != closed_)) ++unclosed;
  time_ = time;
  closed_ = marker;
  if ((flags & 2) == 0) return;  // the last packet stands for the frame
  frames_[number] = decodable;
  ++(decodable ? decoded : undecodable);
  keyframes += (flags & 4) && s == 0;
  if (marker) spatial = s, temporal = std::max(t, temporal);
  while (frames_.size() > remembered) frames_.erase(frames_.begin());
}

}  // namespace greenroom::sim

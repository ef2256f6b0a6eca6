// A stream with spatial and temporal layers within one encoding, as browsers send VP9 (flexible mode) and AV1 (with a
// dependency descriptor): which frames there are and what they depend on, as bytes. Behind the codec's own bytes every
// payload says what it is, so that a receiver can tell whether a decoder could go on.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.hpp"

namespace greenroom::sim {

struct SvcShape {
  int spatial_layers = 3, temporal_layers = 3;
  bool key_dependent = false;
};

// One layer of one picture.
struct SvcFrame {
  std::uint32_t picture = 0;
  int spatial = 0, temporal = 0;
  bool key = false;                       // of a key picture
  std::vector<std::uint32_t> references;  // frame numbers
  std::uint32_t number = 0;
};

class SvcStream {
 public:
  explicit SvcStream(SvcShape shape) : shape_(shape) {}
  // The frames of the next picture, lowest layer first.
  std::vector<SvcFrame> next_picture(bool key, int layers);

  base::Bytes vp9_payload(const SvcFrame& frame, bool first, bool last, std::size_t size) const;
  base::Bytes av1_payload(const SvcFrame& frame, bool first, bool last, std::size_t size) const;
  base::Bytes dependency_descriptor(const SvcFrame& frame, bool first, bool last) const;

 private:
  void describe(const SvcFrame& frame, bool first, bool last, base::Bytes& payload, std::size_t size) const;
  SvcShape shape_;
  std::uint32_t picture_ = 0, key_picture_ = 0;
};

// What a receiver makes of such payloads, in the order of their arrival on a path without loss.
class SvcDecoder {
 public:
  // `marker` and `time` as in the RTP header.
  void take(base::ByteView payload, bool marker, std::uint32_t time);
  std::uint64_t decoded = 0, keyframes = 0;
  std::uint64_t undecodable = 0;  // frames that refer to one that is not there
  std::uint64_t unclosed = 0;     // pictures that end without a marker bit, or go on after it
  int spatial = -1, temporal = -1;

 private:
  std::map<std::uint32_t, bool> frames_;
  std::optional<std::uint32_t> time_;
  bool closed_ = true;
};

}  // namespace greenroom::sim

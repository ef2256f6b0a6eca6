// The dependency descriptor, a header extension by which a middlebox knows every layer and dependency of any codec
// without reading its payload (RTP Payload Format For AV1, appendix A). Key frames bring a structure of templates;
// every packet refers to one of them. DependencyReader keeps the structure of one stream; what it reads of a packet is
// a value. Pure, no allocation.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/frame_size.hpp"

namespace greenroom::wire {

inline constexpr std::size_t max_decode_targets = 32, max_templates = 64;  // §A.8.2: five and six bits
inline constexpr std::size_t max_dependency_distance = 64;                 // frames that a mask reaches back

// What a frame is for those who decode one of the targets (§A.4).
enum class Indication : std::uint8_t { absent, discardable, switch_point, required };

// Two bits for each decode target.
class Indications {
 public:
  void set(std::size_t target, Indication value) { bits_ |= std::uint64_t(value) << (2 * target); }
  Indication operator[](std::size_t target) const { return Indication(bits_ >> (2 * target) & 3); }
  friend bool operator==(const Indications&, const Indications&) = default;

 private:
  std::uint64_t bits_ = 0;
};

// Frames that a frame refers to directly: bit i stands for the one i + 1 frame numbers before it.
struct References {
  std::uint64_t mask = 0;
  bool farther = false;  // and one that is out of the mask's reach
  void add(std::uint32_t distance);
  friend bool operator==(const References&, const References&) = default;
};

struct LayerId {
  std::uint8_t spatial = 0, temporal = 0;
  friend bool operator==(const LayerId&, const LayerId&) = default;
};

struct DependencyStructure {
  struct Template {
    LayerId layer;
    Indications indications;
    References references;
  };
  std::uint8_t id_offset = 0, template_count = 0, target_count = 0, chain_count = 0;
  LayerId highest;
  std::array<Template, max_templates> templates{};
  std::array<LayerId, max_decode_targets> targets{};  // the highest layers that each target has
  std::array<FrameSize, 4> sizes{};                   // of spatial layers; zero when not said
};

// What one packet says of its frame.
struct DependencyMark {
  std::uint16_t frame_number = 0;
  bool starts = false, ends = false;  // first and last packet of the frame
  bool structured = false;            // brings a structure: a decoder can begin here
  LayerId layer;
  Indications indications;
  References references;
  std::uint32_t active_targets = 0;  // of the stream from here on, one bit each
  std::uint8_t target_count = 0;
  const std::array<LayerId, max_decode_targets>* targets = nullptr;  // of the reader's structure; lives as long as it
  LayerId target(std::size_t i) const { return (*targets)[i]; }
};

class DependencyReader {
 public:
  // Nothing when the value does not make sense, or speaks of a structure that has not been seen.
  std::optional<DependencyMark> read(base::ByteView value);
  const std::optional<DependencyStructure>& structure() const { return structure_; }

 private:
  std::optional<DependencyStructure> structure_;
  std::uint32_t active_targets_ = 0;
};

// Overwrites the frame number of a descriptor: two bytes behind the first. False when there is no room for it.
bool set_frame_number(base::ByteSpan value, std::uint16_t number);

}  // namespace greenroom::wire

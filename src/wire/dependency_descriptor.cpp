#include "wire/dependency_descriptor.hpp"

#include <algorithm>

#include "wire/bit_reader.hpp"

namespace greenroom::wire {
namespace {

constexpr std::size_t mandatory_size = 3;
constexpr std::uint8_t max_layer = 7;  // both ids are 0..7 at most (§A.8.3: two bits spatial, three temporal)

enum NextLayer { same_layer, next_temporal, next_spatial, no_more };

// §A.8.2, template_layers(). False for more templates or layers than there may be.
bool read_layers(BitReader& in, DependencyStructure& s) {
  LayerId layer;
  while (in.ok() && s.template_count < max_templates) {
    s.templates[s.template_count++].layer = layer;
    const auto next = in.bits(2);
    if (next == next_temporal && ++layer.temporal > max_layer) return false;
    if (next == next_spatial) layer = {std::uint8_t(layer.spatial + 1), 0};
    if (layer.spatial >= s.sizes.size()) return false;
    s.highest = {std::max(s.highest.spatial, layer.spatial), std::max(s.highest.temporal, layer.temporal)};
    if (next == no_more) return in.ok();
  }
  return false;
}

Indications read_indications(BitReader& in, std::size_t targets) {
  Indications all;
  for (std::size_t i = 0; i < targets; ++i) all.set(i, Indication(in.bits(2)));
  return all;
}

// template_fdiffs() of one template: at most 16 differences are in reach of four bits, repeating them is no gain.
References read_template_references(BitReader& in) {
  References references;
  while (in.ok() && in.flag()) references.add(in.bits(4) + 1);
  return references;
}

References read_custom_references(BitReader& in) {  // frame_fdiffs()
  References references;
  for (auto size = in.bits(2); in.ok() && size > 0; size = in.bits(2)) references.add(in.bits(4 * size) + 1);
  return references;
}

// Chains serve receivers, who tell by them that something is missing; we only count them, to step over their values.
bool read_chains(BitReader& in, DependencyStructure& s) {
  s.chain_count = std::uint8_t(in.below(s.target_count + 1U));
  if (s.chain_count > s.target_count) return false;
  if (s.chain_count == 0) return true;
  for (int i = 0; i < s.target_count; ++i) in.below(s.chain_count);
  for (int i = 0; i < s.template_count * s.chain_count && in.ok(); ++i) in.bits(4);
  return in.ok();
}

void find_target_layers(DependencyStructure& s) {  // decode_target_layers()
  for (std::size_t target = 0; target < s.target_count; ++target) {
    for (std::size_t i = 0; i < s.template_count; ++i) {
      const auto& t = s.templates[i];
      if (t.indications[target] == Indication::absent) continue;
      auto& highest = s.targets[target];
      highest = {std::max(highest.spatial, t.layer.spatial), std::max(highest.temporal, t.layer.temporal)};
    }
  }
}

bool read_structure(BitReader& in, DependencyStructure& s) {  // template_dependency_structure()
  s.id_offset = std::uint8_t(in.bits(6));
  s.target_count = std::uint8_t(in.bits(5) + 1);
  if (!read_layers(in, s)) return false;
  for (std::size_t i = 0; i < s.template_count; ++i) {
    s.templates[i].indications = read_indications(in, s.target_count);
  }
  for (std::size_t i = 0; i < s.template_count; ++i) s.templates[i].references = read_template_references(in);
  if (!read_chains(in, s)) return false;
  find_target_layers(s);
  if (!in.flag()) return in.ok();
  for (std::size_t i = 0; i <= s.highest.spatial; ++i) {  // render_resolutions()
    s.sizes[i].width = std::uint16_t(in.bits(16) + 1);
    s.sizes[i].height = std::uint16_t(in.bits(16) + 1);
  }
  return in.ok();
}

std::uint32_t all_of(std::uint8_t targets) { return std::uint32_t((std::uint64_t(1) << targets) - 1); }

struct Extended {
  bool structure = false, active_targets = false, indications = false, references = false, chains = false;
};

Extended read_extended(BitReader& in) {
  Extended e;
  e.structure = in.flag(), e.active_targets = in.flag(), e.indications = in.flag(), e.references = in.flag(),
  e.chains = in.flag();
  return e;
}

}  // namespace

void References::add(std::uint32_t distance) {
  if (distance > max_dependency_distance) {
    farther = true;
  } else {
    mask |= std::uint64_t(1) << (distance - 1);
  }
}

std::optional<DependencyMark> DependencyReader::read(base::ByteView value) {
  BitReader in(value);
  DependencyMark mark;
  mark.starts = in.flag(), mark.ends = in.flag();
  const auto template_id = in.bits(6);
  mark.frame_number = std::uint16_t(in.bits(16));
  const auto extended = value.size() > mandatory_size ? read_extended(in) : Extended{};
  std::optional<DependencyStructure> fresh;
  if (extended.structure && !read_structure(in, fresh.emplace())) return std::nullopt;
  const auto& structure = fresh ? fresh : structure_;
  if (!structure) return std::nullopt;
  const auto active = extended.active_targets ? in.bits(structure->target_count)
                      : fresh                 ? all_of(structure->target_count)
                                              : active_targets_;
  const auto index = (template_id + max_templates - structure->id_offset) % max_templates;
  if (index >= structure->template_count) return std::nullopt;
  const auto& like = structure->templates[index];
  mark.layer = like.layer;
  mark.indications = extended.indications ? read_indications(in, structure->target_count) : like.indications;
  mark.references = extended.references ? read_custom_references(in) : like.references;
  if (extended.chains) {
    for (int i = 0; i < structure->chain_count; ++i) in.bits(8);
  }
  if (!in.ok()) return std::nullopt;
  mark.structured = fresh.has_value();
  mark.active_targets = active_targets_ = active;
  mark.target_count = structure->target_count;
  if (fresh) structure_ = fresh;
  mark.targets = &structure_->targets;
  return mark;
}

bool set_frame_number(base::ByteSpan value, std::uint16_t number) {
  if (value.size() < mandatory_size) return false;
  base::store_u16(&value[1], number);
  return true;
}

}  // namespace greenroom::wire

// The order of a simulcast offer's layers.
#include <array>
#include <charconv>
#include <map>

#include "rtc/detail/sdp_terms.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;
using base::Result;
using namespace detail;

// "pt=97;max-width=1280;max-height=720" -> the area; 0 when it does not say.
std::uint64_t area_of(const std::string& restrictions) {
  std::uint64_t sides[2] = {};
  static constexpr std::string_view names[2] = {"max-width=", "max-height="};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto at = restrictions.find(names[i]);
    if (at == restrictions.npos) continue;
    const char* begin = restrictions.data() + at + names[i].size();
    std::uint32_t side = 0;
    std::from_chars(begin, restrictions.data() + restrictions.size(), side);
    sides[i] = side;
  }
  return sides[0] && sides[1] ? sides[0] * sides[1] : (sides[0] + sides[1]) * (sides[0] + sides[1]);
}

std::optional<std::uint64_t> rank_of_name(std::string_view rid) {
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 13> ranks{{{"q", 0},
                                                                                     {"l", 0},
                                                                                     {"low", 0},
                                                                                     {"r0", 0},
                                                                                     {"h", 1},
                                                                                     {"m", 1},
                                                                                     {"mid", 1},
                                                                                     {"medium", 1},
                                                                                     {"r1", 1},
                                                                                     {"f", 2},
                                                                                     {"high", 2},
                                                                                     {"hi", 2},
                                                                                     {"r2", 2}}};
  for (const auto& [name, rank] : ranks) {
    if (name == rid) return rank;
  }
  return std::nullopt;
}

// "h" is the high one beside l and m, the half one beside q and f.
std::optional<std::uint64_t> rank_of(const std::string& rid, const std::vector<std::string>& all) {
  const auto has_name = [&](std::string_view name) { return std::ranges::find(all, name) != all.end(); };
  if (rid == "h" && (has_name("l") || has_name("m"))) return 2;
  return rank_of_name(rid);
}

using Ranks = std::map<std::string, std::uint64_t>;

std::vector<std::string> rids_sent(const sdp::Section& section) {
  std::vector<std::string> rids;
  if (section.simulcast) {
    for (const auto& alternatives : section.simulcast->send) rids.push_back(preferred_rid(alternatives));
    return rids;
  }
  for (const auto& rid : section.rids) {
    if (rid.send) rids.push_back(rid.id);
  }
  return rids;
}

Ranks ranks_by_area(const std::vector<std::string>& rids, const sdp::Section& section) {
  Ranks ranks;
  for (const auto& rid : rids) {
    const auto* declared = find(section.rids, [&](const auto& r) { return r.id == rid; });
    const auto area = declared ? area_of(declared->restrictions) : 0;
    if (area) ranks[rid] = area;
  }
  return ranks;
}

Ranks ranks_by_name(const std::vector<std::string>& rids) {
  Ranks ranks;
  for (const auto& rid : rids) {
    if (const auto rank = rank_of(rid, rids)) ranks[rid] = *rank;
  }
  return ranks;
}
}  // namespace

std::vector<std::string> layers_lowest_first(const sdp::Section& section) {
  auto rids = rids_sent(section);
  for (const auto& ranks : {ranks_by_area(rids, section), ranks_by_name(rids)}) {
    if (ranks.size() != rids.size()) continue;  // not all of them say
    std::ranges::stable_sort(rids, {}, [&](const auto& rid) { return ranks.at(rid); });
    return rids;
  }
  std::ranges::reverse(rids);
  return rids;
}

}  // namespace greenroom::rtc

// What reading an offer and writing its answer have in common. Pure.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtc/detail/codec_lists.hpp"
#include "rtc/sdp_negotiation.hpp"

namespace greenroom::rtc::detail {

inline tl::unexpected<base::Error> refuse(std::string what) {
  return base::fail(errors::unacceptable_offer, std::move(what));
}

inline bool is_rejected(const wire::sdp::Section& section) { return section.port == 0 && !section.bundle_only; }

inline std::optional<wire::MediaKind> kind_of(const wire::sdp::Section& section) {
  if (section.media == "audio") return wire::MediaKind::audio;
  if (section.media == "video") return wire::MediaKind::video;
  return std::nullopt;
}

// The preferred one of a stream's alternatives (RFC 8853 §5.1), without the mark of a paused one.
inline std::string preferred_rid(const std::vector<std::string>& alternatives) {
  const auto& first = alternatives.front();
  return first.starts_with('~') ? first.substr(1) : first;
}

// The section whose transport all others use (RFC 9143 §7.2: the offerer-tagged one).
base::Result<const wire::sdp::Section*> tagged_section(const wire::sdp::Description& description);

}  // namespace greenroom::rtc::detail

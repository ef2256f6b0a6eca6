// Finding things in lists of codecs, which are optional in most places. Pure.
#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "rtc/capabilities.hpp"

namespace greenroom::rtc::detail {

// The list, or an empty one where there is none.
const auto& list(const auto& optional_list) {
  static const std::decay_t<decltype(*optional_list)> none;
  return optional_list ? *optional_list : none;
}

template <class T>
const T* find(const std::vector<T>& items, auto&& predicate) {
  const auto found = std::ranges::find_if(items, predicate);
  return found == items.end() ? nullptr : &*found;
}

// What retransmits the codec of that payload type (RFC 4588 §8.1), of parameters or capabilities.
template <class Codec>
const Codec* rtx_for(const std::vector<Codec>& codecs, std::uint8_t payload_type) {
  return find(codecs, [&](const auto& c) {
    return is_rtx(c.mime_type) && number_of(view(c).parameters, "apt") == std::int64_t(payload_type);
  });
}

inline const wire::RtpCodecCapability* router_codec(const wire::RtpCodecParameters& codec,
                                                    const wire::RtpCapabilities& router) {
  return find(list(router.codecs),
              [&](const auto& c) { return !is_rtx(c.mime_type) && same_codec(view(codec), view(c)); });
}

}  // namespace greenroom::rtc::detail

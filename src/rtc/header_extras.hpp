// Header extensions that are handed on as they came, whatever their values mean (playout delay, capture time,
// dependency descriptor): a packet keeps them behind its payload as type, length, value, and each consumer is sent
// those that it negotiated. Pure.
#pragma once
#include <cstdint>

#include "rtc/negotiation.hpp"
#include "wire/rtp.hpp"

namespace greenroom::rtc {

enum class Extra : std::uint8_t { playout_delay, capture_time, dependency };

inline std::uint8_t id_of(Extra extra, const ExtensionIds& ids) {
  switch (extra) {
    case Extra::playout_delay:
      return ids.playout_delay;
    case Extra::capture_time:
      return ids.capture_time;
    case Extra::dependency:
      return ids.dependency;
  }
  return 0;
}

// Appends what the packet carries of them; leaves out what has no room. The bytes written.
inline std::size_t keep_extras(const wire::RtpView& packet, const ExtensionIds& ids, base::ByteSpan room) {
  base::ByteWriter out(room);
  for (const auto extra : {Extra::playout_delay, Extra::capture_time, Extra::dependency}) {
    const auto id = id_of(extra, ids);
    const auto value = id ? packet.extension({id}) : std::nullopt;
    if (!value || value->empty() || value->size() > 255 || value->size() + 2 > out.left()) continue;
    out.u8(std::uint8_t(extra)), out.u8(std::uint8_t(value->size()));
    out.bytes(*value);
  }
  return out.size();
}

// f(extra, value) for each that was kept.
template <class F>
void for_each_extra(base::ByteView extras, F&& f) {
  for (base::ByteReader in(extras); in.left() > 2;) {
    const auto extra = Extra(in.u8());
    f(extra, in.take(in.u8()));
  }
}

}  // namespace greenroom::rtc

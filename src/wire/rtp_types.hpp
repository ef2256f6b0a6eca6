// The strong types of RTP: integers that cannot be mistaken for one another. Values, any thread.
// Sequence numbers and timestamps wrap (RFC 1982 serial arithmetic): compare them with newer_than() and distance(), or
// unwrap them at once into ExtSeq and use plain comparison from there on.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/time.hpp"

namespace greenroom::wire {

struct Ssrc {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(const Ssrc&, const Ssrc&) = default;
};

// 0..127.
struct PayloadType {
  std::uint8_t value = 0;
  friend constexpr auto operator<=>(const PayloadType&, const PayloadType&) = default;
};

// Id of an RFC 8285 header extension: 1..14 in the one-byte form, 1..255 in the two-byte form; 0 means "not
// negotiated".
struct ExtensionId {
  std::uint8_t value = 0;
  friend constexpr auto operator<=>(const ExtensionId&, const ExtensionId&) = default;
};

// Ticks per second of a codec's timestamps.
struct ClockRate {
  std::uint32_t hz = 0;
  friend constexpr auto operator<=>(const ClockRate&, const ClockRate&) = default;
};

// A 16-bit sequence number as sent.
struct SeqNo {
  std::uint16_t value = 0;
  friend constexpr bool operator==(const SeqNo&, const SeqNo&) = default;
  friend constexpr SeqNo operator+(SeqNo a, int n) { return {std::uint16_t(a.value + n)}; }
  // How far a is ahead of b, in -32768..32767.
  friend constexpr int distance(SeqNo a, SeqNo b) { return std::int16_t(a.value - b.value); }
  friend constexpr bool newer_than(SeqNo a, SeqNo b) { return distance(a, b) > 0; }
};

// A 32-bit timestamp as sent, in ticks of the codec's clock.
struct RtpTime {
  std::uint32_t value = 0;
  friend constexpr bool operator==(const RtpTime&, const RtpTime&) = default;
  friend constexpr RtpTime operator+(RtpTime a, std::int64_t ticks) {
    return {std::uint32_t(a.value + std::uint32_t(ticks))};
  }
  friend constexpr std::int32_t distance(RtpTime a, RtpTime b) { return std::int32_t(a.value - b.value); }
  friend constexpr bool newer_than(RtpTime a, RtpTime b) { return distance(a, b) > 0; }
};

constexpr base::Duration to_duration(std::int64_t ticks, ClockRate rate) {
  return base::Duration(rate.hz == 0 ? 0 : ticks * 1'000'000 / std::int64_t(rate.hz));
}
constexpr std::int64_t to_ticks(base::Duration d, ClockRate rate) {
  return d.count() * std::int64_t(rate.hz) / 1'000'000;
}

// A sequence number that does not wrap. Its low 16 bits are the SeqNo.
struct ExtSeq {
  std::uint64_t value = 0;
  constexpr SeqNo seq() const { return {std::uint16_t(value)}; }
  friend constexpr auto operator<=>(const ExtSeq&, const ExtSeq&) = default;
  friend constexpr ExtSeq operator+(ExtSeq a, std::int64_t n) { return {a.value + std::uint64_t(n)}; }
  friend constexpr std::int64_t operator-(ExtSeq a, ExtSeq b) { return std::int64_t(a.value - b.value); }
};

// Extends the sequence numbers of one stream against the highest one seen. The first number is placed in cycle 1, so
// that packets which precede it on the wire still have a number.
class SeqUnwrapper {
 public:
  // Extends without remembering: for a packet that is not authenticated or accepted yet.
  constexpr ExtSeq peek(SeqNo seq) const {
    if (!highest_) return {0x10000ULL + seq.value};
    return *highest_ + distance(seq, highest_->seq());
  }
  constexpr ExtSeq unwrap(SeqNo seq) {
    const ExtSeq ext = peek(seq);
    if (!highest_ || ext > *highest_) highest_ = ext;
    return ext;
  }
  constexpr std::optional<ExtSeq> highest() const { return highest_; }

 private:
  std::optional<ExtSeq> highest_;
};

}  // namespace greenroom::wire

template <>
struct std::hash<greenroom::wire::Ssrc> {
  std::size_t operator()(greenroom::wire::Ssrc s) const noexcept {
    return std::size_t(s.value * 0x9E3779B97F4A7C15ULL >> 16);
  }
};

// RTP packets over someone else's bytes (RFC 3550 §5.1, RFC 8285): a validated zero-copy view, in-place patches, a
// header writer, RTX (RFC 4588) and the first-byte classification of one-port WebRTC (RFC 7983). Values, any thread.
// Invariant: what RtpView::parse returns has every offset inside the packet; views live as long as the caller's buffer.
// Parse after SRTP is opened: padding and payload are not readable before.
#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::wire {

inline constexpr std::size_t rtp_fixed_header_size = 12;

// RFC 7983 §7, RFC 5761 §4: what a datagram on a WebRTC port is, by its first two bytes.
enum class DatagramKind { stun, dtls, rtp, rtcp, unknown };
DatagramKind classify(base::ByteView datagram);

// The first byte of what classify() calls stun, from and to (RFC 7983 §7), and the first and the second of what it
// calls rtcp (RFC 3550 §5.1: version 2; RFC 5761 §4: packet types that look like payload types 64 to 95 with the
// marker, which RTP therefore avoids).
inline constexpr std::array<std::uint8_t, 2> stun_first_byte = {0, 3};
inline constexpr std::array<std::uint8_t, 2> rtcp_first_byte = {128, 191}, rtcp_second_byte = {192, 223};

// The SSRC of anything that classify() calls rtp, encrypted or not, 12 bytes or longer.
std::optional<Ssrc> peek_rtp_ssrc(base::ByteView packet);

class RtpView {
 public:
  // Nothing when the packet contradicts itself: version, or CSRCs, extension or padding that do not fit.
  static std::optional<RtpView> parse(base::ByteView packet);

  bool marker() const { return (packet_[1] & 0x80) != 0; }
  PayloadType payload_type() const { return {std::uint8_t(packet_[1] & 0x7F)}; }
  SeqNo sequence() const { return {base::load_u16(&packet_[2])}; }
  RtpTime timestamp() const { return {base::load_u32(&packet_[4])}; }
  Ssrc ssrc() const { return {base::load_u32(&packet_[8])}; }
  std::size_t csrc_count() const { return packet_[0] & 0x0F; }
  Ssrc csrc(std::size_t i) const { return {base::load_u32(&packet_[rtp_fixed_header_size + 4 * i])}; }

  base::ByteView packet() const { return packet_; }
  base::ByteView header() const { return packet_.first(header_size_); }  // with CSRCs and extensions
  base::ByteView payload() const { return packet_.subspan(header_size_, packet_.size() - header_size_ - padding_); }
  std::size_t padding() const { return padding_; }
  base::ByteView without_padding() const { return packet_.first(packet_.size() - padding_); }  // its P bit is still set

  // The value of a header extension; empty values exist in the two-byte form. Id 0 is never found.
  std::optional<base::ByteView> extension(ExtensionId id) const;
  // f(ExtensionId, ByteView) for each element in order; a torn element ends the walk (RFC 8285 §4.2).
  template <class F>
  void for_each_extension(F&& f) const;

 private:
  struct Element {
    ExtensionId id;
    base::ByteView value;
  };
  enum class ExtensionForm : std::uint8_t { none, one_byte, two_byte };
  bool next_element(std::size_t& at, Element& out) const;

  base::ByteView packet_;
  std::size_t header_size_ = 0;
  std::size_t padding_ = 0;
  base::ByteView extensions_;  // the elements, without the 4-byte head of the block
  ExtensionForm form_ = ExtensionForm::none;
};

// In-place patches of a packet that RtpView::parse has accepted.
void set_marker(base::ByteSpan packet, bool marker);
void set_payload_type(base::ByteSpan packet, PayloadType type);
void set_sequence(base::ByteSpan packet, SeqNo seq);
void set_timestamp(base::ByteSpan packet, RtpTime time);
void set_ssrc(base::ByteSpan packet, Ssrc ssrc);
// Overwrites the value of an extension that is present with the same length; false otherwise.
bool set_extension(base::ByteSpan packet, ExtensionId id, base::ByteView value);
// Zeroes the P bit and returns the packet without its padding.
base::ByteSpan strip_padding(base::ByteSpan packet);

struct RtpHeader {
  PayloadType payload_type;
  bool marker = false;
  SeqNo sequence;
  RtpTime timestamp;
  Ssrc ssrc;
};
struct ExtensionValue {
  ExtensionId id;
  base::ByteView value;
};
inline constexpr std::size_t max_extensions = 16;  // per packet written by us

// Writes a header without CSRCs at the front of `out`; elements whose id is 0 are left out. The one-byte form where all
// ids are <= 14 and all values 1..16 bytes, the two-byte form otherwise. Returns the header's size, 0 when it does not
// fit.
std::size_t write_rtp_header(base::ByteSpan out, const RtpHeader& header, std::span<const ExtensionValue> extensions);
// Header and payload; 0 when it does not fit.
std::size_t write_rtp(base::ByteSpan out, const RtpHeader& header, std::span<const ExtensionValue> extensions,
                      base::ByteView payload);
// Appends `count` (1..255) bytes of padding to the packet of `size` bytes in `buffer` (RFC 3550 §5.1). The new size, or
// 0.
std::size_t add_padding(base::ByteSpan buffer, std::size_t size, std::uint8_t count);

// RFC 4588 §4: the retransmission stream of a stream.
struct RtxTarget {
  PayloadType payload_type;
  SeqNo sequence;
  Ssrc ssrc;
};
// Writes `packet` as a retransmission (header kept, original sequence number before the payload, padding dropped) into
// `out`, which must not overlap it. The size, or 0 when it does not fit.
std::size_t wrap_rtx(base::ByteSpan out, const RtpView& packet, const RtxTarget& target);
struct RtxOrigin {
  PayloadType payload_type;
  Ssrc ssrc;
};
// Turns a retransmission back into the original, in place: the header moves up by two bytes, padding is dropped.
// Nothing for a packet without a payload (RTX is also used for probing).
std::optional<base::ByteSpan> unwrap_rtx(base::ByteSpan packet, const RtxOrigin& origin);

template <class F>
void RtpView::for_each_extension(F&& f) const {
  Element element;
  for (std::size_t at = 0; next_element(at, element);) f(element.id, element.value);
}

}  // namespace greenroom::wire

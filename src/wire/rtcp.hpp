// RTCP (RFC 3550 §6, RFC 4585, RFC 5104, REMB): walks compound packets, turns each packet into a value, and writes
// them. Values over the caller's bytes, any thread; parse after SRTCP is opened. Lists stay in wire form until read.
// Transport-wide feedback is in wire/transport_feedback.hpp.
//   for (RtcpReader reader(bytes); auto packet = reader.next();)
//     if (auto* nack = std::get_if<Nack>(&*packet)) ...
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/units.hpp"
#include "wire/rtp_types.hpp"
#include "wire/transport_feedback.hpp"
#include "wire/wire_list.hpp"

namespace greenroom::wire {

// Seconds since 1900 as 32.32 fixed point (RFC 3550 §4).
struct NtpTime {
  std::uint64_t value = 0;
  static NtpTime from(base::WallTime t);
  base::WallTime wall() const;
  // The middle 32 bits: what LSR carries, in 1/65536 s.
  std::uint32_t compact() const { return std::uint32_t(value >> 16); }
  friend auto operator<=>(const NtpTime&, const NtpTime&) = default;
};
// A compact duration of 1/65536 s (DLSR).
std::uint32_t to_compact_ntp(base::Duration d);
base::Duration from_compact_ntp(std::uint32_t v);

struct SsrcRecord {  // an SSRC in a list
  static constexpr std::size_t wire_size = 4;
  Ssrc ssrc;
  static SsrcRecord decode(const std::uint8_t* p) { return {{base::load_u32(p)}}; }
};

struct ReportBlock {
  static constexpr std::size_t wire_size = 24;
  Ssrc ssrc;                       // whose reception is reported
  std::uint8_t fraction_lost = 0;  // of 256, since the last report
  std::int32_t packets_lost = 0;   // 24 bits signed
  std::uint32_t highest_seq = 0;   // cycles in the upper half
  std::uint32_t jitter = 0;        // ticks
  std::uint32_t last_sr = 0;       // NtpTime::compact() of the last sender report, 0 when none
  std::uint32_t delay_since_last_sr = 0;
  static ReportBlock decode(const std::uint8_t* p);
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};

struct SenderInfo {
  Ssrc ssrc;
  NtpTime ntp;
  RtpTime rtp_time;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
  friend bool operator==(const SenderInfo&, const SenderInfo&) = default;
};
struct SenderReport {
  SenderInfo info;
  WireList<ReportBlock> blocks;
};
struct ReceiverReport {
  Ssrc sender;
  WireList<ReportBlock> blocks;
};
struct Sdes {  // of several chunks the first that has a CNAME
  Ssrc ssrc;
  std::string_view cname;
};
struct Bye {
  WireList<SsrcRecord> sources;
  std::string_view reason;
};

// Both SSRCs of a feedback message (RFC 4585 §6.1).
struct FeedbackIds {
  Ssrc sender;
  Ssrc media;
  friend bool operator==(const FeedbackIds&, const FeedbackIds&) = default;
};
// RFC 4585 §6.2.1: a packet, and a mask of the sixteen after it.
struct NackItem {
  static constexpr std::size_t wire_size = 4;
  SeqNo pid;
  std::uint16_t mask = 0;
  static NackItem decode(const std::uint8_t* p) { return {{base::load_u16(p)}, base::load_u16(p + 2)}; }
  friend bool operator==(const NackItem&, const NackItem&) = default;
};
struct Nack {
  FeedbackIds ids;
  WireList<NackItem> items;
  template <class F>
  void for_each(F&& f) const;  // f(SeqNo) for each packet asked for
};
struct Pli {
  FeedbackIds ids;
};
struct FirItem {
  static constexpr std::size_t wire_size = 8;
  Ssrc ssrc;
  std::uint8_t command_seq = 0;
  static FirItem decode(const std::uint8_t* p) { return {{base::load_u32(p)}, p[4]}; }
};
struct Fir {
  Ssrc sender;
  WireList<FirItem> items;
};
struct Remb {  // draft-alvestrand-rmcat-remb-03
  Ssrc sender;
  base::Bitrate bitrate;
  WireList<SsrcRecord> sources;
};
// A well-formed packet of a kind we do not speak (APP, XR, other feedback).
struct OtherRtcp {
  std::uint8_t type = 0;
  std::uint8_t count_or_format = 0;
};

using RtcpPacket =
    std::variant<OtherRtcp, SenderReport, ReceiverReport, Sdes, Bye, Nack, Pli, Fir, Remb, TransportFeedback>;

// Walks a compound packet. A packet that contradicts itself ends the walk and makes ok() false; what came before it
// stands. Reduced-size packets (RFC 5506) are taken as they are.
class RtcpReader {
 public:
  explicit RtcpReader(base::ByteView compound) : left_(compound) {}
  std::optional<RtcpPacket> next();
  bool ok() const { return ok_; }

 private:
  base::ByteView left_;
  bool ok_ = true;
};

inline constexpr std::size_t max_rtcp_count = 31;  // report blocks, BYE sources: a five-bit count

// Each appends one packet; what does not fit makes the writer's ok() false. Lists longer than max_rtcp_count are cut.
void write_sender_report(base::ByteWriter& out, const SenderInfo& info, std::span<const ReportBlock> blocks);
void write_receiver_report(base::ByteWriter& out, Ssrc sender, std::span<const ReportBlock> blocks);
void write_sdes(base::ByteWriter& out, Ssrc ssrc, std::string_view cname);
void write_bye(base::ByteWriter& out, std::span<const Ssrc> sources, std::string_view reason = {});
// `lost` in ascending order; neighbours within 16 share an item.
void write_nack(base::ByteWriter& out, const FeedbackIds& ids, std::span<const SeqNo> lost);
void write_pli(base::ByteWriter& out, const FeedbackIds& ids);
void write_fir(base::ByteWriter& out, Ssrc sender, const FirItem& item);
void write_remb(base::ByteWriter& out, Ssrc sender, base::Bitrate bitrate, std::span<const Ssrc> sources);

template <class F>
void Nack::for_each(F&& f) const {
  for (const NackItem item : items) {
    f(item.pid);
    for (int bit = 0; bit < 16; ++bit)
      if (item.mask >> bit & 1) f(item.pid + (bit + 1));
  }
}

}  // namespace greenroom::wire

// One outgoing RTP stream to one browser, with its retransmission stream: counts what was sent, makes sender reports on
// the producer's own clock (so that a receiver lines up the audio and video of one person exactly), measures the round
// trip from receiver reports (RFC 3550 §6.4.1). Owned by a Transport; where packets come from is sfu's affair.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "rtc/negotiation.hpp"
#include "rtc/receive_stream.hpp"
#include "wire/rtcp.hpp"

namespace greenroom::rtc {

class SendStream {
 public:
  static constexpr std::size_t at_hand = 96;  // bytes from its beginning that each packet needs
  explicit SendStream(ConsumerPlan plan) : plan_(std::move(plan)) {}

  // What a stream has got to, for one that goes on under the same SSRCs.
  struct Count {
    std::uint32_t packets = 0;
    std::uint64_t octets = 0;
    std::uint16_t rtx_seq = 1;
  };
  Count count() const { return {packets_, octets_, rtx_seq_}; }
  void go_on_from(const Count& before) {
    packets_ = before.packets;
    octets_ = before.octets;
    rtx_seq_ = before.rtx_seq;
  }

  const ConsumerPlan& plan() const { return plan_; }
  void on_sent(std::size_t payload_size) { ++packets_, octets_ += std::uint32_t(payload_size); }
  wire::SeqNo next_rtx_seq() { return {rtx_seq_++}; }

  // How the producer's clock maps to this stream's time line now; without it no sender reports go out.
  void set_clock(const ReceiveStream::SenderClock& clock) { clock_ = clock; }
  std::optional<wire::SenderInfo> make_sender_report(base::Instant now);
  // The round trip, when the block refers to a report that we remember.
  std::optional<base::Duration> on_report(const wire::ReportBlock& block, base::Instant now);

  // What the other end says of the stream (RFC 3550 §6.4.1), of its last report.
  struct Remote {
    double fraction_lost = 0;
    std::int32_t packets_lost = 0;  // in all
    base::Duration jitter{0};
    std::uint64_t reports = 0;  // how many have come
  };
  const Remote& remote() const { return remote_; }
  std::optional<base::Duration> rtt() const { return rtt_; }
  std::uint32_t packets() const { return packets_; }
  std::uint64_t octets() const { return octets_; }

 private:
  struct SentReport {
    std::uint32_t compact = 0;
    base::Instant at{};
  };
  // At hand, since each packet needs it:
  std::uint64_t octets_ = 0;
  std::uint32_t packets_ = 0;
  std::uint16_t rtx_seq_ = 1;
  ConsumerPlan plan_;  // up to its mid

  std::optional<ReceiveStream::SenderClock> clock_;
  std::array<SentReport, 8> reports_{};  // one a second: eight seconds
  std::size_t next_report_ = 0;
  Remote remote_;
  std::optional<base::Duration> rtt_;
};

}  // namespace greenroom::rtc

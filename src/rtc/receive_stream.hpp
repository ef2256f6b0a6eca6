// One incoming RTP stream (one SSRC): puts packets into one sequence, tells duplicates, measures loss and jitter for
// receiver reports (RFC 3550 §6.4.1, appendix A.8), and asks for what is missing. Owned by a Transport's receiver.
// Invariant: each extended sequence number is reported fresh at most once within replay_window packets.
#pragma once
#include <bitset>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtc/nack.hpp"
#include "wire/rtcp.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::rtc {

class ReceiveStream {
 public:
  struct Config {
    wire::Ssrc ssrc;
    wire::ClockRate clock_rate;
    bool nack = false;
  };
  explicit ReceiveStream(const Config& config) : config_(config) {}

  struct Packet {
    wire::SeqNo seq;
    wire::RtpTime time;
    std::size_t size = 0;        // of the whole packet
    bool retransmitted = false;  // came by RTX: says nothing about jitter
  };
  struct Accepted {
    wire::ExtSeq seq;
    bool duplicate = false;
    bool late = false;       // behind the highest
    bool restarted = false;  // a jump too wide to repair: a key frame is needed
  };
  Accepted accept(const Packet& packet, base::Instant now);
  void accept_sender_report(const wire::SenderInfo& info, base::Instant now);

  wire::ReportBlock report(base::Instant now);
  void collect_nacks(base::Instant now, std::vector<wire::SeqNo>& out);
  base::Instant next_deadline() const { return nacks_.next_deadline(); }

  struct SenderClock {  // of the last sender report
    wire::NtpTime ntp;
    wire::RtpTime rtp_time;
    base::Instant arrival;
  };
  const std::optional<SenderClock>& sender_clock() const { return sender_clock_; }
  const Config& config() const { return config_; }
  std::optional<wire::ExtSeq> highest() const { return unwrapper_.highest(); }
  base::Duration rtt() const { return rtt_; }

  struct Counters {
    std::uint64_t packets = 0, bytes = 0, duplicates = 0, recovered = 0, nacked = 0, abandoned = 0;
  };
  const Counters& counters() const { return counters_; }
  std::int64_t lost() const;
  base::Duration jitter() const { return base::Duration(std::int64_t(jitter_us_)); }

 private:
  static constexpr std::size_t replay_window = 2048;
  void update_jitter(wire::RtpTime time, base::Instant now);
  bool mark(wire::ExtSeq seq);  // false: seen before, or too old to say

  Config config_;
  wire::SeqUnwrapper unwrapper_;
  std::bitset<replay_window> seen_;
  std::optional<wire::ExtSeq> first_;
  NackList nacks_;
  base::Duration rtt_ = std::chrono::milliseconds(100);  // until a retransmission has shown it
  std::optional<SenderClock> sender_clock_;
  std::optional<base::Duration> last_transit_;
  double jitter_us_ = 0;
  std::uint64_t expected_before_ = 0, received_before_ = 0;
  Counters counters_;
};

}  // namespace greenroom::rtc

// One source of a client: packets as a browser sends them, in bursts, each stamped with the time it is sent at; answers
// NACKs by RTX (RFC 4588) and key frame requests, and reports (RFC 3550 §6.4.1). Owned by a Client. What was sent is
// not kept: a packet is made again from its number.
#pragma once
#include <array>

#include "base/rng.hpp"
#include "load/link.hpp"
#include "load/payload.hpp"
#include "load/stream.hpp"
#include "load/tally.hpp"
#include "wire/rtp.hpp"

namespace greenroom::load {

class Publication {
 public:
  Publication(const Traffic& traffic, StreamNumbers numbers, base::Rng& rng);

  const StreamNumbers& numbers() const { return numbers_; }
  void start(base::Instant now) { next_burst_ = now, next_report_ = now; }
  bool due(base::Instant now) const { return now >= next_burst_; }
  // The next burst comes after `stretch` times the traffic's interval.
  void send_burst(Link& link, base::Instant now, int stretch, Tally& tally);
  void resend(Link& link, wire::SeqNo seq, base::Instant now, Tally& tally);
  void want_keyframe() { keyframe_ = true; }
  void report(Link& link, base::Instant now);  // a sender report when one is due

 private:
  static constexpr std::size_t memory = 512;  // packets; a NACK comes within a second and a half
  static constexpr std::size_t burst_max = 32;
  struct Sent {
    PayloadHead head;
    Stamp stamp;
    wire::RtpTime time;
    wire::SeqNo seq;
    bool marker = false;
  };
  std::size_t write(const Sent& packet, bool again, Link& link, base::ByteSpan out, base::Instant now);

  const Traffic traffic_;
  const StreamNumbers numbers_;
  base::Instant next_burst_ = base::Instant::max(), next_report_ = base::Instant::max();
  wire::SeqNo seq_, rtx_seq_{1};
  wire::RtpTime time_;
  std::uint16_t picture_ = 0;
  std::uint32_t number_ = 0, octets_ = 0;
  bool keyframe_ = true;
  std::array<Sent, memory> sent_{};
};

}  // namespace greenroom::load

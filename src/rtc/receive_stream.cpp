#include "rtc/receive_stream.hpp"

#include <algorithm>
#include <cmath>

namespace greenroom::rtc {
namespace {
// RFC 3550 appendix A.1 takes 3,000 packets for a dropout and more for another stream; what cannot be repaired is a
// restart.
constexpr std::int64_t max_repairable_gap = std::int64_t(nack_max_missing);
}  // namespace

bool ReceiveStream::mark(wire::ExtSeq seq) {
  const auto highest = unwrapper_.highest();
  if (highest && *highest - seq >= std::int64_t(replay_window)) return false;
  if (!highest || seq > *highest) {
    if (highest) {
      const auto step = std::min<std::int64_t>(seq - *highest, std::int64_t(replay_window));
      for (std::int64_t i = 1; i <= step; ++i) seen_.reset((highest->value + std::uint64_t(i)) % replay_window);
    }
    seen_.set(seq.value % replay_window);
    return true;
  }
  if (seen_.test(seq.value % replay_window)) return false;
  seen_.set(seq.value % replay_window);
  return true;
}

ReceiveStream::Accepted ReceiveStream::accept(const Packet& packet, base::Instant now) {
  const auto highest = unwrapper_.highest();
  Accepted result{unwrapper_.peek(packet.seq)};
  if (!mark(result.seq)) {
    ++counters_.duplicates;
    result.duplicate = true;
    return result;
  }
  result.late = highest && result.seq < *highest;
  if (result.late) {
    if (const auto waited = nacks_.remove(result.seq, now)) rtt_ = (rtt_ * 3 + *waited) / 4;
    if (packet.retransmitted) ++counters_.recovered;
  } else {
    const bool gap = highest && result.seq - *highest > 1;
    if (gap && result.seq - *highest > max_repairable_gap) {
      nacks_.clear();
      result.restarted = true;
    } else if (gap && config_.nack) {
      result.restarted = !nacks_.add_gap(*highest + 1, result.seq, now);
    }
    unwrapper_.unwrap(packet.seq);
  }
  if (!first_ || result.seq < *first_) first_ = result.seq;
  ++counters_.packets;
  counters_.bytes += packet.size;
  if (!packet.retransmitted) update_jitter(packet.time, now);
  return result;
}

// RFC 3550 §6.4.1: J += (|D| - J) / 16, D being the difference of the transit times of neighbours.
void ReceiveStream::update_jitter(wire::RtpTime time, base::Instant now) {
  const auto sent = std::chrono::microseconds(std::int64_t(time.value) * 1'000'000 / config_.clock_rate.hz);
  const base::Duration transit = now.time_since_epoch() - sent;
  if (last_transit_) {
    const double difference = std::abs(double((transit - *last_transit_).count()));
    if (difference < 5e6) jitter_us_ += (difference - jitter_us_) / 16;  // more is the timestamp wrapping
  }
  last_transit_ = transit;
}

void ReceiveStream::accept_sender_report(const wire::SenderInfo& info, base::Instant now) {
  sender_clock_ = SenderClock{info.ntp, info.rtp_time, now};
}

std::int64_t ReceiveStream::lost() const {
  if (!first_) return 0;
  const auto expected = *unwrapper_.highest() - *first_ + 1;
  return std::max<std::int64_t>(0, expected - std::int64_t(counters_.packets));
}

wire::ReportBlock ReceiveStream::report(base::Instant now) {
  wire::ReportBlock block;
  block.ssrc = config_.ssrc;
  if (!first_) return block;
  const auto expected = std::uint64_t(*unwrapper_.highest() - *first_ + 1);
  const auto expected_now = std::int64_t(expected - expected_before_);
  const auto received_now = std::int64_t(counters_.packets - received_before_);
  expected_before_ = expected;
  received_before_ = counters_.packets;
  const auto lost_now = std::max<std::int64_t>(0, expected_now - received_now);
  if (expected_now > 0) block.fraction_lost = std::uint8_t(std::min<std::int64_t>(255, lost_now * 256 / expected_now));
  block.packets_lost = std::int32_t(std::min<std::int64_t>(lost(), 0x7f'ffff));
  block.highest_seq = std::uint32_t(unwrapper_.highest()->value - 0x10000);  // the unwrapper begins in cycle 1
  block.jitter = std::uint32_t(wire::to_ticks(jitter(), config_.clock_rate));
  if (sender_clock_) {
    block.last_sr = sender_clock_->ntp.compact();
    block.delay_since_last_sr = wire::to_compact_ntp(now - sender_clock_->arrival);
  }
  return block;
}

void ReceiveStream::collect_nacks(base::Instant now, std::vector<wire::SeqNo>& out) {
  const auto before = out.size();
  counters_.abandoned += nacks_.collect(now, rtt_, out);
  counters_.nacked += out.size() - before;
}

}  // namespace greenroom::rtc

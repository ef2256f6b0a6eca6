#include "rtc/twcc.hpp"

namespace greenroom::rtc {
namespace {
constexpr std::int64_t max_report = 256;  // packets: at most 20 + 4 * 256 bytes, so that a report fits its datagram
}

void ArrivalLog::add(wire::SeqNo seq, base::Instant now) {
  const auto ext = unwrapper_.unwrap(seq);
  if (!any_) next_ = ext, any_ = true;
  if (ext < next_) return;  // already told as lost; what the estimator made of it is history
  if (ext - next_ >= std::int64_t(twcc_log_size)) next_ = ext;
  slots_[ext.value % twcc_log_size] = {ext, now};
  pending_ = true;
}

bool ArrivalLog::write(base::ByteWriter& out, wire::Ssrc sender, wire::Ssrc media) {
  if (!pending_) return false;
  const auto end = *unwrapper_.highest() + 1;
  bool started = false;
  wire::ExtSeq first;
  for (; next_ < end; next_ = next_ + 1) {
    if (started && next_ - first >= max_report) break;
    const auto& slot = slots_[next_.value % twcc_log_size];
    if (slot.seq != next_) continue;
    if (!started) {
      builder_.start(next_, slot.at);
      first = next_;
      started = true;
      continue;
    }
    if (!builder_.add(next_, slot.at)) break;
  }
  pending_ = next_ < end;
  if (!started) return false;
  builder_.write(out, sender, media, count_++);
  return out.ok();
}

void SendLog::add(const Sent& packet, base::Instant now) {
  slots_[next_.value % twcc_log_size] = {next_, now, packet, true};
  next_ = next_ + 1;
}

// The reference counts 64 ms in 24 bits (§3.1): twelve days, then it wraps.
base::Duration SendLog::unwrap_reference(base::Duration reference) {
  constexpr base::Duration cycle = std::chrono::milliseconds(64) * (1 << 24);
  if (last_reference_) {
    while (reference + cycle / 2 < *last_reference_) reference += cycle;
    while (reference > *last_reference_ + cycle / 2) reference -= cycle;
  }
  last_reference_ = reference;
  return reference;
}

const std::vector<SentSample>& SendLog::match(const wire::TransportFeedback& feedback) {
  samples_.clear();
  const auto reference = unwrap_reference(feedback.reference_time());
  feedback.for_each([&](const wire::PacketStatus& status) {
    const auto seq = next_ + distance(status.sequence, next_.seq());
    auto& slot = slots_[seq.value % twcc_log_size];
    if (!slot.open || slot.seq != seq) return;
    slot.open = false;
    const auto arrival = status.received ? std::optional(reference + status.arrival) : std::nullopt;
    samples_.push_back({slot.at, arrival, slot.packet.size, slot.packet.probe});
  });
  return samples_;
}

}  // namespace greenroom::rtc

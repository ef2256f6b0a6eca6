#include "rtc/twcc.hpp"

#include <algorithm>
#include <bit>

#include "base/prefetch.hpp"

namespace greenroom::rtc {
namespace {
constexpr std::int64_t max_report = 256;  // packets: at most 20 + 4 * 256 bytes, so that a report fits its datagram
constexpr std::size_t first_size = 64;    // packets: half a second of a small picture
constexpr base::Duration worth_keeping = std::chrono::seconds(2);  // a report that has not come by then will not
}  // namespace

void ArrivalLog::add(wire::SeqNo seq, base::Instant now) {
  const auto ext = unwrapper_.unwrap(seq);
  if (!any_) next_ = ext, any_ = true;
  if (ext < next_) return;  // already told as lost; what the estimator made of it is history
  if (ext - next_ >= std::int64_t(twcc_log_size)) next_ = ext;
  make_room(std::size_t(ext - next_) + 1);
  slots_[ext.value % slots_.size()] = {ext, now};
  pending_ = true;
}

void ArrivalLog::make_room(std::size_t packets) {
  if (packets <= slots_.size()) return;
  std::vector<Slot> larger(std::max(first_size, std::bit_ceil(packets)));
  for (const auto& slot : slots_) {
    if (slot.seq >= next_) larger[slot.seq.value % larger.size()] = slot;
  }
  slots_ = std::move(larger);
}

bool ArrivalLog::write(base::ByteWriter& out, wire::Ssrc sender, wire::Ssrc media) {
  if (!pending_) return false;
  if (!builder_) builder_ = std::make_unique<wire::TransportFeedbackBuilder>();
  const auto end = *unwrapper_.highest() + 1;
  bool started = false;
  wire::ExtSeq first;
  for (; next_ < end; next_ = next_ + 1) {
    if (started && next_ - first >= max_report) break;
    const auto& slot = slots_[next_.value & (slots_.size() - 1)];
    if (slot.seq != next_) continue;
    if (!started) {
      builder_->start(next_, slot.at);
      first = next_;
      started = true;
      continue;
    }
    if (!builder_->add(next_, slot.at)) break;
  }
  pending_ = next_ < end;
  if (!started) return false;
  builder_->write(out, sender, media, count_++);
  return out.ok();
}

namespace {
std::uint32_t low_half(base::Instant t) { return std::uint32_t(t.time_since_epoch() / std::chrono::microseconds(1)); }
}  // namespace

void SendLog::add(const Sent& packet, base::Instant now) {
  if (slots_.empty()) slots_.resize(first_size);
  last_ = now;
  const auto& oldest = slots_[next_.value & (slots_.size() - 1)];
  if (oldest.size > 0 && slots_.size() < twcc_log_size && now - sent_at(oldest) < worth_keeping) grow();
  slots_[next_.value & (slots_.size() - 1)] = {low_half(now), packet.probe, std::uint16_t(packet.size),
                                               next_.seq().value};
  next_ = next_ + 1;
}

// Right for what was sent in the hour before the last packet, and nobody reports on anything older.
base::Instant SendLog::sent_at(const Slot& slot) const {
  return last_ - std::chrono::microseconds(low_half(last_) - slot.at);
}

void SendLog::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  for (const auto& slot : slots_) larger[slot.seq % larger.size()] = slot;
  slots_ = std::move(larger);
}

void SendLog::fetch_ahead() const {
  if (!slots_.empty()) base::prefetch(&slots_[next_.value & (slots_.size() - 1)], 6 * sizeof(Slot));
}

void SendLog::fetch_behind() const {
  constexpr std::uint32_t usual = 16;  // packets that a report tells of
  if (slots_.empty()) return;
  for (std::uint32_t back = usual; back > 0; back -= 4)
    base::prefetch(&slots_[(next_.value - back) & (slots_.size() - 1)]);
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

void SendLog::match(const wire::TransportFeedback& feedback, std::vector<SentSample>& samples) {
  if (slots_.empty()) return;
  const auto reference = unwrap_reference(feedback.reference_time());
  feedback.for_each([&](const wire::PacketStatus& status) {
    const auto seq = next_ + distance(status.sequence, next_.seq());
    auto& slot = slots_[seq.value & (slots_.size() - 1)];
    if (slot.size == 0 || slot.seq != status.sequence.value) return;
    const auto arrival = status.received ? std::optional(reference + status.arrival) : std::nullopt;
    samples.push_back({sent_at(slot), arrival, slot.size, slot.probe});
    slot.size = 0;
  });
}

}  // namespace greenroom::rtc

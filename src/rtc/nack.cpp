#include "rtc/nack.hpp"

#include <algorithm>
#include <optional>

namespace greenroom::rtc {

bool NackList::add_gap(wire::ExtSeq first, wire::ExtSeq end, base::Instant now) {
  if (missing_.size() + std::size_t(end - first) > nack_max_missing) {
    missing_.clear();
    return false;
  }
  for (auto seq = first; seq < end; seq = seq + 1) missing_.push_back({seq, now, now + nack_reorder_grace, {}, 0});
  return true;
}

std::optional<base::Duration> NackList::remove(wire::ExtSeq seq, base::Instant now) {
  const auto found = std::ranges::lower_bound(missing_, seq, {}, &Missing::seq);
  if (found == missing_.end() || found->seq != seq) return std::nullopt;
  std::optional<base::Duration> waited;
  if (found->tries == 1) waited = now - found->asked_first;  // later tries leave open which of them was answered
  missing_.erase(found);
  return waited;
}

std::size_t NackList::collect(base::Instant now, base::Duration rtt, std::vector<wire::SeqNo>& out) {
  const auto given_up = std::erase_if(
      missing_, [&](const Missing& m) { return now - m.since > nack_max_age || m.tries >= nack_max_tries; });
  const auto patience = std::max<base::Duration>(rtt + rtt / 4, std::chrono::milliseconds(20));
  for (auto& m : missing_) {
    if (m.due > now) continue;
    if (out.size() == out.capacity()) break;
    if (m.tries++ == 0) m.asked_first = now;
    m.due = now + patience;
    out.push_back(m.seq.seq());
  }
  return given_up;
}

base::Instant NackList::next_deadline() const {
  auto deadline = base::Instant::max();
  for (const auto& m : missing_) deadline = std::min(deadline, m.due);
  return deadline;
}

}  // namespace greenroom::rtc

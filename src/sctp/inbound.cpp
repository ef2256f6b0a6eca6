#include "sctp/inbound.hpp"

#include <algorithm>

namespace greenroom::sctp {

std::uint32_t Inbound::window() const {
  return std::uint32_t(config_.receive_window - std::min(config_.receive_window, held()));
}

std::optional<std::string_view> Inbound::on_data(const wire::SctpData& data) {
  data_in_packet_ = true;
  if (data.immediate) sack_now_ = true;  // RFC 9260 §3.3.1, the I bit
  const auto before = received_.cumulative();
  const auto tsn = extend(data.tsn, before);
  // The window is a promise of the peer's: what does not fit is as if lost. What fills the first gap is taken all the
  // same unless the owner is the one who does not take: it is what lets go of the rest.
  const bool frees = tsn == before + 1 && !reassembly_.has_next();
  if (!frees && held() + data.payload.size() > config_.receive_window) {
    sack_now_ = true;
    return std::nullopt;
  }
  switch (received_.add(tsn)) {
    case ReceivedTsns::Added::fresh:
      break;
    case ReceivedTsns::Added::duplicate:
      if (duplicate_count_ < duplicates_.size()) duplicates_[duplicate_count_++] = data.tsn;
      [[fallthrough]];
    case ReceivedTsns::Added::no_room:
      sack_now_ = true;
      return std::nullopt;
  }
  if (data.stream >= config_.streams) return std::nullopt;  // §6.5: acknowledged and thrown away
  if (const auto wrong = reassembly_.add(data, tsn, before)) return wrong;
  if (held() > 2 * config_.receive_window) return "more is sent than the window allows";
  return std::nullopt;
}

void Inbound::on_forward_tsn(const wire::SctpForwardTsn& forward) {
  data_in_packet_ = true;
  sack_now_ = true;  // the sender waits for nothing else
  const auto cumulative = extend(forward.cumulative_tsn, received_.cumulative());
  if (cumulative <= received_.cumulative()) return;
  received_.advance_to(cumulative);
  reassembly_.skip(cumulative, forward);
}

void Inbound::packet_ended(base::Instant now) {
  if (!data_in_packet_) return;
  data_in_packet_ = false;
  ++packets_unacknowledged_;
  if (received_.has_gaps() || packets_unacknowledged_ >= 2 || !acknowledged_any_) sack_now_ = true;
  sack_at_ = std::min(sack_at_, now + sack_delay);
}

std::optional<Message> Inbound::next() {
  auto message = reassembly_.next();
  // A peer that was told of a shut window waits to be told that it is open.
  if (announced_window_ < config_.max_packet && window() >= config_.receive_window / 2) sack_now_ = true;
  return message;
}

void Inbound::write_sack(wire::SctpPacketWriter& writer) {
  std::array<wire::SctpGap, wire::sctp_max_gaps> gaps;
  const auto count = received_.gaps(gaps);
  announced_window_ = window();
  writer.sack(std::uint32_t(received_.cumulative()), announced_window_, std::span(gaps).first(count),
              std::span(duplicates_).first(duplicate_count_));
  duplicate_count_ = 0;
  packets_unacknowledged_ = 0;
  sack_now_ = false;
  acknowledged_any_ = true;
  sack_at_ = base::Instant::max();
}

}  // namespace greenroom::sctp

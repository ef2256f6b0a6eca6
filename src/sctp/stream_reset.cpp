#include "sctp/stream_reset.hpp"

#include <algorithm>
#include <array>

namespace greenroom::sctp {

using wire::SctpReconfigResult;

bool StreamReset::under_way(StreamId stream) const { return std::ranges::count(streams_, stream) > 0; }

void StreamReset::want(StreamId stream) {
  if (supported_ && !under_way(stream)) wanted_.insert(stream);
}

// ---- the peer's streams

void StreamReset::on_chunk(base::ByteView value, Inbound& inbound, Outbound& outbound, std::vector<StreamId>& reset) {
  wire::SctpParameterReader parameters(value);
  while (const auto parameter = parameters.next()) {
    if (parameter->type == wire::sctp_outgoing_reset) {
      if (const auto request = wire::parse_sctp_outgoing_reset(parameter->value)) on_request(*request, inbound, reset);
    } else if (parameter->type == wire::sctp_reconfig_response) {
      if (const auto response = wire::parse_sctp_reconfig_response(parameter->value)) on_response(*response, outbound);
    } else if (parameter->value.size() >= 4 && parameter->type >= wire::sctp_incoming_reset &&
               parameter->type <= wire::sctp_add_incoming) {
      // Nothing of this is used by data channels.
      answer_ = {base::load_u32(parameter->value.data()), SctpReconfigResult::denied};
    }
  }
}

// §5.2.2: a request is answered once; repeated, it gets the same answer, unless that was "in progress".
void StreamReset::on_request(const wire::SctpOutgoingReset& request, Inbound& inbound, std::vector<StreamId>& reset) {
  const bool again = last_result_ && request.request == expected_request_ - 1;
  if (!again && request.request != expected_request_) {
    answer_ = {request.request, SctpReconfigResult::bad_sequence};
    return;
  }
  if (!again) ++expected_request_;
  if (!again || last_result_ == SctpReconfigResult::in_progress) last_result_ = perform(request, inbound, reset);
  answer_ = {request.request, *last_result_};
}

SctpReconfigResult StreamReset::perform(const wire::SctpOutgoingReset& request, Inbound& inbound,
                                        std::vector<StreamId>& reset) {
  if (request.stream_count() == 0) return SctpReconfigResult::denied;  // all at once: no data channel asks for that
  if (extend(request.last_tsn, inbound.cumulative()) > inbound.cumulative()) return SctpReconfigResult::in_progress;
  for (std::size_t i = 0; i < request.stream_count(); ++i) {
    const StreamId stream{request.stream(i)};
    inbound.reset(stream);
    if (std::ranges::count(reset, stream) == 0) reset.push_back(stream);
  }
  return SctpReconfigResult::performed;
}

// ---- our streams

void StreamReset::on_response(const wire::SctpReconfigResponse& response, Outbound& outbound) {
  if (streams_.empty() || response.request != next_request_) return;
  if (response.result == SctpReconfigResult::in_progress) return;  // asked again when the timer ends
  // Refused or done: to ask again would change nothing.
  for (const auto stream : streams_) outbound.restart(stream);
  streams_.clear();
  ++next_request_;
  send_ = false;
  repeat_at_ = base::Instant::max();
}

// Only streams of which everything is on its way: the peer waits for what comes before last_tsn_.
void StreamReset::begin_request(Outbound& outbound) {
  for (auto next = wanted_.begin(); next != wanted_.end() && streams_.size() < max_streams;) {
    if (outbound.waiting(*next)) {
      ++next;
      continue;
    }
    streams_.push_back(*next);
    next = wanted_.erase(next);
  }
  last_tsn_ = std::uint32_t(outbound.last_tsn());
  send_ = !streams_.empty();
}

void StreamReset::write(wire::SctpPacketWriter& writer, Outbound& outbound, const Rto& rto, base::Instant now) {
  constexpr std::size_t room = 32 + 2 * max_streams;
  if (writer.left() < room + 16) return;
  if (answer_) writer.reconfig_response(*answer_);
  answer_.reset();
  if (streams_.empty() && !wanted_.empty()) begin_request(outbound);
  if (!send_) return;
  std::array<std::uint16_t, max_streams> numbers;
  std::ranges::transform(streams_, numbers.begin(), [](StreamId stream) { return stream.value; });
  writer.outgoing_reset(next_request_, expected_request_ - 1, last_tsn_, std::span(numbers).first(streams_.size()));
  send_ = false;
  repeat_at_ = now + rto.value();
}

bool StreamReset::advance(base::Instant now) {
  if (now < repeat_at_) return false;
  repeat_at_ = base::Instant::max();
  send_ = true;
  return true;
}

}  // namespace greenroom::sctp

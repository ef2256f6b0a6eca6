#include "rtc/send_stream.hpp"

#include <algorithm>

namespace greenroom::rtc {

std::optional<wire::SenderInfo> SendStream::make_sender_report(base::Instant now) {
  if (!clock_ || packets_ == 0) return std::nullopt;
  const auto since = now - clock_->arrival;
  const auto ntp_since = std::int64_t(double(since.count()) * (4294967296.0 / 1e6));
  wire::SenderInfo info;
  info.ssrc = {plan_.ssrc};
  info.ntp = {clock_->ntp.value + std::uint64_t(ntp_since)};
  info.rtp_time = clock_->rtp_time + wire::to_ticks(since, {plan_.clock_rate});
  info.packets = packets_;
  info.octets = std::uint32_t(octets_);
  reports_[next_report_++ % reports_.size()] = {info.ntp.compact(), now};
  return info;
}

std::optional<base::Duration> SendStream::on_report(const wire::ReportBlock& block, base::Instant now) {
  const auto jitter = std::int64_t(block.jitter) * 1'000'000 / std::max<std::int64_t>(plan_.clock_rate, 1);
  remote_ = {block.fraction_lost / 256.0, block.packets_lost, base::Duration(jitter), remote_.reports + 1};
  if (block.last_sr == 0) return std::nullopt;
  for (const auto& report : reports_) {
    if (report.compact != block.last_sr) continue;
    const auto rtt = now - report.at - wire::from_compact_ntp(block.delay_since_last_sr);
    rtt_ = std::max<base::Duration>(rtt, std::chrono::milliseconds(0));
    return rtt_;
  }
  return std::nullopt;
}

}  // namespace greenroom::rtc

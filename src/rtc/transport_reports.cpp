// Reports out: what arrived, what is missing, which key frames are wanted, how it goes.
#include <algorithm>

#include "rtc/transport.hpp"

namespace greenroom::rtc {
namespace {
constexpr base::Duration report_interval = std::chrono::seconds(1);  // RFC 3550 §6.2 allows it at these bandwidths
constexpr std::size_t rtcp_room = max_datagram_size - crypto::srtcp_max_overhead;
}  // namespace

template <class Write>
void Transport::send_rtcp(Outbox& out, Write&& write) {
  const auto buffer = out.begin();
  if (buffer.empty()) return;
  base::ByteWriter writer(buffer.first(rtcp_room));
  write(writer);
  if (!writer.ok() || writer.size() == 0) return;
  const auto sealed = channel_->protect_rtcp(buffer, writer.size());
  if (sealed) out.commit(*ice_.selected(), *sealed);
}

void Transport::send_arrivals(base::Instant now, Outbox& out) {
  if (!arrivals_ || arrivals_->empty() || now < next_arrivals_) return;
  for (int i = 0; i < 16 && !arrivals_->empty(); ++i) {  // 16 reports cover the whole log
    send_rtcp(out, [&](base::ByteWriter& writer) { arrivals_->write(writer, own_ssrc, arrivals_media_); });
  }
  next_arrivals_ = now + twcc_interval;
}

void Transport::send_repairs(base::Instant now, Outbox& out) {
  for (const auto& receiver : receivers_) {
    if (!receiver || receiver->paused) continue;
    for (std::size_t i = 0; i < receiver->size(); ++i) {
      auto& stream = receiver->encoding(i).stream;
      if (!stream || stream->next_deadline() > now) continue;
      to_nack_.clear();
      stream->collect_nacks(now, to_nack_);
      if (to_nack_.empty()) continue;
      send_rtcp(out, [&](base::ByteWriter& writer) {
        wire::write_nack(writer, {own_ssrc, stream->config().ssrc}, to_nack_);
      });
    }
  }
}

void Transport::send_keyframe_requests(base::Instant now, Outbox& out) {
  for (const auto& receiver : receivers_) {
    if (!receiver || receiver->paused) continue;
    for (std::size_t i = 0; i < receiver->size(); ++i) {
      auto& encoding = receiver->encoding(i);
      if (!encoding.ssrc || !encoding.keyframe.due(now, encoding.stream->rtt())) continue;
      ++encoding.keyframe_requests;
      send_rtcp(out, [&](base::ByteWriter& writer) { wire::write_pli(writer, {own_ssrc, *encoding.ssrc}); });
    }
  }
}

// Receiver reports for what we receive, sender reports (with the names, RFC 3550 §6.5) for what we send.
void Transport::send_reports(base::Instant now, Outbox& out) {
  if (now < next_reports_) return;
  const auto next = (now + report_interval).time_since_epoch();
  next_reports_ = base::Instant(next - next % report_step);
  std::array<wire::ReportBlock, wire::max_rtcp_count> blocks;
  std::size_t count = 0;
  for (const auto& receiver : receivers_) {
    if (!receiver) continue;
    for (std::size_t i = 0; i < receiver->size() && count < blocks.size(); ++i) {
      if (auto& stream = receiver->encoding(i).stream; stream && stream->highest())
        blocks[count++] = stream->report(now);
    }
  }
  if (count > 0) {
    send_rtcp(out, [&](base::ByteWriter& writer) {
      wire::write_receiver_report(writer, own_ssrc, std::span(blocks).first(count));
    });
  }
  for (const auto& stream : senders_) {
    const auto info = stream ? stream->make_sender_report(now) : std::nullopt;
    if (!info) continue;
    send_rtcp(out, [&](base::ByteWriter& writer) {
      wire::write_sender_report(writer, *info, {});
      wire::write_sdes(writer, info->ssrc, stream->plan().cname);
    });
  }
}

}  // namespace greenroom::rtc

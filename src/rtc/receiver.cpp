#include "rtc/receiver.hpp"

#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {

Receiver::Receiver(ProducerPlan plan) : plan_(std::move(plan)) {
  for (std::size_t i = 0; i < size(); ++i) {
    const auto& declared = plan_.encodings[i];
    if (declared.ssrc) bind(i, {*declared.ssrc});
    if (declared.rtx_ssrc) encodings_[i].rtx_ssrc = wire::Ssrc{*declared.rtx_ssrc};
  }
}

void Receiver::bind(std::size_t i, wire::Ssrc ssrc) {
  encodings_[i].ssrc = ssrc;
  encodings_[i].stream.emplace(ReceiveStream::Config{ssrc, {plan_.clock_rate}, plan_.nack});
}

std::optional<Receiver::Match> Receiver::match(const wire::RtpView& packet) {
  for (std::size_t i = 0; i < size(); ++i) {
    if (encodings_[i].ssrc == packet.ssrc()) return Match{std::uint8_t(i), false};
    if (encodings_[i].rtx_ssrc == packet.ssrc()) return Match{std::uint8_t(i), true};
  }
  return learn(packet);
}

std::optional<std::string_view> Receiver::text(const wire::RtpView& packet, std::uint8_t id) const {
  const auto value = packet.extension({id});
  return value ? wire::decode_stream_text(*value) : std::nullopt;
}

// An encoding is bound once: a sender does not change its SSRC, and a second claim is somebody's mistake.
std::optional<Receiver::Match> Receiver::learn(const wire::RtpView& packet) {
  if (plan_.mid.empty() || text(packet, plan_.extensions.mid) != std::string_view(plan_.mid)) return std::nullopt;
  const auto rid = text(packet, plan_.extensions.rid);
  const auto repaired = text(packet, plan_.extensions.repaired_rid);
  const bool rtx = plan_.rtx_payload_type && packet.payload_type().value == *plan_.rtx_payload_type;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto& wanted = plan_.encodings[i].rid;
    const auto& said = rtx ? (repaired ? repaired : rid) : rid;
    if (!wanted.empty() && said != std::string_view(wanted)) continue;
    auto& bound = rtx ? encodings_[i].rtx_ssrc : encodings_[i].ssrc;
    if (bound) continue;
    if (rtx) {
      bound = packet.ssrc();
    } else {
      bind(i, packet.ssrc());
    }
    return Match{std::uint8_t(i), rtx};
  }
  return std::nullopt;
}

}  // namespace greenroom::rtc

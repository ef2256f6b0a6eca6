// A consumer under the numbers of its own offer.
#include "rtc/capabilities.hpp"
#include "rtc/detail/sdp_terms.hpp"

namespace greenroom::rtc {
namespace {
using namespace wire;
using base::Result;
using namespace detail;

// The device's extensions under the numbers that the producer's parameters have.
RtpCapabilities in_router_terms(RtpCapabilities device, const RtpParameters& consumable) {
  for (auto& e : device.header_extensions ? *device.header_extensions : device.header_extensions.emplace()) {
    const auto* ours = find(list(consumable.header_extensions), [&](const auto& x) { return x.uri == e.uri; });
    if (ours) e.preferred_id = ours->id;
  }
  return device;
}

std::optional<std::uint8_t> device_payload_type(const RtpCodecParameters& codec, const RtpCapabilities& device) {
  const auto* match = find(list(device.codecs), [&](const auto& c) { return same_codec(view(c), view(codec)); });
  return match ? match->preferred_payload_type : std::nullopt;
}

std::optional<std::uint8_t> device_rtx_type(std::uint8_t payload_type, const RtpCapabilities& device) {
  const auto* match = rtx_for(list(device.codecs), payload_type);
  return match ? match->preferred_payload_type : std::nullopt;
}

std::uint8_t device_extension(std::string_view uri, const RtpCapabilities& device) {
  const auto* match = find(list(device.header_extensions), [&](const auto& e) { return e.uri == uri; });
  return match ? match->preferred_id : std::uint8_t(0);
}

void renumber_extensions(ConsumerPlan& plan, const RtpCapabilities& device) {
  for (auto& e : *plan.parameters.header_extensions) e.id = device_extension(e.uri, device);
  plan.extensions = ids_of(*plan.parameters.header_extensions);
}

// Without a retransmission of its own for this codec, the client gets none.
void renumber_retransmission(ConsumerPlan& plan, const RtpCapabilities& device) {
  auto& codecs = plan.parameters.codecs;
  const auto type = device_rtx_type(plan.payload_type, device);
  if (!type || !plan.rtx_ssrc) {
    plan.rtx_payload_type.reset();
    plan.rtx_ssrc.reset();
    std::erase_if(codecs, [](const auto& c) { return is_rtx(c.mime_type); });
    return;
  }
  if (plan.rtx_payload_type) plan.rtx_payload_type = *type;
  for (auto& codec : codecs) {
    if (!is_rtx(codec.mime_type)) continue;
    codec.payload_type = *type;
    codec.parameters = CodecParameters{{"apt", plan.payload_type}};
  }
}
}  // namespace

Result<ConsumerPlan> plan_sdp_consumer(const ProducerPlan& producer, const RtpCapabilities& device,
                                       const ConsumerSlot& slot, base::Rng& rng) {
  GREENROOM_TRY(auto plan, plan_consumer(producer, in_router_terms(device, producer.consumable), slot.mid, rng));
  auto& codec = plan.parameters.codecs.front();
  const auto type = device_payload_type(codec, device);
  if (!type || *type > 127) return base::fail(errors::bad_rtp_parameters, "rtpCapabilities: preferredPayloadType");
  codec.payload_type = plan.payload_type = *type;
  plan.ssrc = slot.ssrc;
  plan.rtx_ssrc = plan.rtx_ssrc ? slot.rtx_ssrc : std::nullopt;
  renumber_extensions(plan, device);
  renumber_retransmission(plan, device);
  auto& encoding = plan.parameters.encodings->front();
  encoding.ssrc = plan.ssrc;
  encoding.rtx = plan.rtx_ssrc ? std::optional(RtxParameters{*plan.rtx_ssrc}) : std::nullopt;
  return plan;
}

}  // namespace greenroom::rtc

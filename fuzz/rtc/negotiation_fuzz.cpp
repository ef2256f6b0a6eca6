// Any JSON as rtpParameters and as rtpCapabilities: an error or a plan, and from a plan a consumer.
#include "base/rng.hpp"
#include "rtc/capabilities.hpp"
#include "rtc/negotiation.hpp"
#include "wire/json.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = wire::parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  static const auto router = rtc::router_capabilities();
  base::SeededRng rng(1);
  const auto parameters = wire::from_json<wire::RtpParameters>(*json);
  const auto device = wire::from_json<wire::RtpCapabilities>(*json);
  for (const auto kind : {wire::MediaKind::audio, wire::MediaKind::video}) {
    if (!parameters) break;
    const auto plan = rtc::plan_producer(kind, *parameters, router);
    if (!plan) continue;
    (void)rtc::plan_consumer(*plan, router, "0", rng);
    if (device) (void)rtc::plan_consumer(*plan, *device, "0", rng);
  }
  return 0;
}

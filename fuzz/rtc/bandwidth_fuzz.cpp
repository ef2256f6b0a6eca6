// Any RTCP from a receiver: whatever it claims, the estimate stays within its limits and the scores within theirs.
#include <algorithm>

#include "base/assert.hpp"
#include "rtc/congestion.hpp"
#include "rtc/send_stream.hpp"
#include "rtc/stream_quality.hpp"
#include "wire/rtcp.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const rtc::BandwidthEstimator::Limits limits{base::Bitrate::kbps(1500), base::Bitrate::kbps(50),
                                               base::Bitrate::kbps(50'000)};
  rtc::BandwidthEstimator bandwidth(limits);
  rtc::SendLog log;
  std::vector<rtc::SentSample> samples;
  rtc::SendStream stream{rtc::ConsumerPlan{}};
  rtc::StreamQuality quality;
  base::Instant now{std::chrono::seconds(1000)};
  std::uint64_t sent = 0, repaired = 0;
  std::uint32_t probe = 0;
  base::ByteReader reader({data, size});
  while (reader.left() >= 4) {
    now += std::chrono::milliseconds(reader.u8());
    for (int i = reader.u8() % 32; i > 0; --i, ++sent) log.add({1000, probe}, now);
    repaired += reader.u8() % 4;
    const auto compound = reader.take(std::min<std::size_t>(reader.u8(), reader.left()));
    for (wire::RtcpReader packets(compound); const auto packet = packets.next();) {
      if (const auto* feedback = std::get_if<wire::TransportFeedback>(&*packet)) {
        samples.clear();
        log.match(*feedback, samples);
        bandwidth.on_feedback(samples, now);
      } else if (const auto* remb = std::get_if<wire::Remb>(&*packet)) {
        bandwidth.on_remb(remb->bitrate, now);
      } else if (const auto* report = std::get_if<wire::ReceiverReport>(&*packet)) {
        for (const auto block : report->blocks) {
          stream.on_report(block, now);
          bandwidth.on_report(stream.remote().fraction_lost, now);
          quality.look({sent, std::uint64_t(std::max(stream.remote().packets_lost, 0)), repaired});
        }
      }
    }
    if (const auto cluster = bandwidth.start_probe(base::Bitrate::kbps(40'000), now)) probe = cluster->id;
    GREENROOM_ASSERT(bandwidth.estimate() >= limits.minimum && bandwidth.estimate() <= limits.maximum);
    GREENROOM_ASSERT(bandwidth.loss() >= 0 && bandwidth.loss() <= 1);
    GREENROOM_ASSERT(quality.score() >= 0 && quality.score() <= 10 && quality.loss() <= 1);
  }
  return 0;
}

#include "rtc/twcc.hpp"

#include <gtest/gtest.h>

namespace greenroom::rtc {
namespace {
using namespace std::chrono_literals;

// What one end writes, the other reads.
TEST(Twcc, ArrivalsComeBackAsSamples) {
  ArrivalLog arrivals;
  SendLog sent;
  base::Instant now{1000s};
  for (int i = 0; i < 1000; ++i) {
    const auto seq = sent.next();
    sent.add({std::uint32_t(i + 1), 0}, now);
    if (i % 10 != 3) arrivals.add(seq, now + 30ms);
    now += 2ms;
  }
  std::size_t received = 0, lost = 0, next = 0;
  while (!arrivals.empty()) {
    std::array<std::uint8_t, 1400> buffer;
    base::ByteWriter writer(buffer);
    ASSERT_TRUE(arrivals.write(writer, {1}, {2}));
    wire::RtcpReader reader(writer.written());
    const auto packet = reader.next();
    ASSERT_TRUE(packet && std::holds_alternative<wire::TransportFeedback>(*packet));
    std::vector<SentSample> samples;
    sent.match(std::get<wire::TransportFeedback>(*packet), samples);
    for (const auto& sample : samples) {
      EXPECT_EQ(sample.size, ++next);
      ++(sample.arrival ? received : lost);
    }
  }
  EXPECT_EQ(received, 900u);
  EXPECT_EQ(lost, 100u);
}

TEST(Twcc, AReportIsCountedOnce) {
  ArrivalLog arrivals;
  SendLog sent;
  base::Instant now{1000s};
  sent.add({100, 0}, now);
  arrivals.add({0}, now);
  std::array<std::uint8_t, 1400> buffer;
  base::ByteWriter writer(buffer);
  ASSERT_TRUE(arrivals.write(writer, {1}, {2}));
  EXPECT_TRUE(arrivals.empty());
  const auto packet = *wire::RtcpReader(writer.written()).next();
  const auto& feedback = std::get<wire::TransportFeedback>(packet);
  std::vector<SentSample> samples;
  sent.match(feedback, samples);
  EXPECT_EQ(samples.size(), 1u);
  sent.match(feedback, samples);
  EXPECT_EQ(samples.size(), 1u);
}

}  // namespace
}  // namespace greenroom::rtc

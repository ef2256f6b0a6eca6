#include "rtc/keyframe_requests.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/rng.hpp"

namespace greenroom::rtc {
namespace {
using namespace std::chrono_literals;

constexpr base::Instant start{1000s};

TEST(KeyframeRequests, ManyWantsAreOneRequest) {
  KeyframeRequests requests;
  for (int i = 0; i < 300; ++i) requests.request();
  EXPECT_TRUE(requests.due(start));
  EXPECT_FALSE(requests.due(start + 1ms));
  requests.arrived(start + 50ms);
  EXPECT_FALSE(requests.due(start + 5s)) << "answered";
}

TEST(KeyframeRequests, IsRepeatedWhenUnansweredNotBeforeARoundTrip) {
  KeyframeRequests requests;
  requests.request();
  EXPECT_TRUE(requests.due(start, 600ms));
  EXPECT_FALSE(requests.due(start + 800ms, 600ms));
  EXPECT_TRUE(requests.due(start + 900ms, 600ms));
}

TEST(KeyframeRequests, ALossBeforeThePictureOnItsWayNeedsNoOther) {
  KeyframeRequests requests;
  requests.request();
  EXPECT_TRUE(requests.due(start));
  requests.arrived(start + 50ms);
  requests.request(start + 100ms, 80ms);
  EXPECT_FALSE(requests.due(start + 3s));
  requests.request(start + 200ms, 80ms);
  EXPECT_TRUE(requests.due(start + 3s));
}

TEST(KeyframeRequests, OneASecondAtMostWhoeverAsksWheneverAnswered) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::SeededRng rng(seed);
    KeyframeRequests requests;
    std::vector<base::Instant> asked;
    for (auto now = start; now < start + 60s; now += 5ms) {
      if (rng.below(3) == 0) requests.request(now, std::chrono::milliseconds(rng.below(300)));
      if (rng.below(40) == 0) requests.arrived(now);
      if (requests.due(now, std::chrono::milliseconds(rng.below(250)))) asked.push_back(now);
    }
    EXPECT_LE(asked.size(), 60u + KeyframeRequests::burst);
    EXPECT_GE(asked.size(), 50u);
    for (std::size_t i = 1; i < asked.size(); ++i) EXPECT_GE(asked[i] - asked[i - 1], 300ms);
  }
}

}  // namespace
}  // namespace greenroom::rtc

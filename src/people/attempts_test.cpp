#include "people/attempts.hpp"

#include <gtest/gtest.h>

namespace greenroom::people {
namespace {

TEST(Attempts, AreCountedInAWindow) {
  Attempts attempts({.failures_max = 3, .window = std::chrono::minutes(1), .keys_max = 4});
  base::WallTime now = base::wall_from_micros(0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(attempts.wait("a", now));
    attempts.failed("a", now);
    now += std::chrono::seconds(10);
  }
  EXPECT_EQ(attempts.wait("a", now), std::chrono::seconds(30));
  EXPECT_FALSE(attempts.wait("b", now));
  now += std::chrono::seconds(31);
  EXPECT_FALSE(attempts.wait("a", now));  // the first has left the window
  attempts.failed("a", now);
  EXPECT_TRUE(attempts.wait("a", now));
  attempts.succeeded("a");
  EXPECT_FALSE(attempts.wait("a", now));
  for (int i = 0; i < 1'000; ++i) attempts.failed(std::to_string(i), now);  // the bound holds
  EXPECT_FALSE(attempts.wait("0", now));
}

}  // namespace
}  // namespace greenroom::people

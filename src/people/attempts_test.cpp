#include "people/attempts.hpp"

#include <gtest/gtest.h>

namespace greenroom::people {
namespace {

TEST(Attempts, AreCountedInAWindow) {
  Attempts attempts({.failures_max = 3, .window = std::chrono::minutes(1), .keys_max = 4});
  base::WallTime now = base::wall_from_micros(0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(attempts.allowed("a", now));
    attempts.failed("a", now);
    now += std::chrono::seconds(10);
  }
  EXPECT_FALSE(attempts.allowed("a", now));
  EXPECT_TRUE(attempts.allowed("b", now));
  now += std::chrono::seconds(31);
  EXPECT_TRUE(attempts.allowed("a", now));  // the first has left the window
  attempts.failed("a", now);
  EXPECT_FALSE(attempts.allowed("a", now));
  attempts.succeeded("a");
  EXPECT_TRUE(attempts.allowed("a", now));
  for (int i = 0; i < 1'000; ++i) attempts.failed(std::to_string(i), now);  // the bound holds
  EXPECT_TRUE(attempts.allowed("0", now));
}

}  // namespace
}  // namespace greenroom::people

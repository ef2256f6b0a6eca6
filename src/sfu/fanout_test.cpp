#include "sfu/fanout.hpp"

#include <gtest/gtest.h>

namespace greenroom::sfu {
namespace {
using namespace std::chrono_literals;
constexpr base::Instant burst_at{1000s};
constexpr bool ends = true, goes_on = false;

TEST(Fanout, AWholePictureGoesAtOnce) {
  Fanout fanout;
  fanout.add({{1}, 0}, goes_on, burst_at);
  EXPECT_GT(fanout.due_at(500), burst_at);
  fanout.add({{2}, 0}, ends, burst_at + 30us);
  EXPECT_EQ(fanout.due_at(500), burst_at);
}

TEST(Fanout, TheRestOfAPictureIsWaitedForAsLongAsOnePacketTakesToSend) {
  Fanout fanout;
  fanout.add({{1}, 0}, goes_on, burst_at);
  EXPECT_EQ(fanout.due_at(3), burst_at + gather_shortest);
  EXPECT_EQ(fanout.due_at(200), burst_at + 400us);
  EXPECT_EQ(fanout.due_at(4000), burst_at + gather_longest);
}

TEST(Fanout, TheEndOfOneEncodingsPictureIsNotTheOthers) {
  Fanout fanout;
  fanout.add({{1}, 0}, goes_on, burst_at);
  fanout.add({{1}, 2}, ends, burst_at);
  EXPECT_GT(fanout.due_at(500), burst_at);
  fanout.add({{2}, 0}, ends, burst_at + 10us);
  EXPECT_EQ(fanout.due_at(500), burst_at);
}

TEST(Fanout, ARoundThatHasBegunWaitsForNothing) {
  Fanout fanout;
  fanout.add({{1}, 0}, ends, burst_at);
  fanout.begin_round();
  fanout.end_turn();
  fanout.add({{2}, 0}, goes_on, burst_at + 1ms);
  EXPECT_LE(fanout.due_at(500), burst_at + 1ms);
  EXPECT_EQ(fanout.round().size(), 1u);
  fanout.end_round();
  EXPECT_EQ(fanout.due_at(500), burst_at + 2ms);
  fanout.begin_round();
  EXPECT_EQ(fanout.round().front().seq, wire::ExtSeq{2});
}

}  // namespace
}  // namespace greenroom::sfu

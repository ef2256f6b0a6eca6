#include "sfu/fanout.hpp"

#include <gtest/gtest.h>

namespace greenroom::sfu {
namespace {
using namespace std::chrono_literals;
constexpr base::Instant start{1000s};
constexpr bool ends = true, goes_on = false;

TEST(Fanout, AWholePictureGoesAtOnce) {
  Fanout fanout;
  fanout.add({{1}, 0}, goes_on, start);
  EXPECT_GT(fanout.due_at(500), start);
  fanout.add({{2}, 0}, ends, start + 30us);
  EXPECT_EQ(fanout.due_at(500), start);
}

TEST(Fanout, TheRestOfAPictureIsWaitedForAsLongAsOnePacketTakesToSend) {
  Fanout fanout;
  fanout.add({{1}, 0}, goes_on, start);
  EXPECT_EQ(fanout.due_at(3), start + gather_shortest);
  EXPECT_EQ(fanout.due_at(200), start + 400us);
  EXPECT_EQ(fanout.due_at(4000), start + gather_longest);
}

TEST(Fanout, TheEndOfOneEncodingsPictureIsNotTheOthers) {
  Fanout fanout;
  fanout.add({{1}, 0}, goes_on, start);
  fanout.add({{1}, 2}, ends, start);
  EXPECT_GT(fanout.due_at(500), start);
  fanout.add({{2}, 0}, ends, start + 10us);
  EXPECT_EQ(fanout.due_at(500), start);
}

TEST(Fanout, ARoundThatHasBegunWaitsForNothing) {
  Fanout fanout;
  fanout.add({{1}, 0}, ends, start);
  fanout.begin_round();
  fanout.end_turn();
  fanout.add({{2}, 0}, goes_on, start + 1ms);
  EXPECT_LE(fanout.due_at(500), start + 1ms);
  EXPECT_EQ(fanout.round().size(), 1u);
  fanout.end_round();
  EXPECT_EQ(fanout.due_at(500), start + 2ms);
  fanout.begin_round();
  EXPECT_EQ(fanout.round().front().seq, wire::ExtSeq{2});
}

}  // namespace
}  // namespace greenroom::sfu

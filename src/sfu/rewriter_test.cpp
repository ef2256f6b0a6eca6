#include "sfu/rewriter.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/rng.hpp"

namespace greenroom::sfu {
namespace {

wire::PictureMark vp8(std::uint16_t picture, std::uint8_t tl0) {
  wire::PictureMark mark;
  mark.numbers = {picture, tl0};
  mark.picture_id_at = 2, mark.tl0_at = 4;
  mark.closes_up = true;
  return mark;
}

class RewriterTest : public testing::Test {
 protected:
  Rewriter::Incoming at(std::uint64_t seq, std::uint32_t time = 0) { return {{seq}, {time}, {}}; }
  Rewriter rewriter{128};
};

TEST_F(RewriterTest, NumbersGoOnWithoutHolesWhenPacketsAreSkipped) {
  rewriter.switch_to(0, at(100), 0);
  EXPECT_EQ(rewriter.place(at(100))->seq.value, 0);
  rewriter.skip(at(101));
  rewriter.skip(at(102));
  EXPECT_EQ(rewriter.place(at(103))->seq.value, 1);
}

TEST_F(RewriterTest, KeepsTheNumberOfALatePacketFree) {
  rewriter.switch_to(0, at(100), 0);
  rewriter.place(at(100));
  EXPECT_EQ(rewriter.place(at(103))->seq.value, 3);
  rewriter.skip(at(104));
  EXPECT_EQ(rewriter.place(at(105))->seq.value, 4);
  EXPECT_EQ(rewriter.place(at(101))->seq.value, 1);
  EXPECT_FALSE(rewriter.place(at(101))) << "placed twice";
}

TEST_F(RewriterTest, SwitchContinuesNumbersTimeAndPictures) {
  const auto low = vp8(500, 7), high = vp8(9000, 200);
  rewriter.switch_to(0, {{100}, {1000}, low}, 0);
  rewriter.place({{100}, {1000}, low});
  rewriter.switch_to(1, {{7000}, {50'000}, high}, 4000 - 50'000);
  const auto placed = *rewriter.place({{7000}, {50'000}, high});
  EXPECT_EQ(placed.seq.value, 1);
  EXPECT_EQ(placed.time.value, 4000u);
  EXPECT_EQ(placed.picture.picture_id, 501);
  EXPECT_EQ(placed.picture.tl0, 8);
  EXPECT_FALSE(rewriter.place(at(6999))) << "from before the switch";
}

TEST_F(RewriterTest, TimeNeverGoesBackOverASwitch) {
  rewriter.switch_to(0, at(100, 90'000), 0);
  const auto before = *rewriter.place(at(100, 90'000));
  rewriter.switch_to(1, at(5, 10), 0);
  const auto after = *rewriter.place(at(5, 10));
  EXPECT_GT(distance(after.time, before.time), 0);
}

TEST_F(RewriterTest, SkippedPicturesCloseUpOncePerPicture) {
  const auto a = vp8(10, 1), b = vp8(11, 1), c = vp8(12, 2);
  rewriter.switch_to(0, {{100}, {0}, a}, 0);
  rewriter.place({{100}, {0}, a});
  rewriter.skip({{101}, {1}, b});
  rewriter.skip({{102}, {1}, b});
  const auto placed = *rewriter.place({{103}, {2}, c});
  EXPECT_EQ(placed.picture.picture_id, 11);
  EXPECT_EQ(placed.seq.value, 1);
}

TEST_F(RewriterTest, RemembersWhereAPacketCameFrom) {
  rewriter.switch_to(2, at(100), 0);
  rewriter.place(at(100));
  rewriter.skip(at(101));
  const auto sent = *rewriter.place(at(102, 77));
  const auto origin = *rewriter.origin(sent.seq);
  EXPECT_EQ(origin.source, 2);
  EXPECT_EQ(origin.seq.value, 102u);
  EXPECT_EQ(origin.placement.time.value, 77u);
  EXPECT_FALSE(rewriter.origin({40'000}));
}

// Whatever is skipped, lost, late or switched: a number is used once, and numbers rise with what is sent in order.
TEST_F(RewriterTest, NoNumberIsEverUsedTwice) {
  base::SeededRng rng(5);
  Rewriter r(256);
  std::set<std::uint64_t> used;
  std::uint64_t in = 0x10000;
  wire::SeqUnwrapper out;
  std::vector<std::uint64_t> late;
  r.switch_to(0, at(in), 0);
  for (int i = 0; i < 20'000; ++i) {
    const auto dice = rng.below(20);
    if (dice == 0) {
      in += 1 + rng.below(3);
      late.push_back(in - 1);
    } else if (dice == 1) {
      r.skip(at(in++));
    } else if (dice == 2 && !late.empty()) {
      if (const auto placed = r.place(at(late.back()))) {
        EXPECT_TRUE(used.insert(out.unwrap(placed->seq).value).second);
      }
      late.pop_back();
    } else if (dice == 3 && rng.below(50) == 0) {
      in = 0x10000 + rng.below(1 << 20);
      r.switch_to(std::uint8_t(rng.below(3)), at(in), 0);
      late.clear();
    } else if (const auto placed = r.place(at(in++))) {
      EXPECT_TRUE(used.insert(out.unwrap(placed->seq).value).second);
    }
  }
  EXPECT_GT(used.size(), 15'000u);
}

TEST_F(RewriterTest, AStreamGoesOnWhereAnotherEnded) {
  rewriter.switch_to(0, {{100}, {5'000}, vp8(40, 7)}, 0);
  const auto last = *rewriter.place({{100}, {5'000}, vp8(40, 7)});
  Rewriter next{128};
  next.go_on_from(rewriter.end(), 9'000);
  next.switch_to(0, {{60'000}, {4'000'000'000}, vp8(2'000, 99)}, 0);
  const auto first = *next.place({{60'000}, {4'000'000'000}, vp8(2'000, 99)});
  EXPECT_EQ(first.seq.value, last.seq.value + 1);
  EXPECT_EQ(distance(first.time, last.time), 9'000);
  EXPECT_EQ(first.picture.picture_id, last.picture.picture_id + 1);
  EXPECT_EQ(first.picture.tl0, last.picture.tl0 + 1);
  EXPECT_FALSE(next.origin(last.seq)) << "what went before is not its own to repeat";

  // Its other layers are on the same time line.
  next.switch_to(1, {{7}, {4'000'003'000 - 500}, vp8(9, 9)}, 500);
  EXPECT_EQ(distance(next.place({{7}, {4'000'003'000 - 500}, vp8(9, 9)})->time, first.time), 3'000);
}

TEST_F(RewriterTest, AStreamThatNeverBeganIsBegunByTheNext) {
  Rewriter next{128};
  next.go_on_from(rewriter.end(), 9'000);
  next.switch_to(0, at(100, 5'000), 0);
  EXPECT_EQ(next.place(at(100, 5'000))->seq.value, 0);
}

}  // namespace
}  // namespace greenroom::sfu

#include "wire/av1.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace greenroom::wire {
namespace {

using base::Bytes;

struct Elements {
  bool whole = false;
  std::vector<Bytes> list;
};
Elements elements(const Bytes& payload) {
  Elements e;
  e.whole = for_each_obu_element(payload, [&](base::ByteView v) { e.list.emplace_back(v.begin(), v.end()); });
  return e;
}

TEST(Av1, ReadsTheAggregationHeader) {
  const auto a = Av1Aggregation::parse(Bytes{0xE0, 1});
  EXPECT_TRUE(a->continues && a->unfinished);
  EXPECT_EQ(a->count, 2);
  EXPECT_FALSE(a->new_sequence);
  EXPECT_FALSE(Av1Aggregation::parse({}));
  EXPECT_FALSE(Av1Aggregation::parse(Bytes{0x88})) << "a new sequence goes on with nothing";
}

TEST(Av1, ADecoderBeginsAtANewSequence) {
  EXPECT_TRUE(is_av1_keyframe(Bytes{0x18, 0x0A}));
  EXPECT_FALSE(is_av1_keyframe(Bytes{0x10, 0x0A}));
  EXPECT_FALSE(is_av1_keyframe(Bytes{0x18}));
}

TEST(Av1, ElementsHaveLengthsButTheLastWhereTheyAreCounted) {
  const auto counted = elements({0x20, 0x02, 0xAA, 0xBB, 0xCC});
  EXPECT_TRUE(counted.whole);
  EXPECT_EQ(counted.list, (std::vector<Bytes>{{0xAA, 0xBB}, {0xCC}}));
  const auto lengths = elements({0x00, 0x01, 0xAA, 0x02, 0xBB, 0xCC});
  EXPECT_TRUE(lengths.whole);
  EXPECT_EQ(lengths.list, (std::vector<Bytes>{{0xAA}, {0xBB, 0xCC}}));
  EXPECT_FALSE(elements({0x00, 0x05, 0xAA}).whole) << "longer than the packet";
  EXPECT_FALSE(elements({0x00, 0x80}).whole) << "a length without an end";
}

TEST(Av1, Leb128ThereAndBack) {
  for (const std::uint64_t value : {0ULL, 127ULL, 128ULL, 300ULL, 70'000ULL, (1ULL << 56) - 1}) {
    Bytes bytes;
    write_leb128(bytes, value);
    base::ByteReader in(bytes);
    EXPECT_EQ(read_leb128(in), value);
    EXPECT_EQ(in.left(), 0U);
  }
}

TEST(Av1, ReadsTheSizeInASequenceHeader) {
  // Profile 0, not still, not reduced; no timing, no delays; one point of level 4; 10 and 9 bits: 639, 359.
  //  000 0 0 | 0 0 00000 | 000000000000 00100 | 1001 1000 | 1001111111 101100111
  const Bytes exact = {0x08, 0x00, 0x00, 0x00, 0x24, 0xC4, 0xFF, 0x67};
  const auto size = av1_sequence_size(exact);
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, (FrameSize{640, 360}));
  EXPECT_FALSE(av1_sequence_size(base::ByteView(exact).first(7)));
  EXPECT_FALSE(av1_sequence_size(Bytes{0x32, 0x00})) << "a frame";
}

}  // namespace
}  // namespace greenroom::wire

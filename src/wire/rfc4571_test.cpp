#include "wire/rfc4571.hpp"

#include <gmock/gmock.h>

#include "base/rng.hpp"

namespace greenroom::wire {
namespace {

using testing::ElementsAre;

struct Reading {
  bool read(base::Bytes bytes) {
    return reader.read(bytes, [&](base::ByteSpan frame) { frames.emplace_back(frame.begin(), frame.end()); });
  }
  FrameReader reader;
  std::vector<base::Bytes> frames;
};

TEST(Rfc4571, WholeFramesAreReadInPlaceAndNothingIsKept) {
  Reading r;
  EXPECT_TRUE(r.read({0, 2, 7, 8, 0, 0, 0, 1, 9}));
  EXPECT_THAT(r.frames, ElementsAre(base::Bytes{7, 8}, base::Bytes{9}));
  EXPECT_EQ(r.reader.held(), 0u);
}

TEST(Rfc4571, AFrameMayComeByteByByte) {
  Reading r;
  for (const std::uint8_t byte : base::Bytes{0, 3, 1, 2, 3, 0, 0, 0, 1, 4}) EXPECT_TRUE(r.read({byte}));
  EXPECT_THAT(r.frames, ElementsAre(base::Bytes{1, 2, 3}, base::Bytes{4}));
  EXPECT_EQ(r.reader.held(), 0u);
}

TEST(Rfc4571, WhatIsTooLongEndsTheStreamWhereverItIsCut) {
  EXPECT_FALSE(Reading{}.read({0x08, 0x01, 0}));
  Reading r;
  EXPECT_TRUE(r.read({0, 1, 5, 0xff}));
  EXPECT_FALSE(r.read({0xff}));
  EXPECT_FALSE(r.read({0, 1, 5}));
  EXPECT_THAT(r.frames, ElementsAre(base::Bytes{5}));
}

TEST(Rfc4571, HowTheStreamIsCutDoesNotMatter) {
  base::SeededRng rng(4571);
  base::Bytes stream;
  std::vector<base::Bytes> sent;
  for (int i = 0; i < 200; ++i) {
    sent.emplace_back(1 + rng.below(FrameReader::frame_limit), std::uint8_t(i));
    stream.push_back(std::uint8_t(sent.back().size() >> 8));
    stream.push_back(std::uint8_t(sent.back().size()));
    stream.insert(stream.end(), sent.back().begin(), sent.back().end());
  }
  Reading r;
  for (std::size_t at = 0; at < stream.size();) {
    const auto size = std::min<std::size_t>(1 + rng.below(5000), stream.size() - at);
    ASSERT_TRUE(r.read({stream.begin() + std::ptrdiff_t(at), stream.begin() + std::ptrdiff_t(at + size)}));
    ASSERT_LE(r.reader.held(), FrameReader::length_size + FrameReader::frame_limit);
    at += size;
  }
  EXPECT_EQ(r.frames, sent);
}

}  // namespace
}  // namespace greenroom::wire

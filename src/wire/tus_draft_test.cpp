#include "wire/tus_draft.hpp"

#include <gtest/gtest.h>

namespace greenroom::wire {
namespace {

TEST(TusDraft, FieldsAreStructured) {
  const auto fields = parse_draft({"8", "?1", "70", " 100 ;a=b"});
  EXPECT_EQ(fields.interop, 8u);
  EXPECT_EQ(fields.complete, true);
  EXPECT_EQ(fields.offset, 70u);
  EXPECT_EQ(fields.length, 100u);
  EXPECT_EQ(parse_draft({{}, "?0", {}, {}}).complete, false);
}

TEST(TusDraft, WhatIsNoItemCountsAsAbsent) {
  for (std::string_view bad : {"", "-1", "1.0", "\"1\"", "1, 2", "1234567890123456", "x"})
    EXPECT_EQ(parse_draft({{}, {}, bad, {}}).offset, std::nullopt) << bad;
  for (std::string_view bad : {"", "1", "?2", "true", "?1, ?1"})
    EXPECT_EQ(parse_draft({{}, bad, {}, {}}).complete, std::nullopt) << bad;
  EXPECT_EQ(parse_draft({{}, {}, "123456789012345", {}}).offset, 123456789012345u);
}

TEST(TusDraft, WhoSpeaksIt) {
  EXPECT_FALSE(parse_draft({}).spoken());
  EXPECT_TRUE(parse_draft({{}, "?1", {}, {}}).spoken());
  EXPECT_FALSE(parse_draft({{}, "?1", {}, {}}).knows_interim());
  EXPECT_FALSE(parse_draft({"3", "?1", {}, {}}).spoken());  // Upload-Incomplete
  for (std::string_view version : {"4", "5", "6", "7", "8"}) {
    EXPECT_TRUE(parse_draft({version, {}, {}, {}}).spoken()) << version;
    EXPECT_TRUE(parse_draft({version, {}, {}, {}}).knows_interim()) << version;
    EXPECT_EQ(parse_draft({version, {}, {}, {}}).appends_typed(), version >= "6") << version;
  }
  EXPECT_TRUE(parse_draft({"9", {}, {}, {}}).spoken());
  EXPECT_FALSE(parse_draft({"9", {}, {}, {}}).knows_interim());
}

TEST(TusDraft, Limits) {
  EXPECT_EQ(print_draft_limits({1'000, {}}), "max-size=1000");
  EXPECT_EQ(print_draft_limits({1'000, 60}), "max-size=1000, max-age=60");
}

}  // namespace
}  // namespace greenroom::wire

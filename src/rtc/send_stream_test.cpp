#include "rtc/send_stream.hpp"

#include <gtest/gtest.h>

namespace greenroom::rtc {
namespace {

TEST(SendStream, WhatEachPacketNeedsIsAtHand) {
  const SendStream stream({});
  const auto end_of = [&](const auto& member) {
    return std::size_t(reinterpret_cast<const char*>(&member + 1) - reinterpret_cast<const char*>(&stream));
  };
  const auto& plan = stream.plan();
  EXPECT_LE(end_of(plan.ssrc), SendStream::at_hand);
  EXPECT_LE(end_of(plan.red_payload_type), SendStream::at_hand);
  EXPECT_LE(end_of(plan.extensions), SendStream::at_hand);
  EXPECT_LE(end_of(plan.mid), SendStream::at_hand);
}

}  // namespace
}  // namespace greenroom::rtc

#include "rtc/outbox.hpp"

#include <gtest/gtest.h>

namespace greenroom::rtc {
namespace {

const auto alice = base::Address::v4(10, 0, 0, 1, 1), bob = base::Address::v4(10, 0, 0, 2, 2);

void put(Outbox& out, const base::Address& to, std::size_t size, std::uint8_t value = 0) {
  const auto buffer = out.begin();
  std::fill_n(buffer.begin(), size, value);
  out.commit(to, size);
}

std::vector<std::pair<std::size_t, std::size_t>> runs_of(Outbox& out) {  // bytes and segment of each
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for (Run run; out.poll(run);) runs.emplace_back(run.bytes.size(), run.segment);
  return runs;
}

using Runs = std::vector<std::pair<std::size_t, std::size_t>>;

TEST(Outbox, EqualDatagramsToOneDestinationAreOneRunWhichAShorterOneEnds) {
  Outbox out;
  for (const std::size_t size : {1200, 1200, 700, 1200}) put(out, alice, size);
  put(out, bob, 1200);
  put(out, bob, 1201);
  EXPECT_EQ(runs_of(out), (Runs{{3100, 1200}, {1200, 1200}, {1200, 1200}, {1201, 1201}}));
}

TEST(Outbox, ARunHasAsManyDatagramsAsTheKernelTakes) {
  Outbox out;
  for (std::size_t i = 0; i < max_run_datagrams + 1; ++i) put(out, alice, 10, std::uint8_t(i));
  rtc::Run run;
  ASSERT_TRUE(out.poll(run));
  std::size_t count = 0;
  run.for_each([&](base::ByteView datagram) {
    EXPECT_EQ(datagram.size(), 10u);
    EXPECT_EQ(datagram[0], count++);
  });
  EXPECT_EQ(count, max_run_datagrams);
  EXPECT_EQ(runs_of(out), (Runs{{10, 10}}));
}

TEST(Outbox, WhatWasPolledIsNotAddedTo) {
  Outbox out;
  put(out, alice, 100);
  rtc::Run run;
  ASSERT_TRUE(out.poll(run));
  put(out, alice, 100);
  EXPECT_EQ(run.bytes.size(), 100u);
  EXPECT_EQ(runs_of(out), (Runs{{100, 100}}));
}

TEST(Outbox, ATurnEndsWhenAllIsPolled) {
  Outbox out;
  for (std::size_t bytes = 0; bytes < outbox_turn; bytes += 1000) {
    EXPECT_FALSE(out.has_a_turn());
    put(out, alice, 1000);
  }
  EXPECT_TRUE(out.has_a_turn());
  runs_of(out);
  EXPECT_FALSE(out.has_a_turn());
}

TEST(Outbox, IsBounded) {
  Outbox out;
  for (std::size_t i = 0; i < max_outbox_datagrams; ++i) put(out, alice, 1);
  EXPECT_TRUE(out.begin().empty());
  EXPECT_EQ(out.overflows(), 1u);
  runs_of(out);
  EXPECT_FALSE(out.begin().empty());
}

}  // namespace
}  // namespace greenroom::rtc

#include "base/record_ring.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/rng.hpp"

namespace greenroom::base {
namespace {

bool write(RecordRing& ring, std::size_t size, std::uint8_t mark) {
  const auto room = ring.reserve(size);
  if (room.empty()) return false;
  std::memset(room.data(), mark, room.size());
  ring.commit();
  return true;
}

TEST(RecordRing, GivesBackWhatWasWrittenInOrder) {
  RecordRing ring(256);
  EXPECT_TRUE(ring.front().empty());
  ASSERT_TRUE(write(ring, 3, 1));
  ASSERT_TRUE(write(ring, 100, 2));
  EXPECT_EQ(ring.front().size(), 3u);
  ring.pop();
  ASSERT_EQ(ring.front().size(), 100u);
  EXPECT_EQ(ring.front()[99], 2);
  ring.pop();
  EXPECT_TRUE(ring.front().empty());
}

TEST(RecordRing, RefusesWhatDoesNotFitAndGoesOn) {
  RecordRing ring(256);
  EXPECT_FALSE(write(ring, 200, 1)) << "longer than half";
  int fitted = 0;
  while (write(ring, 40, std::uint8_t(fitted))) ++fitted;
  EXPECT_EQ(fitted, 5);  // 48 bytes each
  EXPECT_EQ(ring.front()[0], 0);
  ring.pop();
  EXPECT_TRUE(write(ring, 40, 5));
  for (int i = 1; i <= fitted; ++i) {
    ASSERT_EQ(ring.front().size(), 40u);
    EXPECT_EQ(ring.front()[0], i);
    ring.pop();
  }
  EXPECT_TRUE(ring.front().empty());
}

// What was reserved and not committed was never there.
TEST(RecordRing, AReservationIsNoRecord) {
  RecordRing ring(256);
  ASSERT_FALSE(ring.reserve(16).empty());
  EXPECT_TRUE(ring.front().empty());
  ASSERT_TRUE(write(ring, 16, 7));
  EXPECT_EQ(ring.front()[0], 7);
}

TEST(RecordRing, TwoThreadsOfEverySize) {
  RecordRing ring(4096);
  constexpr std::uint32_t records = 100'000;
  std::thread writer([&] {
    SeededRng rng(1);
    for (std::uint32_t i = 0; i < records; ++i) {
      const auto size = 4 + rng.below(1500);
      ByteSpan room;
      while ((room = ring.reserve(size)).empty()) std::this_thread::yield();
      std::memset(room.data(), int(i & 0xff), room.size());
      std::memcpy(room.data(), &i, sizeof i);
      ring.commit();
    }
  });
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < records; ++i) {
    ByteView record;
    while ((record = ring.front()).empty()) std::this_thread::yield();
    std::uint32_t number = 0;
    std::memcpy(&number, record.data(), sizeof number);
    if (number != i || (record.size() > 4 && record.back() != (i & 0xff))) ++wrong;
    ring.pop();
  }
  writer.join();
  EXPECT_EQ(wrong, 0u);
}

}  // namespace
}  // namespace greenroom::base

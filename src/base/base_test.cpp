#include <thread>

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/mailbox.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "base/units.hpp"

namespace greenroom::base {
namespace {

TEST(Time, PrintsAndParsesRfc3339) {
  const auto t = parse_rfc3339("2026-01-31T09:30:00.125Z");
  ASSERT_TRUE(t);
  EXPECT_EQ(to_rfc3339(*t), "2026-01-31T09:30:00.125Z");
  EXPECT_EQ(*parse_rfc3339("2026-01-31T10:30:00.125+01:00"), *t);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T09:30:00",
                           "2026-01-31T09:30:00.Z", "2026-01-31T09:30:00Zx", "2026/01/31T09:30:00Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Id, RoundTripsSortsByTimeAndSaysItsVersion) {
  struct Tag;
  SeededRng rng(1);
  const auto a = Id<Tag>::make(wall_from_micros(1'000'000), rng);
  const auto b = Id<Tag>::make(wall_from_micros(2'000'000), rng);
  EXPECT_LT(a, b);
  EXPECT_EQ(*Id<Tag>::parse(a.str()), a);
  EXPECT_EQ(a.str()[14], '7');
  EXPECT_FALSE(Id<Tag>::parse("0190163d-8694-739b-aea5-966c26f8ad9"));
  EXPECT_FALSE(Id<Tag>::parse("0190163d-8694-739b-aea5-966c26f8adzz"));
}

TEST(Bytes, ReaderNeverPassesTheEnd) {
  const Bytes data{1, 2, 3};
  ByteReader reader(data);
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.left(), 0u);
}

TEST(Bytes, WriterWritesWhatReaderReads) {
  Bytes out(32);
  ByteWriter writer(out);
  writer.u8(1), writer.u16(2), writer.u24(3), writer.u32(4), writer.u64(5), writer.bytes(as_bytes("ab"));
  ASSERT_TRUE(writer.ok());
  ByteReader reader(writer.written());
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 2);
  EXPECT_EQ(reader.u24(), 3u);
  EXPECT_EQ(reader.u32(), 4u);
  EXPECT_EQ(reader.u64(), 5u);
  EXPECT_EQ(as_text(reader.rest()), "ab");
  writer.zeros(100);
  EXPECT_FALSE(writer.ok());
}

TEST(Mailbox, RefusesWhenFullAndCountsIt) {
  Mailbox<int> box(4);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(box.push(int(i)));
  EXPECT_FALSE(box.push(4));
  EXPECT_EQ(box.refused(), 1u);
  EXPECT_EQ(box.pop(), 0);
  EXPECT_TRUE(box.push(5));
}

TEST(Mailbox, KeepsEverySendersOrder) {
  Mailbox<std::pair<int, int>> box(64);
  constexpr int senders = 3, each = 5'000;
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s)
    threads.emplace_back([&, s] {
      for (int i = 0; i < each; ++i)
        while (!box.push({s, i})) std::this_thread::yield();
    });
  std::array<int, senders> next{};
  for (int got = 0; got < senders * each;)
    if (auto value = box.pop()) {
      ASSERT_EQ(value->second, next[std::size_t(value->first)]++);
      ++got;
    }
  for (auto& t : threads) t.join();
}

TEST(Units, BitrateAndBytesAgree) {
  EXPECT_EQ(Bitrate::of({125'000}, std::chrono::seconds(1)), Bitrate::kbps(1000));
  EXPECT_EQ(Bitrate::kbps(1000).bytes_in(std::chrono::milliseconds(8)).value, 1000u);
}

TEST(LogLimit, LetsOneLineASecondThroughAndSaysHowMany) {
  LogLimit limit;
  const Instant start{};
  EXPECT_EQ(limit.due(start), 1u);
  EXPECT_EQ(limit.due(start + std::chrono::milliseconds(10)), 0u);
  EXPECT_EQ(limit.due(start + std::chrono::milliseconds(1001)), 2u);
}

}  // namespace
}  // namespace greenroom::base

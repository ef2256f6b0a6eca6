#include "api/realtime/packet_log.hpp"

#include <gtest/gtest.h>

namespace greenroom::api::realtime {
namespace {

constexpr base::Instant start{std::chrono::seconds(1000)};

SentPacketPtr packet(std::string text) { return std::make_shared<SentPacket>(SentPacket{std::move(text), {}}); }

std::string texts(const std::optional<std::vector<SentPacketPtr>>& packets) {
  if (!packets) return "lost";
  std::string all;
  for (const auto& one : *packets) all += one->text;
  return all;
}

TEST(PacketLog, GivesWhatCameAfterAnOffset) {
  PacketLog log;
  for (std::uint64_t i = 1; i <= 5; ++i) log.add(i * 10, packet(std::string(1, char('a' + i - 1))), start);
  EXPECT_EQ(texts(log.after(0)), "abcde");
  EXPECT_EQ(texts(log.after(20)), "cde");
  EXPECT_EQ(texts(log.after(25)), "cde");
  EXPECT_EQ(texts(log.after(50)), "");
}

TEST(PacketLog, KeepsNoMoreThanItsBounds) {
  PacketLog many, large;
  for (std::uint64_t i = 1; i <= PacketLog::packets_max + 10; ++i) many.add(i, packet("x"), start);
  EXPECT_EQ(many.size(), PacketLog::packets_max);
  EXPECT_EQ(texts(many.after(9)), "lost");
  EXPECT_EQ(texts(many.after(10)).size(), PacketLog::packets_max);
  for (std::uint64_t i = 1; i <= 5; ++i) large.add(i, packet(std::string(100'000, 'x')), start);
  EXPECT_LE(large.bytes(), PacketLog::bytes_max);
  EXPECT_EQ(large.size(), 2u);
  large.add(6, packet(std::string(PacketLog::bytes_max + 1, 'x')), start);
  EXPECT_EQ(large.bytes(), 0u);
  EXPECT_EQ(texts(large.after(5)), "lost");
  EXPECT_EQ(texts(large.after(6)), "");
}

TEST(PacketLog, ForgetsWhatHasArrived) {
  PacketLog log;
  log.add(1, packet("old"), start);
  log.add(2, packet("new"), start + std::chrono::seconds(50));
  log.drop_before(start + std::chrono::seconds(10));
  EXPECT_EQ(texts(log.after(0)), "lost");
  EXPECT_EQ(texts(log.after(1)), "new");
  EXPECT_EQ(log.bytes(), 3u);
}

}  // namespace
}  // namespace greenroom::api::realtime

#include "record/log.hpp"

namespace greenroom::record {
namespace {

const TrackHeader header{"take", "track", "anna", "mic", "audio", "audio/opus", 48'000, 2, base::wall_from_micros(123)};
const base::Bytes rtp(200, 0x5A);

std::vector<LogRecord> records() {
  return {header, LoggedPacket{base::wall_from_micros(1'000), rtp},
          LoggedSenderReport{base::wall_from_micros(2'000), 0x0123456789ABCDEF, 960},
          LoggedPacket{base::wall_from_micros(3'000), rtp}, LoggedEnd{base::wall_from_micros(4'000)}};
}

base::Bytes whole_log(std::vector<std::size_t>* ends = nullptr) {
  base::Bytes log;
  write_log_start(log);
  for (const auto& record : records()) {
    write_log_record(record, log);
    if (ends) ends->push_back(log.size());
  }
  return log;
}

std::size_t count(LogReader& reader) {
  std::size_t n = 0;
  while (reader.next()) ++n;
  return n;
}

TEST(Log, WhatWasWrittenIsRead) {
  const auto log = whole_log();
  LogReader reader(log);
  ASSERT_TRUE(reader.valid());
  EXPECT_EQ(std::get<TrackHeader>(*reader.next()), header);
  const auto packet = std::get<LoggedPacket>(*reader.next());
  EXPECT_EQ(base::to_micros(packet.arrival), 1'000);
  EXPECT_EQ(base::Bytes(packet.rtp.begin(), packet.rtp.end()), rtp);
  EXPECT_EQ(std::get<LoggedSenderReport>(*reader.next()).ntp, 0x0123456789ABCDEFu);
  EXPECT_EQ(count(reader), 2u);
  EXPECT_FALSE(reader.torn());
}

TEST(Log, EveryPrefixIsValidUpToItsLastWholeRecord) {
  std::vector<std::size_t> ends;
  const auto log = whole_log(&ends);
  for (std::size_t size = 5; size <= log.size(); ++size) {
    LogReader reader(base::ByteView(log).first(size));
    const auto whole = std::size_t(std::count_if(ends.begin(), ends.end(), [&](auto end) { return end <= size; }));
    EXPECT_EQ(count(reader), whole) << size;
    EXPECT_EQ(reader.valid_bytes(), whole ? ends[whole - 1] : 5u);
  }
}

TEST(Log, ADamagedRecordEndsTheLog) {
  std::vector<std::size_t> ends;
  auto log = whole_log(&ends);
  log[ends[1] + 12] ^= 1;
  LogReader reader(log);
  EXPECT_EQ(count(reader), 2u);
  EXPECT_TRUE(reader.torn());
}

TEST(Log, OtherFilesAreNoLogs) {
  EXPECT_FALSE(LogReader({}).valid());
  EXPECT_FALSE(LogReader(base::as_bytes("RIFF....WAVE")).valid());
}

}  // namespace
}  // namespace greenroom::record

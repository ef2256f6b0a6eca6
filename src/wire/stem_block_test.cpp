#include "wire/stem_block.hpp"

#include <cmath>

namespace greenroom::wire {
namespace {

base::Bytes tone_payload(std::uint32_t frames, std::uint64_t first) {
  std::vector<float> samples;
  for (std::uint32_t i = 0; i < frames; ++i) samples.push_back(0.5f * float(std::sin(double(first + i) * 0.05)));
  base::Bytes payload;
  encode_s24(samples, payload);
  return payload;
}

base::Bytes stem_of(int blocks, std::uint32_t frames = 960) {
  base::Bytes file;
  for (int i = 0; i < blocks; ++i) {
    StemBlockHeader header{
        .frames = frames, .first_frame = std::uint64_t(i) * frames, .captured_at_ms = 1.7e12 + i * 20.125};
    write_stem_block(header, tone_payload(frames, header.first_frame), file);
  }
  return file;
}

struct Tally {
  std::vector<std::uint64_t> firsts;
  std::vector<StemFault> faults;
};

Tally read_in_pieces(base::ByteView file, std::size_t piece) {
  StemBlockReader reader;
  Tally tally;
  for (std::size_t at = 0; at < file.size(); at += piece) {
    reader.append(file.subspan(at, std::min(piece, file.size() - at)));
    while (auto item = reader.next()) {
      if (auto* block = std::get_if<StemBlock>(&*item)) tally.firsts.push_back(block->header.first_frame);
      if (auto* fault = std::get_if<StemFault>(&*item)) tally.faults.push_back(*fault);
    }
  }
  return tally;
}

TEST(StemBlock, HeaderHasTheContractsLayout) {
  base::Bytes file;
  write_stem_block(
      {.channels = 1, .sample_rate = 48'000, .frames = 2, .first_frame = 0x0102030405060708, .captured_at_ms = 1.5},
      base::Bytes{1, 2, 3, 4, 5, 6}, file);
  ASSERT_EQ(file.size(), 46u);
  EXPECT_EQ(base::as_text(base::ByteView(file).first(4)), "GRPB");
  EXPECT_EQ(file[4], 1);
  EXPECT_EQ(file[5], 1);
  EXPECT_EQ(file[8], 0x80);  // 48000 = 0xBB80
  EXPECT_EQ(file[9], 0xBB);
  EXPECT_EQ(file[12], 2);
  EXPECT_EQ(file[16], 0x08);
  EXPECT_EQ(file[31], 0x3F);  // 1.5 = 0x3FF8000000000000
  EXPECT_EQ(file[30], 0xF8);
  EXPECT_EQ(file[32], 6);
}

TEST(StemBlock, ReadsTheSameWhateverThePieces) {
  const auto file = stem_of(5);
  for (std::size_t piece : {std::size_t(1), std::size_t(39), std::size_t(4096), file.size()}) {
    const auto tally = read_in_pieces(file, piece);
    EXPECT_THAT(tally.firsts, testing::ElementsAre(0, 960, 1920, 2880, 3840)) << piece;
    EXPECT_TRUE(tally.faults.empty());
  }
}

TEST(StemBlock, TornLastBlockIsNotThereYet) {
  auto file = stem_of(3);
  file.resize(file.size() - 1);
  const auto tally = read_in_pieces(file, 1000);
  EXPECT_THAT(tally.firsts, testing::ElementsAre(0, 960));
  EXPECT_TRUE(tally.faults.empty());
}

TEST(StemBlock, FlippedBitIsLocatedAndOnlyThatBlockIsLost) {
  auto file = stem_of(3);
  const std::size_t block = file.size() / 3;
  file[block + 500] ^= 4;
  const auto tally = read_in_pieces(file, 777);
  EXPECT_THAT(tally.firsts, testing::ElementsAre(0, 1920));
  ASSERT_EQ(tally.faults.size(), 1u);
  EXPECT_EQ(tally.faults[0].kind, StemFaultKind::checksum);
  EXPECT_EQ(tally.faults[0].offset, block);
  EXPECT_EQ(tally.faults[0].length, block);
}

TEST(StemBlock, GarbageBetweenBlocksIsSkipped) {
  auto file = stem_of(1);
  const std::size_t first = file.size();
  file.insert(file.end(), 123, 0xAA);
  const auto tail = stem_of(1);
  file.insert(file.end(), tail.begin(), tail.end());
  const auto tally = read_in_pieces(file, file.size());
  EXPECT_THAT(tally.firsts, testing::ElementsAre(0, 0));
  ASSERT_EQ(tally.faults.size(), 1u);
  EXPECT_EQ(tally.faults[0].offset, first);
  EXPECT_EQ(tally.faults[0].length, 123u);
}

TEST(StemBlock, HeaderThatContradictsItselfIsRefused) {
  auto file = stem_of(1);
  file[5] = 2;  // two channels, but a payload for one
  const auto tally = read_in_pieces(file, file.size());
  EXPECT_TRUE(tally.firsts.empty());
  ASSERT_FALSE(tally.faults.empty());
  EXPECT_EQ(tally.faults[0].kind, StemFaultKind::bad_header);
}

TEST(StemBlock, SamplesSurviveTheRoundTrip) {
  const std::vector<float> samples{0, 0.5f, -0.5f, -1, 1, 1e-6f};
  base::Bytes payload;
  encode_s24(samples, payload);
  std::vector<float> back(samples.size());
  decode_s24(payload, back);
  for (std::size_t i = 0; i < samples.size(); ++i) EXPECT_NEAR(back[i], samples[i], 0x1p-23);
}

}  // namespace
}  // namespace greenroom::wire

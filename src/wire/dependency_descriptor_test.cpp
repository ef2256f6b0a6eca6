#include "wire/dependency_descriptor.hpp"

#include <gtest/gtest.h>

#include "wire/bit_reader.hpp"

namespace greenroom::wire {
namespace {

using base::Bytes;

// "1 0110" -> bytes, the rest of the last one zero.
Bytes bits(std::string_view text) {
  Bytes out;
  std::size_t count = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    if (count++ % 8 == 0) out.push_back(0);
    if (c == '1') out.back() |= std::uint8_t(0x80 >> ((count - 1) % 8));
  }
  return out;
}

// Two spatial layers as browsers send them (L2T1): four templates, two targets, two chains, with sizes.
const std::string structure_bits =
    "000000 00001 "                                // offset, targets - 1
    "00 10 00 11 "                                 // S0, S0, S1, S1
    "10 11  10 10  00 10  00 10 "                  // SR SS -S -S
    "1 0001 0  0  1 0001 1 0000 0  1 0000 0 "      // -2; none; -2 -1; -1
    "11 0 1 "                                      // two chains, one a target
    "0010 0001  0000 0000  0001 0001  0001 0001 "  // their distances
    "1 0000000100111111 0000000010110011 "         // 320x180
    "0000001001111111 0000000101100111";           // 640x360
const Bytes key_frame = bits("1 1 000001 0000000000000111 1 0 0 0 0 " + structure_bits);

TEST(DependencyDescriptor, ReadsAStructureWithItsFrame) {
  DependencyReader reader;
  const auto mark = reader.read(key_frame);
  ASSERT_TRUE(mark);
  EXPECT_TRUE(mark->starts && mark->ends && mark->structured);
  EXPECT_EQ(mark->frame_number, 7);
  EXPECT_EQ(mark->layer, LayerId{});
  EXPECT_EQ(mark->references, References{});
  EXPECT_EQ(mark->indications[0], Indication::switch_point);
  EXPECT_EQ(mark->indications[1], Indication::switch_point);
  EXPECT_EQ(mark->active_targets, 3U);
  const auto& s = *reader.structure();
  EXPECT_EQ(s.template_count, 4);
  EXPECT_EQ(s.target_count, 2);
  EXPECT_EQ(s.chain_count, 2);
  EXPECT_EQ(s.highest, (LayerId{1, 0}));
  EXPECT_EQ(s.targets[0], (LayerId{0, 0}));
  EXPECT_EQ(s.targets[1], (LayerId{1, 0}));
  EXPECT_EQ(s.sizes[0], (FrameSize{320, 180}));
  EXPECT_EQ(s.sizes[1], (FrameSize{640, 360}));
}

TEST(DependencyDescriptor, LaterPacketsReferToTheTemplates) {
  DependencyReader reader;
  EXPECT_FALSE(reader.read(bits("1 1 000010 0000000000001000"))) << "no structure yet";
  reader.read(key_frame);
  const auto mark = reader.read(bits("1 0 000010 0000000000001000"));
  ASSERT_TRUE(mark);
  EXPECT_FALSE(mark->ends || mark->structured);
  EXPECT_EQ(mark->layer, (LayerId{1, 0}));
  EXPECT_EQ(mark->indications[0], Indication::absent);
  EXPECT_EQ(mark->references.mask, 0b11U);
  EXPECT_FALSE(reader.read(bits("1 1 000100 0000000000001001"))) << "no such template";
}

TEST(DependencyDescriptor, TemplateIdsMayBeginAnywhere) {
  DependencyReader reader;
  auto shifted = "111110" + structure_bits.substr(6);
  const auto mark = reader.read(bits("1 1 000001 0000000000000111 1 0 0 0 0 " + shifted));
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->references.mask, 0b1U) << "the fourth: 62, 63, 0, 1";
}

TEST(DependencyDescriptor, CustomValuesReplaceTheTemplates) {
  DependencyReader reader;
  reader.read(key_frame);
  // Active targets, indications, references and chains of its own: 01; "-D"; distances 3 (4 bits), 40 (8 bits), 300
  // (12 bits); chains.
  const auto mark = reader.read(
      bits("1 1 000000 0000000000001001 0 1 1 1 1  01  00 01  01 0010 10 00100111 11 000100101011 00  00000001 "
           "00000010"));
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->active_targets, 1U);
  EXPECT_EQ(mark->indications[1], Indication::discardable);
  EXPECT_EQ(mark->references.mask, (1ULL << 2) | (1ULL << 39));
  EXPECT_TRUE(mark->references.farther);
  EXPECT_EQ(reader.read(bits("1 1 000000 0000000000001010"))->active_targets, 1U) << "until said otherwise";
  EXPECT_EQ(reader.read(key_frame)->active_targets, 3U);
}

TEST(DependencyDescriptor, EveryCutIsRefusedAndChangesNothing) {
  DependencyReader reader;
  for (std::size_t size = 0; size < key_frame.size(); ++size) {
    EXPECT_FALSE(reader.read(base::ByteView(key_frame).first(size))) << size;
    EXPECT_FALSE(reader.structure());
  }
}

TEST(DependencyDescriptor, TheFrameNumberIsWrittenInPlace) {
  Bytes value = key_frame;
  EXPECT_TRUE(set_frame_number(value, 0xABCD));
  DependencyReader reader;
  EXPECT_EQ(reader.read(value)->frame_number, 0xABCD);
  EXPECT_FALSE(set_frame_number(base::ByteSpan(value).first(2), 1));
}

TEST(BitReader, ValuesBelowANumberTakeAsFewBitsAsTheyNeed) {
  const auto read = [](std::string_view text, std::uint32_t n) {
    const auto bytes = bits(text);
    return BitReader(bytes).below(n);
  };
  EXPECT_EQ(read("0", 3), 0U);
  EXPECT_EQ(read("10", 3), 1U);
  EXPECT_EQ(read("11", 3), 2U);
  EXPECT_EQ(read("1", 2), 1U);
  EXPECT_EQ(read("0", 1), 0U);
}

}  // namespace
}  // namespace greenroom::wire

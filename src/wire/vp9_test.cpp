#include "wire/vp9.hpp"

#include <gtest/gtest.h>

#include "wire/picture_mark.hpp"

namespace greenroom::wire {
namespace {

using base::Bytes;

// Not flexible, with everything: I L B V; picture id 0x1234 of 15 bits; TID 2 U SID 1 D; TL0PICIDX 0x56; SS of three
// layers with sizes and a pattern of two pictures, the second with one reference.
const Bytes full_descriptor = {0xAA, 0x92, 0x34, 0x53, 0x56, 0x58, 0x00, 0xA0, 0x00, 0x5A, 0x01, 0x40,
                               0x00, 0xB4, 0x02, 0x80, 0x01, 0x68, 0x02, 0x00, 0x34, 0x01, 0xEE};

TEST(Vp9, ReadsAFullDescriptor) {
  const auto d = Vp9Descriptor::parse(full_descriptor);
  ASSERT_TRUE(d);
  EXPECT_FALSE(d->predicted || d->flexible || d->ends || d->not_for_upper);
  EXPECT_TRUE(d->begins && d->layered && d->switch_up && d->inter_layer && d->long_picture_id);
  EXPECT_EQ(d->picture_id, 0x1234);
  EXPECT_EQ(d->temporal, 2);
  EXPECT_EQ(d->spatial, 1);
  EXPECT_EQ(d->tl0_picture_index, 0x56);
  ASSERT_TRUE(d->structure);
  EXPECT_EQ(d->structure->spatial_layers, 3);
  EXPECT_EQ(d->structure->sizes[0], (FrameSize{160, 90}));
  EXPECT_EQ(d->structure->sizes[2], (FrameSize{640, 360}));
  EXPECT_EQ(d->structure->pattern_pictures, 2);
  EXPECT_EQ(d->size, full_descriptor.size() - 1);
}

TEST(Vp9, EveryCutOfTheDescriptorIsRefused) {
  for (std::size_t size = 0; size + 1 < full_descriptor.size(); ++size) {
    EXPECT_FALSE(Vp9Descriptor::parse(base::ByteView(full_descriptor).first(size))) << size;
  }
}

TEST(Vp9, FlexibleListsItsReferences) {
  // I P L F E; picture id 5 of 7 bits; TID 1 SID 0; references 1 and 3 pictures before. No TL0PICIDX.
  const auto d = Vp9Descriptor::parse(Bytes{0xF4, 0x05, 0x20, 0x03, 0x06, 0x00});
  ASSERT_TRUE(d);
  EXPECT_TRUE(d->predicted && d->flexible && d->ends);
  EXPECT_FALSE(d->long_picture_id || d->tl0_picture_index);
  EXPECT_EQ(d->picture_id, 5);
  EXPECT_EQ(d->reference_count, 2);
  EXPECT_EQ(d->references[0], 1);
  EXPECT_EQ(d->references[1], 3);
  EXPECT_EQ(d->size, 5);
  EXPECT_FALSE(Vp9Descriptor::parse(Bytes{0xF4, 0x05, 0x20, 0x03, 0x03, 0x03, 0x02, 0x00})) << "four references";
}

struct KeyCase {
  const char* name;
  Bytes payload;
  bool key;
};
TEST(Vp9, KnowsWhereADecoderCanBegin) {
  const KeyCase cases[] = {
      {"lowest layer, not predicted", {0x28, 0x00, 0x00}, true},
      {"without layers", {0x08}, true},
      {"a middle packet", {0x20, 0x00, 0x00}, false},
      {"predicted", {0x68, 0x00, 0x00}, false},
      {"an upper layer of a key picture", {0x28, 0x03, 0x00}, false},
      {"nothing", {}, false},
  };
  for (const auto& c : cases) EXPECT_EQ(is_vp9_keyframe(c.payload), c.key) << c.name;
}

TEST(Vp9, ItsMarkIsPatchedInPlace) {
  Bytes payload = full_descriptor;
  const auto mark = mark_of(*Vp9Descriptor::parse(payload));
  EXPECT_EQ(mark.numbers, (PictureNumbers{0x1234, 0x56}));
  EXPECT_EQ(mark.spatial, 1);
  EXPECT_EQ(mark.temporal, 2);
  EXPECT_TRUE(mark.layered && mark.starts && mark.switch_up);
  EXPECT_FALSE(mark.closes_up || mark.predicted || mark.ends);
  EXPECT_EQ(mark.head, 5) << "the counters, not the structure behind them";
  patch_picture(base::ByteSpan(payload).first(mark.head), mark, {0xFFFE, 0x99});
  const auto patched = Vp9Descriptor::parse(payload);
  EXPECT_EQ(patched->picture_id, 0x7FFE);
  EXPECT_EQ(patched->tl0_picture_index, 0x99);
  EXPECT_EQ(patched->structure->sizes[2], (FrameSize{640, 360}));
}

TEST(Vp9, ReadsTheSizeOfAKeyFrame) {
  // Profile 0: marker 10, profile 00, existing 0, key 0, show 1, resilient 0; sync code; color space 001, range 0;
  // 639 and 359 in 16 bits each, four bits off the byte boundary.
  const Bytes frame = {0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xF0, 0x16, 0x70};
  EXPECT_EQ(vp9_coded_size(frame), (FrameSize{640, 360}));
  EXPECT_FALSE(vp9_coded_size(base::ByteView(frame).first(8)));
  Bytes inter = frame;
  inter[0] = 0x86;
  EXPECT_FALSE(vp9_coded_size(inter));
}

}  // namespace
}  // namespace greenroom::wire

#include "wire/crc32.hpp"
#include "wire/h264.hpp"
#include "wire/picture_mark.hpp"
#include "wire/vp8.hpp"

namespace greenroom::wire {
namespace {

using base::Bytes;

// Extended, all fields: S, PID 0; I L T K; picture id 0x1234 (15 bits), TL0 0x56, TID 2 Y 1 KEYIDX 7; then a key frame
// of 640x360.
const Bytes vp8_key_frame = {0x90, 0xF0, 0x92, 0x34, 0x56, 0xA7, 0x10, 0x02, 0x00,
                             0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01, 0xFF};

TEST(Vp8, ReadsAFullDescriptor) {
  const auto d = Vp8Descriptor::parse(vp8_key_frame);
  ASSERT_TRUE(d);
  EXPECT_TRUE(d->starts_frame());
  EXPECT_FALSE(d->non_reference);
  EXPECT_EQ(d->picture_id, 0x1234);
  EXPECT_TRUE(d->long_picture_id);
  EXPECT_EQ(d->tl0_picture_index, 0x56);
  EXPECT_EQ(d->temporal_layer, 2);
  EXPECT_TRUE(d->layer_sync);
  EXPECT_EQ(d->key_index, 7);
  EXPECT_EQ(d->size, 6);
}

TEST(Vp8, ReadsAShortDescriptor) {
  const auto d = Vp8Descriptor::parse(Bytes{0x30, 0x01});
  ASSERT_TRUE(d);
  EXPECT_TRUE(d->non_reference);
  EXPECT_EQ(d->size, 1);
  EXPECT_FALSE(d->picture_id);
  EXPECT_FALSE(d->temporal_layer);
}

TEST(Vp8, ReadsASevenBitPictureId) {
  const auto d = Vp8Descriptor::parse(Bytes{0x90, 0x80, 0x11, 0x00});
  EXPECT_EQ(d->picture_id, 0x11);
  EXPECT_FALSE(d->long_picture_id);
  EXPECT_EQ(d->size, 3);
}

TEST(Vp8, EveryCutOfTheDescriptorIsRefused) {
  for (std::size_t size = 0; size < 6; ++size)
    EXPECT_FALSE(Vp8Descriptor::parse(base::ByteView(vp8_key_frame).first(size))) << size;
  EXPECT_TRUE(Vp8Descriptor::parse(base::ByteView(vp8_key_frame).first(6)));
  EXPECT_FALSE(is_vp8_keyframe(base::ByteView(vp8_key_frame).first(6)));
}

TEST(Vp8, KnowsKeyFramesAndTheirSize) {
  EXPECT_TRUE(is_vp8_keyframe(vp8_key_frame));
  EXPECT_EQ(vp8_frame_size(vp8_key_frame), (FrameSize{640, 360}));
  Bytes delta = vp8_key_frame;
  delta[6] |= 1;
  EXPECT_FALSE(is_vp8_keyframe(delta));
  EXPECT_FALSE(vp8_frame_size(delta));
  Bytes continued = vp8_key_frame;
  continued[0] = 0x80;
  EXPECT_FALSE(is_vp8_keyframe(continued));
  Bytes second_partition = vp8_key_frame;
  second_partition[0] = 0x91;
  EXPECT_FALSE(is_vp8_keyframe(second_partition));
  EXPECT_FALSE(vp8_frame_size(base::ByteView(vp8_key_frame).first(15)));
}

TEST(Vp8, PatchesInPlace) {
  Bytes payload = vp8_key_frame;
  const auto d = *Vp8Descriptor::parse(payload);
  patch_picture(payload, mark_of(d), {0x7FFE, 0x99});
  const auto patched = *Vp8Descriptor::parse(payload);
  EXPECT_EQ(patched.picture_id, 0x7FFE);
  EXPECT_EQ(patched.tl0_picture_index, 0x99);
  EXPECT_EQ(patched.size, d.size);
  EXPECT_EQ(patched.temporal_layer, 2);
}

TEST(Vp8, AShortPictureIdStaysShort) {
  Bytes payload = {0x90, 0x80, 0x11, 0x00};
  patch_picture(payload, mark_of(*Vp8Descriptor::parse(payload)), {0x1FF, 0x99});
  EXPECT_EQ(payload, (Bytes{0x90, 0x80, 0x7F, 0x00}));
}

TEST(H264, SingleUnits) {
  EXPECT_TRUE(is_h264_keyframe(Bytes{0x67, 1}));
  EXPECT_TRUE(is_h264_keyframe(Bytes{0x65, 1}));
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x41, 1}));
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x68, 1}));
  EXPECT_TRUE(summarize_h264(Bytes{0x41, 1}).other_slice);
  EXPECT_FALSE(is_h264_keyframe({}));
}

TEST(H264, Aggregates) {
  const Bytes stap = {0x78, 0, 2, 0x67, 1, 0, 1, 0x68};
  EXPECT_TRUE(is_h264_keyframe(stap));
  EXPECT_TRUE(summarize_h264(stap).pps);
  EXPECT_FALSE(summarize_h264(stap).idr);
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x78, 0, 9, 0x67, 1})) << "a unit longer than the packet";
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x78, 0, 0, 0, 0}));
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x78}));
}

TEST(H264, FragmentsCountAtTheirStart) {
  EXPECT_TRUE(is_h264_keyframe(Bytes{0x7C, 0x85, 1}));
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x7C, 0x05, 1}));
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x7C, 0x81, 1}));
  EXPECT_FALSE(is_h264_keyframe(Bytes{0x7C}));
}

TEST(Crc32, CheckValueAndPieces) {
  EXPECT_EQ(crc32(base::as_bytes("123456789")), 0xCBF43926U);
  EXPECT_EQ(crc32(base::as_bytes("6789"), crc32(base::as_bytes("12345"))), 0xCBF43926U);
  EXPECT_EQ(crc32({}), 0U);
}

}  // namespace
}  // namespace greenroom::wire

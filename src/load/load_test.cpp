// What the generator's figures rest on: stamps that survive, gaps that are counted, parameters that another server's
// shapes give, medians and percentiles.
#include <gtest/gtest.h>

#include "load/payload.hpp"
#include "load/report.hpp"
#include "load/shape.hpp"
#include "load/signaling.hpp"
#include "load/stream.hpp"
#include "load/tally.hpp"
#include "rtc/capabilities.hpp"
#include "wire/picture_mark.hpp"
#include "wire/vp8.hpp"

namespace greenroom::load {
namespace {

TEST(Payload, LooksLikeVp8AndKeepsItsStamp) {
  base::Bytes payload(600);
  write_payload(payload, {wire::MediaKind::video, true, true, 0x1234});
  const Stamp stamp{base::wall_from_micros(1'700'000'000'123'456), 77};
  write_stamp(payload, stamp);
  const auto descriptor = wire::Vp8Descriptor::parse(payload);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->picture_id, 0x1234);
  EXPECT_TRUE(wire::is_vp8_keyframe(payload));
  EXPECT_EQ(wire::vp8_frame_size(payload), (wire::FrameSize{640, 360}));
  wire::patch_picture(payload, wire::mark_of(*descriptor), {.picture_id = 7});
  EXPECT_EQ(read_stamp(payload)->sent, stamp.sent);
  EXPECT_EQ(read_stamp(payload)->number, 77u);
}

TEST(Payload, OnlyTheFirstPacketOfAKeyFrameIsOne) {
  base::Bytes payload(100);
  write_payload(payload, {wire::MediaKind::video, true, false, 1});
  EXPECT_FALSE(wire::is_vp8_keyframe(payload));
  write_payload(payload, {wire::MediaKind::video, false, true, 1});
  EXPECT_FALSE(wire::is_vp8_keyframe(payload));
  EXPECT_FALSE(read_stamp(payload));
}

TEST(Stream, TakesOpusAndVp8FromWhatARouterOffers) {
  const auto device = device_capabilities(rtc::router_capabilities());
  for (const auto& codec : *device.codecs) EXPECT_NE(codec.mime_type, "video/H264");
  const auto parameters = sending_parameters(device, wire::MediaKind::video, "1", 1000);
  ASSERT_TRUE(parameters);
  const auto numbers = numbers_of(wire::MediaKind::video, *parameters);
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->ssrc, 1000u);
  EXPECT_EQ(numbers->rtx_ssrc, 1001u);
  EXPECT_NE(numbers->rtx_payload_type, 0);
  EXPECT_NE(numbers->transport_wide_id, 0);
  EXPECT_EQ(numbers->mid, "1");
}

TEST(Stream, RefusesParametersWithoutASender) {
  EXPECT_FALSE(numbers_of(wire::MediaKind::audio, {}));
  EXPECT_FALSE(sending_parameters({std::vector<wire::RtpCodecCapability>{}, {}}, wire::MediaKind::audio, "0", 1));
}

TEST(Shape, CountsItsConsumers) {
  EXPECT_EQ(fanout({}, 50, 10).streams, 50u);
  const auto full = rooms(10, 10, 10);
  EXPECT_EQ(full.plans.size(), 100u);
  EXPECT_EQ(full.streams, 10u * 10 * 9 * 2);
}

TEST(Report, TakesEachFiguresOwnMedian) {
  std::vector<Figures> runs(3);
  runs[0].cpu_us_per_packet = 3, runs[1].cpu_us_per_packet = 1, runs[2].cpu_us_per_packet = 2;
  runs[0].lost = 5;
  for (auto& run : runs) run.shape = "fanout-50";
  const auto middle = median(runs);
  EXPECT_EQ(middle.cpu_us_per_packet, 2);
  EXPECT_EQ(middle.lost, 0);
  EXPECT_EQ(middle.shape, "fanout-50");
}

TEST(Distribution, StaysBoundedAndTrue) {
  Distribution values;
  for (std::uint32_t i = 0; i < 5'000'000; ++i) values.add(i % 1000);
  EXPECT_EQ(values.count(), 5'000'000u);
  EXPECT_NEAR(values.percentile(0.5), 500, 10);
  EXPECT_NEAR(values.percentile(0.99), 990, 10);
}

TEST(ServerUrl, IsAnAddressAndAPort) {
  const auto place = parse_server_url("http://localhost:4000/");
  ASSERT_TRUE(place);
  EXPECT_EQ(base::to_string(place->address), "127.0.0.1:4000");
  EXPECT_EQ(place->host, "localhost:4000");
  EXPECT_FALSE(parse_server_url("ftp://localhost"));
  EXPECT_FALSE(parse_server_url("http://localhost:port"));
}

}  // namespace
}  // namespace greenroom::load

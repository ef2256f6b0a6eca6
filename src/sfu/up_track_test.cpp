#include "sfu/up_track.hpp"

#include <gtest/gtest.h>

namespace greenroom::sfu {
namespace {

constexpr base::Instant first_packet{std::chrono::seconds(1000)};

rtc::ProducerPlan vp9(bool key_dependent) {
  rtc::ProducerPlan plan;
  plan.kind = wire::MediaKind::video;
  plan.codec = rtc::Codec::vp9;
  plan.spatial_layers = 2;
  plan.key_dependent = key_dependent;
  plan.clock_rate = 90000;
  plan.encodings.resize(1);
  return plan;
}

// A second of pictures of two spatial layers, one packet each (RFC 9628 §4.2: I L F B E and the layers).
void send_pictures(UpTrack& track, std::size_t lower, std::size_t upper) {
  wire::ExtSeq seq{0x10000};
  for (int i = 0; i < 30; ++i) {
    for (int spatial = 0; spatial < 2; ++spatial) {
      base::Bytes payload{0xBC, 0x00, std::uint8_t(spatial << 1)};
      payload.resize(spatial == 0 ? lower : upper);
      base::Bytes packet(2000);
      packet.resize(
          wire::write_rtp(packet, {{96}, spatial == 1, seq.seq(), {std::uint32_t(i) * 3000}, {7}}, {}, payload));
      track.store({{}, 0, seq, false, false, *wire::RtpView::parse(packet)},
                  first_packet + i * std::chrono::milliseconds(33));
      seq = seq + 1;
    }
  }
}

TEST(UpTrack, LayersOfOneStreamHaveRatesOfTheirOwn) {
  UpTrack track({}, {}, vp9(false), {});
  send_pictures(track, 200, 800);
  const auto now = first_packet + std::chrono::milliseconds(970);
  EXPECT_EQ(track.layers(), 2U);
  EXPECT_TRUE(track.active(0, now) && track.active(1, now));
  EXPECT_NEAR(double(track.bitrate(0, now).bps), 30 * 212 * 8, 8000);
  EXPECT_NEAR(double(track.bitrate(1, now).bps), 30 * (212 + 812) * 8, 30'000) << "with what it needs";
}

TEST(UpTrack, AHigherLayerIsAStepUpHoweverLittleItCosts) {
  UpTrack track({}, {}, vp9(true), {});
  send_pictures(track, 500, 100);
  const auto now = first_packet + std::chrono::milliseconds(970);
  EXPECT_GT(track.bitrate(1, now), track.bitrate(0, now));
}

TEST(UpTrack, AnUpperLayerThatIsLeftOutIsNoticedSoon) {
  UpTrack track({}, {}, vp9(false), {});
  send_pictures(track, 200, 800);
  wire::ExtSeq seq{0x10100};
  base::Bytes packet(500);
  packet.resize(wire::write_rtp(packet, {{96}, true, seq.seq(), {900'000}, {7}}, {}, base::Bytes{0xBC, 0x00, 0x00, 0}));
  const auto now = first_packet + std::chrono::milliseconds(1700);
  track.store({{}, 0, seq, false, false, *wire::RtpView::parse(packet)}, now);
  EXPECT_TRUE(track.active(0, now));
  EXPECT_FALSE(track.active(1, now));
}

}  // namespace
}  // namespace greenroom::sfu

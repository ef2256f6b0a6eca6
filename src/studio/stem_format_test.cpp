#include "studio/stem_format.hpp"

#include "studio/attempts.hpp"

namespace greenroom::studio {
namespace {

TEST(StemFormat, EverySourceHasItsTypes) {
  EXPECT_TRUE(stem_type_allowed(Source::mic, "audio/x-greenroom-pcm"));
  EXPECT_TRUE(stem_type_allowed(Source::camera, "video/webm;codecs=vp8"));
  EXPECT_TRUE(stem_type_allowed(Source::screen, "Video/WebM; codecs=\"vp9\""));
  EXPECT_TRUE(stem_type_allowed(Source::camera, "video/x-matroska;codecs=avc1"));
  EXPECT_FALSE(stem_type_allowed(Source::mic, "video/webm"));
  EXPECT_FALSE(stem_type_allowed(Source::camera, "audio/x-greenroom-pcm"));
  EXPECT_FALSE(stem_type_allowed(Source::camera, "text/plain"));
  EXPECT_FALSE(stem_type_allowed(Source::camera, ""));
}

TEST(StemFormat, FirstBytesTell) {
  const auto begins = [](std::string_view type, std::string_view head) {
    return may_begin(type, base::as_bytes(head));
  };
  EXPECT_TRUE(begins("audio/x-greenroom-pcm", "GRPB\x01"));
  EXPECT_TRUE(begins("audio/x-greenroom-pcm", "GR"));
  EXPECT_TRUE(begins("audio/x-greenroom-pcm", ""));
  EXPECT_FALSE(begins("audio/x-greenroom-pcm", "RIFF"));
  EXPECT_FALSE(begins("audio/x-greenroom-pcm", "GRX"));
  EXPECT_TRUE(begins("video/webm;codecs=vp8", "\x1A\x45\xDF\xA3\x01"));
  EXPECT_FALSE(begins("video/webm;codecs=vp8", "hello, I am a text"));
  EXPECT_TRUE(begins("text/plain", "anything"));
}

TEST(Attempts, AreCountedInAWindow) {
  Attempts attempts({.failures_max = 3, .window = std::chrono::minutes(1), .keys_max = 4});
  base::WallTime now = base::wall_from_micros(0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(attempts.allowed("a", now));
    attempts.failed("a", now);
    now += std::chrono::seconds(10);
  }
  EXPECT_FALSE(attempts.allowed("a", now));
  EXPECT_TRUE(attempts.allowed("b", now));
  now += std::chrono::seconds(31);
  EXPECT_TRUE(attempts.allowed("a", now));  // the first has left the window
  attempts.failed("a", now);
  EXPECT_FALSE(attempts.allowed("a", now));
  attempts.succeeded("a");
  EXPECT_TRUE(attempts.allowed("a", now));
  for (int i = 0; i < 1'000; ++i) attempts.failed(std::to_string(i), now);  // the bound holds
  EXPECT_TRUE(attempts.allowed("0", now));
}

}  // namespace
}  // namespace greenroom::studio

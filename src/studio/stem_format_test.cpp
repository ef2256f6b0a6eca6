#include "studio/stem_format.hpp"

namespace greenroom::studio {
namespace {

TEST(StemFormat, EverySourceHasItsTypes) {
  EXPECT_TRUE(stem_type_allowed(Source::mic, "audio/x-greenroom-pcm"));
  EXPECT_TRUE(stem_type_allowed(Source::raw_mic, "audio/x-greenroom-pcm"));
  EXPECT_TRUE(stem_type_allowed(Source::camera, "video/webm;codecs=vp8"));
  EXPECT_TRUE(stem_type_allowed(Source::screen, "Video/WebM; codecs=\"vp9\""));
  EXPECT_TRUE(stem_type_allowed(Source::camera, "video/x-matroska;codecs=avc1"));
  EXPECT_TRUE(stem_type_allowed(Source::camera, "video/mp4;codecs=avc1.42E01F"));
  EXPECT_FALSE(stem_type_allowed(Source::mic, "video/webm"));
  EXPECT_FALSE(stem_type_allowed(Source::mic, "video/mp4"));
  EXPECT_FALSE(stem_type_allowed(Source::raw_mic, "video/webm"));
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
  EXPECT_TRUE(begins("video/mp4;codecs=avc1", std::string_view("\x00\x00\x00\x20"
                                                               "ftypiso5",
                                                               12)));
  EXPECT_TRUE(begins("video/mp4", std::string_view("\x00\x00\x00", 3)));
  EXPECT_FALSE(begins("video/mp4", "hello, I am a text"));
  EXPECT_TRUE(begins("text/plain", "anything"));
}

}  // namespace
}  // namespace greenroom::studio

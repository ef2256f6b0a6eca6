#include "wire/sdp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "wire/test_offers.hpp"

namespace greenroom::wire::sdp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

std::string why_not(const std::string& text) {
  const auto parsed = parse(text);
  return parsed ? "it parses" : parsed.error().what;
}

TEST(Sdp, ReadsTheOffersOfEveryStackAndWritesThemStably) {
  for (const auto& [name, offer] : test_offers()) {
    SCOPED_TRACE(name);
    const auto parsed = parse(offer);
    ASSERT_TRUE(parsed) << parsed.error().what;
    const auto text = print(*parsed);
    const auto again = parse(text);
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(*again, *parsed);
    EXPECT_EQ(print(*again), text);
  }
}

TEST(Sdp, NamesWhatChromiumOffers) {
  const auto parsed = *parse(test_offer("chromium_simulcast"));
  ASSERT_EQ(parsed.sections.size(), 2u);
  EXPECT_THAT(parsed.groups, ElementsAre(Group{"BUNDLE", {"0", "1"}}));
  EXPECT_TRUE(parsed.extmap_allow_mixed);
  const auto& video = parsed.sections[1];
  EXPECT_EQ(video.mid, "1");
  EXPECT_EQ(video.setup, Setup::actpass);
  EXPECT_EQ(video.direction, Direction::sendonly);
  EXPECT_TRUE(video.rtcp_mux);
  EXPECT_EQ(video.maps[0], (RtpMap{96, "VP8", 90000, {}}));
  EXPECT_EQ(video.format_parameters[0], (Format{97, {{"apt", "96"}}}));
  EXPECT_THAT(video.feedback, testing::Contains(Feedback{std::uint8_t(96), "nack", "pli"}));
  ASSERT_TRUE(video.simulcast);
  EXPECT_THAT(video.simulcast->send, ElementsAre(ElementsAre("q"), ElementsAre("h"), ElementsAre("f")));
  EXPECT_THAT(video.rids, testing::SizeIs(3));
}

TEST(Sdp, ReadsCandidatesWithTheirExtensions) {
  const auto parsed = parse(head +
                            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                            "a=candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0\r\n"
                            "a=end-of-candidates\r\n");
  ASSERT_TRUE(parsed) << parsed.error().what;
  const auto& section = parsed->sections[0];
  ASSERT_EQ(section.candidates.size(), 1u);
  EXPECT_EQ(find(section.candidates[0].extensions, "tcptype"), "active");
  EXPECT_TRUE(section.end_of_candidates);
}

TEST(Sdp, KeepsWhatItDoesNotKnow) {
  const auto parsed = *parse(head + "a=x-made-up:of this\r\nm=audio 9 RTP/AVP 0\r\na=x-flag\r\n");
  EXPECT_THAT(parsed.other, ElementsAre(Attribute{"x-made-up", "of this"}));
  EXPECT_THAT(parsed.sections[0].other, ElementsAre(Attribute{"x-flag", std::nullopt}));
}

TEST(Sdp, TakesLineEndsWithAndWithoutCarriageReturn) {
  const auto text = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\nm=audio 9 RTP/AVP 0\na=mid:0\n";
  EXPECT_EQ(parse(text)->sections[0].mid, "0");
}

TEST(Sdp, ReadsFragmentsOfTrickleIce) {
  const auto parsed = parse_fragment(
      "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
      "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n"
      "a=end-of-candidates\r\n");
  ASSERT_TRUE(parsed) << parsed.error().what;
  EXPECT_EQ(parsed->ice_ufrag, "EsAw");
  EXPECT_EQ(parsed->sections[0].candidates[0].port, 61764);
  const auto again = parse_fragment(print_fragment(*parsed));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *parsed);
}

TEST(Sdp, SaysWhichLineIsWrongAndWhy) {
  EXPECT_THAT(why_not(""), HasSubstr("empty"));
  EXPECT_THAT(why_not("hello"), HasSubstr("line 1"));
  EXPECT_THAT(why_not("o=- 1 1 IN IP4 127.0.0.1\r\n"), HasSubstr("v=0 comes first"));
  EXPECT_THAT(why_not("v=1\r\n"), HasSubstr("the version is not 0"));
  EXPECT_THAT(why_not("v=0\r\ns=-\r\n"), HasSubstr("o= or s= is missing"));
  EXPECT_EQ(why_not(head + "m=audio x RTP/AVP 0\r\n"), "line 5: m=audio: the port is not a number that fits");
  EXPECT_EQ(why_not(head + "m=audio 9 RTP/AVP 0\r\na=rtpmap:300 opus/48000\r\n"),
            "line 6: a=rtpmap: the payload type is not a number that fits");
  EXPECT_EQ(why_not(head + "a=setup:maybe\r\n"), "line 5: a=setup: not active, passive or actpass");
  EXPECT_EQ(why_not(head + "a=fingerprint:sha-256 xyz\r\n"),
            "line 5: a=fingerprint: the fingerprint is not hexadecimal");
  EXPECT_THAT(why_not(head + std::string("a=x:\x01\r\n")), HasSubstr("control character"));
  EXPECT_THAT(why_not(head + "m=audio 9 RTP/AVP 0\r\na=simulcast:send 1;2 send 3\r\n"), HasSubstr("twice"));
}

TEST(Sdp, HoldsItsLimits) {
  std::string sections = head;
  for (std::size_t i = 0; i <= max_sections; ++i) sections += "m=audio 9 RTP/AVP 0\r\n";
  EXPECT_THAT(why_not(sections), HasSubstr("too many sections"));
  std::string attributes = head + "m=audio 9 RTP/AVP 0\r\n";
  for (std::size_t i = 0; i <= max_attributes; ++i) attributes += "a=x\r\n";
  EXPECT_THAT(why_not(attributes), HasSubstr("too many attributes"));
  EXPECT_THAT(why_not(head + "a=x:" + std::string(max_line, 'y') + "\r\n"), HasSubstr("the line is too long"));
  EXPECT_EQ(parse(head + std::string(max_bytes, '\n')).error().code, error_too_large);
}

// Real offers with bytes changed, taken out and put twice: what still parses prints to the same value.
TEST(Sdp, PrintsWhatItParsedFromDamagedOffers) {
  base::SeededRng rng(8866);
  std::size_t parsed_count = 0;
  std::vector<std::string> offers;
  for (const auto& [name, offer] : test_offers()) offers.push_back(offer);
  for (int round = 0; round < 4'000; ++round) {
    std::string text = offers[rng.below(offers.size())];
    for (std::uint64_t n = 1 + rng.below(4); n > 0; --n) {
      const auto at = std::size_t(rng.below(text.size()));
      const auto kind = rng.below(3);
      if (kind == 0) text[at] = char(0x20 + rng.below(0x5f));
      if (kind == 1) text.erase(at, 1 + std::size_t(rng.below(20)));
      if (kind == 2) text.insert(at, text.substr(std::size_t(rng.below(text.size())), std::size_t(rng.below(40))));
    }
    const auto once = parse(text);
    if (!once) continue;
    ++parsed_count;
    const auto twice = parse(print(*once));
    ASSERT_TRUE(twice) << twice.error().what << "\n" << text;
    ASSERT_EQ(*twice, *once) << text;
  }
  EXPECT_GT(parsed_count, 500u);
}

}  // namespace
}  // namespace greenroom::wire::sdp

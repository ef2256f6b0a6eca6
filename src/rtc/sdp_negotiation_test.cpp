#include "rtc/sdp_negotiation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/capabilities.hpp"
#include "wire/rtp_extensions.hpp"
#include "wire/test_offers.hpp"

namespace greenroom::rtc {
namespace {

using namespace wire;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

SdpOffer offer_of(const std::string& name) {
  auto offer = read_offer(*sdp::parse(test_offer(name)));
  EXPECT_TRUE(offer) << (offer ? "" : offer.error().what);
  return *std::move(offer);
}

base::Result<SdpOffer> changed(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  auto parsed = sdp::parse(text);
  if (!parsed) return tl::unexpected(parsed.error());
  return read_offer(*std::move(parsed));
}

const SdpTransport ours{{"uuuu", "pppppppppppppppppppppp", true},
                        {{"host0", 1, "192.0.2.9", "192.0.2.9", "udp", 40000, "host", {}}},
                        {"auto", {{"sha-256", "AA:BB"}}}};

// ---- publishing

TEST(SdpNegotiation, EveryPublishersOfferBecomesProducers) {
  for (const std::string name : {"chromium", "chromium_simulcast", "firefox", "gstreamer", "obs", "werift"}) {
    SCOPED_TRACE(name);
    const auto offer = offer_of(name);
    EXPECT_EQ(offer.dtls.role, "client");
    const auto router = router_capabilities();
    const auto sections = sections_sent(offer, router);
    ASSERT_TRUE(sections) << sections.error().what;
    ASSERT_EQ(sections->size(), 2u);
    for (const auto& section : *sections) {
      const auto plan = plan_producer(section.kind, section.parameters, router);
      ASSERT_TRUE(plan) << plan.error().what;
      EXPECT_EQ(plan->pli, section.kind == MediaKind::video);
    }
    const auto answer = make_answer(offer, *sections, ours, SdpRole::receiver);
    const auto again = sdp::parse(sdp::print(answer));
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(*again, answer);
    for (const auto& section : answer.sections) {
      EXPECT_EQ(section.direction, sdp::Direction::recvonly);
      EXPECT_EQ(section.setup, sdp::Setup::passive);
      EXPECT_EQ(section.ice_ufrag, "uuuu");
    }
  }
}

TEST(SdpNegotiation, OneCodecIsChosenWithItsRetransmission) {
  const auto sections = *sections_sent(offer_of("chromium"), router_capabilities());
  const auto& video = sections[1].parameters;
  ASSERT_EQ(video.codecs.size(), 2u);
  EXPECT_EQ(video.codecs[0].mime_type, "video/VP8");
  EXPECT_EQ(video.codecs[1].mime_type, "video/rtx");
  ASSERT_EQ(video.encodings->size(), 1u);
  EXPECT_TRUE((*video.encodings)[0].ssrc);
  EXPECT_TRUE((*video.encodings)[0].rtx);
  EXPECT_EQ(sections[0].parameters.codecs[0].mime_type, "audio/opus");
  EXPECT_EQ(sections[0].parameters.codecs.size(), 1u);
}

TEST(SdpNegotiation, SimulcastIsAnsweredInTheOffersOrderAndProducedLowestFirst) {
  const auto offer = offer_of("chromium_simulcast");
  const auto sections = *sections_sent(offer, router_capabilities());
  std::vector<std::string> rids;
  for (const auto& encoding : *sections[1].parameters.encodings) rids.push_back(*encoding.rid);
  EXPECT_THAT(rids, ElementsAre("q", "h", "f"));
  const auto answer = make_answer(offer, sections, ours, SdpRole::receiver);
  ASSERT_TRUE(answer.sections[1].simulcast);
  EXPECT_EQ(answer.sections[1].simulcast->recv, offer.description.sections[1].simulcast->send);
}

TEST(SdpNegotiation, LayersAreSortedByWhatIsKnownOfThem) {
  const auto order = [](std::string rids, std::string simulcast) {
    const auto text = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + rids +
                      "a=simulcast:" + simulcast;
    return layers_lowest_first(sdp::parse(text + "\r\n")->sections[0]);
  };
  EXPECT_THAT(order("", "send h;m;l"), ElementsAre("l", "m", "h"));
  EXPECT_THAT(order("", "send f;h;q"), ElementsAre("q", "h", "f"));
  EXPECT_THAT(order("", "send r0;r1"), ElementsAre("r0", "r1"));
  EXPECT_THAT(order("", "send 0;1;2"), ElementsAre("2", "1", "0"));  // RFC 8853 §5.1: the preferred one first
  EXPECT_THAT(
      order("a=rid:a send max-width=320;max-height=180\r\na=rid:b send max-width=1280;max-height=720\r\n", "send a;~b"),
      ElementsAre("a", "b"));
}

TEST(SdpNegotiation, RefusesWhatIsNoOfferOfWhip) {
  const auto chromium = test_offer("chromium");
  const auto why = [](const base::Result<SdpOffer>& offer) {
    if (!offer) return offer.error().what;
    const auto sections = sections_sent(*offer, router_capabilities());
    return sections ? std::string("taken") : sections.error().what;
  };
  EXPECT_THAT(why(changed(chromium, "a=group:BUNDLE 0 1\r\n", "")), HasSubstr("BUNDLE"));
  EXPECT_THAT(why(changed(chromium, "a=group:BUNDLE 0 1\r\n", "a=group:BUNDLE 0\r\n")), HasSubstr("BUNDLE"));
  EXPECT_THAT(why(changed(chromium, "a=rtcp-mux\r\n", "")), HasSubstr("rtcp-mux"));
  EXPECT_THAT(why(changed(chromium, "a=ice-ufrag", "a=x")), HasSubstr("ice-ufrag"));
  EXPECT_THAT(why(changed(chromium, "a=fingerprint", "a=x")), HasSubstr("fingerprint"));
  EXPECT_THAT(why(changed(chromium, "a=setup:actpass\r\n", "")), HasSubstr("setup"));
  EXPECT_THAT(why(changed(chromium, "a=mid:1", "a=mid:0")), HasSubstr("twice"));
  EXPECT_THAT(why(changed(chromium, "a=sendonly", "a=recvonly")), HasSubstr("sendonly"));
  EXPECT_THAT(why(changed(chromium, "a=ssrc", "a=x")), HasSubstr("a=ssrc or a=rid"));
  EXPECT_THAT(why(changed(chromium, "opus/", "speex/")), HasSubstr("audio"));
  EXPECT_THAT(why(changed(test_offer("chromium"), "m=video", "m=audio")), HasSubstr("one audio and one video"));
  EXPECT_THAT(why(changed(chromium, "a=extmap-allow-mixed", "a=ice-lite")), HasSubstr("ICE-lite"));
}

TEST(SdpNegotiation, TheClientsRoleIsKept) {
  const auto passive = *changed(test_offer("chromium"), "a=setup:actpass", "a=setup:passive");
  EXPECT_EQ(passive.dtls.role, "server");
  const auto sections = *sections_sent(passive, router_capabilities());
  EXPECT_EQ(make_answer(passive, sections, ours, SdpRole::receiver).sections[0].setup, sdp::Setup::active);
}

// ---- watching

ProducerPlan producer_of(const std::string& name, std::size_t section) {
  const auto router = router_capabilities();
  const auto sections = *sections_sent(offer_of(name), router);
  return *plan_producer(sections[section].kind, sections[section].parameters, router);
}

TEST(SdpNegotiation, AViewersSectionsAreSlotsWithAllCommonCodecs) {
  const auto offer = offer_of("chromium_watch");
  auto slots = *sections_received(offer, router_capabilities());
  ASSERT_EQ(slots.size(), 2u);
  base::SeededRng rng(1);
  give_ssrcs(slots, rng);
  EXPECT_GT(slots[1].parameters.codecs.size(), 2u);
  const auto answer = make_answer(offer, slots, ours, SdpRole::sender);
  ASSERT_EQ(answer.sections.size(), 3u);
  EXPECT_EQ(answer.sections[1].direction, sdp::Direction::sendonly);
  EXPECT_THAT(answer.sections[1].msids, ElementsAre("greenroom 1"));
  EXPECT_EQ(answer.sections[2].port, 0);  // the data channel
  ASSERT_EQ(answer.sections[1].ssrc_groups.size(), 1u);
  EXPECT_THAT(answer.sections[1].ssrc_groups[0].ssrcs, ElementsAre(slot_of(slots[1]).ssrc, slot_of(slots[1]).rtx_ssrc));
  EXPECT_EQ(answer.sections[0].ssrcs[0].ssrc, slot_of(slots[0]).ssrc);
  EXPECT_THAT(answer.groups[0].mids, ElementsAre("0", "1"));
}

TEST(SdpNegotiation, AConsumerHasTheNumbersOfItsOwnOffer) {
  const auto producer = producer_of("obs", 1);
  const auto slots = *sections_received(offer_of("chromium_watch"), router_capabilities());
  base::SeededRng rng(1);
  const auto plan = plan_sdp_consumer(producer, capabilities_of(slots[1]), {"1", 7, 8}, rng);
  ASSERT_TRUE(plan) << plan.error().what;
  EXPECT_EQ(plan->mid, "1");
  EXPECT_EQ(plan->ssrc, 7u);
  EXPECT_EQ(plan->rtx_ssrc, 8u);
  const auto offer = offer_of("chromium_watch");
  const auto& section = offer.description.sections[1];
  const auto name_of = [&](std::uint8_t type) {
    for (const auto& map : section.maps) {
      if (map.payload_type == type) return map.codec;
    }
    return std::string("none");
  };
  EXPECT_EQ(name_of(plan->payload_type), "H264");
  ASSERT_TRUE(plan->rtx_payload_type);
  EXPECT_EQ(name_of(*plan->rtx_payload_type), "rtx");
  for (const auto& e : section.extensions) {
    if (e.uri == uri_mid) {
      EXPECT_EQ(plan->extensions.mid, e.id);
    } else if (e.uri == uri_transport_sequence) {
      EXPECT_EQ(plan->extensions.transport_wide, e.id);
    }
  }
  EXPECT_NE(plan->extensions.mid, 0);
}

TEST(SdpNegotiation, AConsumerThatCannotDecodeIsRefusedAndOneWithoutRetransmissionGetsNone) {
  base::SeededRng rng(1);
  const auto slots = *sections_received(offer_of("gstreamer_watch"), router_capabilities());
  const auto h264 = plan_sdp_consumer(producer_of("obs", 1), capabilities_of(slots[1]), {"video1", 7, {}}, rng);
  EXPECT_EQ(h264.error().code, errors::cannot_consume);
  const auto vp8 = plan_sdp_consumer(producer_of("chromium", 1), capabilities_of(slots[1]), {"video1", 7, {}}, rng);
  ASSERT_TRUE(vp8);
  EXPECT_EQ(vp8->payload_type, 96);
  EXPECT_FALSE(vp8->rtx_ssrc);
  EXPECT_FALSE(vp8->rtx_payload_type);
}

TEST(SdpNegotiation, NobodyWithoutMidsIsProbed) {
  const auto offer = changed(test_offer("chromium_watch"), "urn:ietf:params:rtp-hdrext:sdes:mid", "urn:x");
  const auto slots = *sections_received(*offer, router_capabilities());
  for (const auto& slot : slots) {
    for (const auto& e : *slot.parameters.header_extensions) EXPECT_NE(e.uri, uri_transport_sequence);
    for (const auto& codec : slot.parameters.codecs) {
      for (const auto& f : *codec.rtcp_feedback) EXPECT_NE(f.type, "transport-cc");
    }
  }
}

TEST(SdpNegotiation, ARestartIsAnsweredByAFragment) {
  const auto text = sdp::print_fragment(make_fragment(offer_of("chromium"), ours));
  EXPECT_THAT(text, Not(HasSubstr("v=0")));
  const auto fragment = sdp::parse_fragment(text);
  ASSERT_TRUE(fragment) << fragment.error().what;
  EXPECT_EQ(fragment->ice_ufrag, "uuuu");
  EXPECT_TRUE(fragment->ice_lite);
  EXPECT_EQ(fragment->sections[0].mid, "0");
  EXPECT_EQ(fragment->sections[0].candidates[0].port, 40000);
}

}  // namespace
}  // namespace greenroom::rtc

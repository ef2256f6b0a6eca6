#include "rtc/negotiation.hpp"

#include <gtest/gtest.h>

#include <set>

#include "rtc/capabilities.hpp"
#include "rtc/receiver.hpp"
#include "wire/json.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::rtc {
namespace {

// What mediasoup-client 3.24 in Chromium says of a simulcast camera.
constexpr std::string_view camera_json = R"({
  "mid": "1",
  "codecs": [
    {"mimeType": "video/VP8", "payloadType": 96, "clockRate": 90000, "parameters": {},
     "rtcpFeedback": [{"type": "goog-remb", "parameter": ""}, {"type": "transport-cc", "parameter": ""},
                      {"type": "ccm", "parameter": "fir"}, {"type": "nack", "parameter": ""},
                      {"type": "nack", "parameter": "pli"}]},
    {"mimeType": "video/rtx", "payloadType": 97, "clockRate": 90000, "parameters": {"apt": 96}, "rtcpFeedback": []}],
  "headerExtensions": [
    {"uri": "urn:ietf:params:rtp-hdrext:sdes:mid", "id": 4, "encrypt": false, "parameters": {}},
    {"uri": "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "id": 10, "encrypt": false, "parameters": {}},
    {"uri": "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", "id": 11, "encrypt": false, "parameters": {}},
    {"uri": "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", "id": 3, "encrypt": false,
     "parameters": {}}],
  "encodings": [{"rid": "r0", "scaleResolutionDownBy": 4, "scalabilityMode": "L1T3", "maxBitrate": 100000, "active": true},
                {"rid": "r1", "scaleResolutionDownBy": 2, "scalabilityMode": "L1T3", "maxBitrate": 300000},
                {"rid": "r2", "scaleResolutionDownBy": 1, "scalabilityMode": "L1T3", "maxBitrate": 1200000}],
  "rtcp": {"cname": "abc", "reducedSize": true, "mux": true}})";

wire::RtpParameters parse(std::string_view text) {
  return *wire::from_json<wire::RtpParameters>(*wire::parse_json(text));
}

TEST(Negotiation, PlansASimulcastCamera) {
  const auto plan = *plan_producer(wire::MediaKind::video, parse(camera_json), router_capabilities());
  EXPECT_EQ(plan.codec, Codec::vp8);
  EXPECT_EQ(plan.payload_type, 96);
  EXPECT_EQ(plan.rtx_payload_type, 97);
  EXPECT_TRUE(plan.nack && plan.pli && plan.transport_cc);
  EXPECT_EQ(plan.temporal_layers, 3);
  EXPECT_EQ(plan.extensions.repaired_rid, 11);
  ASSERT_EQ(plan.encodings.size(), 3u);
  EXPECT_EQ(plan.encodings[0].rid, "r0");
  EXPECT_EQ(plan.consumable.codecs[0].payload_type, 101);
  EXPECT_EQ(plan.consumable.codecs[1].mime_type, "video/rtx");
}

TEST(Negotiation, AConsumerGetsOneEncodingInTheRoutersNumbers) {
  const auto producer = *plan_producer(wire::MediaKind::video, parse(camera_json), router_capabilities());
  base::SeededRng rng(1);
  const auto plan = *plan_consumer(producer, router_capabilities(), "0", rng);
  const auto& p = plan.parameters;
  EXPECT_EQ(p.mid, "0");
  EXPECT_EQ(p.codecs.size(), 2u);
  EXPECT_EQ(p.codecs[0].payload_type, 101);
  EXPECT_EQ(p.encodings->size(), 1u);
  EXPECT_EQ((*p.encodings)[0].ssrc, plan.ssrc);
  EXPECT_EQ((*p.encodings)[0].rtx->ssrc, plan.ssrc + 1);
  EXPECT_EQ((*p.encodings)[0].scalability_mode, "L3T3");
  EXPECT_EQ((*p.encodings)[0].max_bitrate, 1200000u);
  EXPECT_EQ(p.rtcp->cname, "abc");
  for (const auto& f : *p.codecs[0].rtcp_feedback) EXPECT_NE(f.type, "goog-remb") << "transport-cc is there";
  for (const auto& e : *p.header_extensions) EXPECT_NE(e.uri, wire::uri_rid);
  EXPECT_EQ(plan.extensions.mid, 1);
  EXPECT_EQ(plan.extensions.transport_wide, 5);
}

TEST(Negotiation, WithoutRtxAtTheDeviceThereIsNone) {
  const auto producer = *plan_producer(wire::MediaKind::video, parse(camera_json), router_capabilities());
  auto device = router_capabilities();
  std::erase_if(*device.codecs, [](const auto& c) { return is_rtx(c.mime_type); });
  base::SeededRng rng(1);
  const auto plan = *plan_consumer(producer, device, "0", rng);
  EXPECT_EQ(plan.parameters.codecs.size(), 1u);
  EXPECT_FALSE(plan.rtx_ssrc);
}

TEST(Negotiation, RefusesWhatMakesNoSense) {
  const auto error = [](auto change) {
    auto p = parse(camera_json);
    change(p);
    const auto plan = plan_producer(wire::MediaKind::video, p, router_capabilities());
    return plan ? "none" : std::string(plan.error().code.name);
  };
  EXPECT_EQ(error([](auto& p) { p.codecs.clear(); }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { p.codecs[0].mime_type = "video/H265"; }), "rtc.unsupported_codec");
  EXPECT_EQ(error([](auto& p) { p.codecs[1].mime_type = "video/H265"; }), "rtc.unsupported_codec");
  EXPECT_EQ(error([](auto& p) { (*p.codecs[1].parameters)["apt"] = 99; }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { p.codecs[0].mime_type = "audio/opus"; }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { p.codecs[0].payload_type = 70; }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { p.codecs[1].payload_type = 96; }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { p.encodings.reset(); }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { p.encodings->push_back({}); }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { (*p.encodings)[1].rid = "r0"; }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { (*p.encodings)[1].rid.reset(); }), "rtc.bad_rtp_parameters");
  EXPECT_EQ(error([](auto& p) { (*p.header_extensions)[0].id = 0; }), "rtc.bad_rtp_parameters");
}

TEST(Negotiation, H264MatchesByProfileAndPacketization) {
  const auto h264 = [](const char* profile, int mode) {
    wire::RtpCodecParameters c{"video/h264", 100, 90000, {}, wire::CodecParameters{}, {}};
    (*c.parameters)["profile-level-id"] = profile;
    (*c.parameters)["packetization-mode"] = mode;
    wire::RtpParameters p;
    p.codecs = {c};
    p.encodings = std::vector<wire::RtpEncodingParameters>(1);
    (*p.encodings)[0].ssrc = 5;
    return plan_producer(wire::MediaKind::video, p, router_capabilities());
  };
  EXPECT_EQ(h264("42e01f", 1)->consumable.codecs[0].payload_type, 103);
  EXPECT_EQ(h264("42e034", 1)->consumable.codecs[0].payload_type, 103) << "another level";
  EXPECT_EQ(h264("4d001f", 1)->consumable.codecs[0].payload_type, 105);
  EXPECT_FALSE(h264("42e01f", 0));
  EXPECT_EQ(h264("42001f", 1)->consumable.codecs[0].payload_type, 111) << "baseline is not constrained baseline";
  EXPECT_EQ(h264("640c1f", 1)->consumable.codecs[0].payload_type, 113);
  EXPECT_FALSE(h264("f4001f", 1)) << "high 4:4:4";
}

struct ModeCase {
  std::string_view text;
  ScalabilityMode mode;
};
TEST(Negotiation, ReadsScalabilityModes) {
  const ModeCase cases[] = {{"L3T3_KEY", {3, 3, true}},
                            {"L2T1", {2, 1, false}},
                            {"L1T3", {1, 3, false}},
                            {"S3T3", {3, 3, true}},
                            {"L9T9", {3, 4, false}},
                            {"L3T2_KEY_SHIFT", {3, 2, false}},
                            {"", {}},
                            {"L3", {}},
                            {"LxT3", {}}};
  for (const auto& c : cases) EXPECT_EQ(scalability_mode_of(c.text), c.mode) << c.text;
}

wire::RtpParameters one_encoding(const char* mime_type, const char* mode) {
  auto p = parse(camera_json);
  p.codecs[0].mime_type = mime_type;
  p.encodings->resize(1);
  (*p.encodings)[0].scalability_mode = mode;
  return p;
}

TEST(Negotiation, SpatialLayersWithinOneEncoding) {
  const auto plan =
      *plan_producer(wire::MediaKind::video, one_encoding("video/VP9", "L3T3_KEY"), router_capabilities());
  EXPECT_EQ(plan.codec, Codec::vp9);
  EXPECT_TRUE(plan.svc() && plan.key_dependent);
  EXPECT_EQ(plan.spatial_layers, 3);
  EXPECT_EQ(plan.temporal_layers, 3);
  base::SeededRng rng(1);
  const auto consumer = *plan_consumer(plan, router_capabilities(), "0", rng);
  EXPECT_EQ((*consumer.parameters.encodings)[0].scalability_mode, "L3T3_KEY");
  EXPECT_EQ(
      plan_producer(wire::MediaKind::video, one_encoding("video/AV1", "L2T2"), router_capabilities())->spatial_layers,
      2);
  EXPECT_FALSE(plan_producer(wire::MediaKind::video, one_encoding("video/VP8", "L3T3"), router_capabilities())->svc());
}

TEST(Negotiation, Vp9MatchesByProfile) {
  auto p = one_encoding("video/VP9", "L1T1");
  p.codecs[0].parameters = wire::CodecParameters{{"profile-id", 2}};
  EXPECT_EQ(plan_producer(wire::MediaKind::video, p, router_capabilities())->consumable.codecs[0].payload_type, 109);
  p.codecs[0].parameters = wire::CodecParameters{{"profile-id", 1}};
  EXPECT_FALSE(plan_producer(wire::MediaKind::video, p, router_capabilities()));
}

wire::RtpParameters redundant_voice() {
  wire::RtpParameters p;
  p.codecs = {{"audio/red", 63, 48000, 2, {}, {}}, {"audio/opus", 111, 48000, 2, {}, {}}};
  p.encodings = std::vector<wire::RtpEncodingParameters>(1);
  (*p.encodings)[0].ssrc = 5;
  return p;
}

TEST(Negotiation, RedundancyGoesToThoseWhoKnowIt) {
  const auto plan = *plan_producer(wire::MediaKind::audio, redundant_voice(), router_capabilities());
  EXPECT_EQ(plan.codec, Codec::opus);
  EXPECT_EQ(plan.payload_type, 111);
  EXPECT_EQ(plan.red_payload_type, 63);
  base::SeededRng rng(1);
  const auto knows = *plan_consumer(plan, router_capabilities(), "0", rng);
  EXPECT_EQ(knows.payload_type, 100);
  EXPECT_EQ(knows.red_payload_type, 117);
  EXPECT_EQ(knows.parameters.codecs.size(), 2U);
  auto device = router_capabilities();
  std::erase_if(*device.codecs, [](const auto& c) { return is_red(c.mime_type); });
  const auto plain = *plan_consumer(plan, device, "0", rng);
  EXPECT_FALSE(plain.red_payload_type);
  EXPECT_EQ(plain.parameters.codecs.size(), 1U);
  EXPECT_EQ(plan_backup(plan, rng).parameters.codecs[0].mime_type, "audio/opus");
  auto alone = redundant_voice();
  alone.codecs.pop_back();
  EXPECT_FALSE(plan_producer(wire::MediaKind::audio, alone, router_capabilities())) << "around nothing";
}

// As mediasoup answers them: a client's own table of identifiers and directions is made from these. One is different:
// without the dependency descriptor a receiver of AV1 takes the layers of a picture for pictures, and shows one in
// forty.
TEST(Capabilities, HeaderExtensionsAreMediasoupsButForTheDescriptorOfAv1) {
  const auto router = router_capabilities();
  const auto of = [&](wire::MediaKind kind, std::string_view uri) -> std::pair<int, wire::ExtensionDirection> {
    for (const auto& e : *router.header_extensions) {
      if (e.kind == kind && e.uri == uri) return {e.preferred_id, *e.direction};
    }
    return {0, wire::ExtensionDirection::inactive};
  };
  using enum wire::MediaKind;
  using enum wire::ExtensionDirection;
  EXPECT_EQ(of(video, wire::uri_dependency_descriptor), std::pair(8, sendrecv));
  EXPECT_EQ(of(video, wire::uri_time_offset), std::pair(12, sendrecv));
  EXPECT_EQ(of(audio, wire::uri_transport_sequence), std::pair(5, recvonly));
  EXPECT_EQ(of(audio, wire::uri_abs_capture_time), std::pair(13, sendrecv));
  EXPECT_EQ(of(video, wire::uri_playout_delay), std::pair(14, sendrecv));
}

TEST(Capabilities, PayloadTypesAreUsedOnce) {
  std::set<int> seen;
  const auto router = router_capabilities();
  for (const auto& codec : *router.codecs) {
    EXPECT_TRUE(seen.insert(*codec.preferred_payload_type).second);
    EXPECT_GE(*codec.preferred_payload_type, 96);
    EXPECT_LT(*codec.preferred_payload_type, 127) << "of the probation stream";
  }
}

// ---- which SSRC is which

base::Bytes rtp(std::uint8_t type, std::uint32_t ssrc, std::vector<std::pair<std::uint8_t, std::string>> texts) {
  base::Bytes out(200);
  std::vector<wire::ExtensionValue> extensions;
  for (const auto& [id, text] : texts) extensions.push_back({{id}, base::as_bytes(text)});
  const base::Bytes payload{0x10, 0, 0};
  out.resize(wire::write_rtp(out, {{type}, false, {1}, {2}, {ssrc}}, extensions, payload));
  return out;
}

TEST(Receiver, LearnsEncodingsByTheirRids) {
  Receiver receiver(*plan_producer(wire::MediaKind::video, parse(camera_json), router_capabilities()));
  const auto match = [&](const base::Bytes& bytes) -> std::string {
    const auto m = receiver.match(*wire::RtpView::parse(bytes));
    return m ? std::to_string(m->encoding) + (m->rtx ? "rtx" : "") : "none";
  };
  EXPECT_EQ(match(rtp(96, 11, {})), "none");
  EXPECT_EQ(match(rtp(96, 11, {{4, "2"}, {10, "r1"}})), "none") << "another mid";
  EXPECT_EQ(match(rtp(96, 11, {{4, "1"}, {10, "r1"}})), "1");
  EXPECT_EQ(match(rtp(97, 12, {{4, "1"}, {11, "r1"}})), "1rtx");
  EXPECT_EQ(match(rtp(96, 11, {})), "1") << "known by its SSRC from now on";
  EXPECT_EQ(match(rtp(97, 12, {})), "1rtx");
  EXPECT_EQ(match(rtp(96, 99, {{4, "1"}, {10, "r1"}})), "none") << "taken";
  EXPECT_EQ(match(rtp(96, 13, {{4, "1"}, {10, "r9"}})), "none");
}

}  // namespace
}  // namespace greenroom::rtc

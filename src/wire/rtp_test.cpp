#include "wire/rtp.hpp"

#include "base/rng.hpp"
#include "wire/rtp_extensions.hpp"

namespace greenroom::wire {
namespace {

using base::Bytes;
using testing::ElementsAre;

Bytes bytes_of(base::ByteView view) { return {view.begin(), view.end()}; }

// marker, type 96, sequence 0x1234, time 0x01020304, ssrc 0xA0B0C0D0
const Bytes fixed_header = {0x80, 0xE0, 0x12, 0x34, 1, 2, 3, 4, 0xA0, 0xB0, 0xC0, 0xD0};

Bytes with(std::uint8_t first_byte, const Bytes& tail) {
  Bytes packet = fixed_header;
  packet[0] = first_byte;
  packet.insert(packet.end(), tail.begin(), tail.end());
  return packet;
}

TEST(Rtp, ReadsTheFixedHeader) {
  const Bytes packet = with(0x80, {9, 8, 7});
  const auto view = RtpView::parse(packet);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->marker());
  EXPECT_EQ(view->payload_type(), PayloadType{96});
  EXPECT_EQ(view->sequence(), SeqNo{0x1234});
  EXPECT_EQ(view->timestamp(), RtpTime{0x01020304});
  EXPECT_EQ(view->ssrc(), Ssrc{0xA0B0C0D0});
  EXPECT_THAT(view->payload(), ElementsAre(9, 8, 7));
  EXPECT_EQ(view->header().size(), 12U);
  EXPECT_FALSE(view->extension({1}));
}

TEST(Rtp, ReadsContributingSources) {
  const Bytes packet = with(0x82, {0, 0, 0, 5, 0, 0, 0, 6, 1});
  const auto view = RtpView::parse(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->csrc_count(), 2U);
  EXPECT_EQ(view->csrc(1), Ssrc{6});
  EXPECT_THAT(view->payload(), ElementsAre(1));
}

TEST(Rtp, ReadsPadding) {
  const Bytes packet = with(0xA0, {9, 0, 0, 3});
  const auto view = RtpView::parse(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->padding(), 3U);
  EXPECT_THAT(view->payload(), ElementsAre(9));
  Bytes copy = packet;
  EXPECT_EQ(bytes_of(strip_padding(copy)), with(0x80, {9}));
}

TEST(Rtp, RefusesWhatContradictsItself) {
  EXPECT_FALSE(RtpView::parse({}));
  EXPECT_FALSE(RtpView::parse(base::ByteView(fixed_header).first(11)));
  EXPECT_FALSE(RtpView::parse(with(0x40, {}))) << "version 1";
  EXPECT_FALSE(RtpView::parse(with(0x81, {1, 2, 3}))) << "half a CSRC";
  EXPECT_FALSE(RtpView::parse(with(0x90, {0xBE, 0xDE, 0}))) << "half an extension head";
  EXPECT_FALSE(RtpView::parse(with(0x90, {0xBE, 0xDE, 0, 1, 0, 0, 0}))) << "extension longer than the packet";
  EXPECT_FALSE(RtpView::parse(with(0xA0, {}))) << "padding without bytes";
  EXPECT_FALSE(RtpView::parse(with(0xA0, {1, 0}))) << "no padding announced";
  EXPECT_FALSE(RtpView::parse(with(0xA0, {1, 3}))) << "padding larger than the payload";
}

// RFC 8285 §4.2: the example with three elements and padding.
TEST(Rtp, ReadsOneByteExtensions) {
  const Bytes packet = with(0x90, {0xBE, 0xDE, 0, 3, 0x10, 0xAA, 0x21, 0xBB, 0xCC, 0, 0, 0x33, 1, 2, 3, 4, 0x77});
  const auto view = RtpView::parse(packet);
  ASSERT_TRUE(view);
  EXPECT_THAT(*view->extension({1}), ElementsAre(0xAA));
  EXPECT_THAT(*view->extension({2}), ElementsAre(0xBB, 0xCC));
  EXPECT_THAT(*view->extension({3}), ElementsAre(1, 2, 3, 4));
  EXPECT_FALSE(view->extension({4}));
  EXPECT_FALSE(view->extension({0}));
  EXPECT_THAT(view->payload(), ElementsAre(0x77));
}

TEST(Rtp, IdFifteenEndsOneByteExtensions) {
  const auto packet = with(0x90, {0xBE, 0xDE, 0, 1, 0x10, 0xAA, 0xF0, 0x20});
  const auto view = RtpView::parse(packet);
  EXPECT_TRUE(view->extension({1}));
  EXPECT_FALSE(view->extension({15}));
  EXPECT_FALSE(view->extension({2}));
}

TEST(Rtp, ReadsTwoByteExtensions) {
  const Bytes packet = with(0x90, {0x10, 0x00, 0, 2, 20, 0, 0, 21, 2, 7, 8, 0});
  const auto view = RtpView::parse(packet);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->extension({20})->empty());
  EXPECT_THAT(*view->extension({21}), ElementsAre(7, 8));
}

TEST(Rtp, TornAndForeignExtensionsAreNotFound) {
  EXPECT_FALSE(RtpView::parse(with(0x90, {0xBE, 0xDE, 0, 1, 0x1F, 1, 2, 3}))->extension({1}));
  EXPECT_FALSE(RtpView::parse(with(0x90, {0x10, 0x05, 0, 1, 1, 9, 2, 3}))->extension({1}));
  EXPECT_FALSE(RtpView::parse(with(0x90, {0x10, 0x00, 0, 1, 0, 0, 0, 1}))->extension({1}));
  EXPECT_FALSE(RtpView::parse(with(0x90, {0x12, 0x34, 0, 1, 0x10, 1, 0, 0}))->extension({1}));
}

TEST(Rtp, PatchesInPlace) {
  Bytes packet = with(0x90, {0xBE, 0xDE, 0, 1, 0x11, 1, 2, 0, 9});
  set_marker(packet, false), set_payload_type(packet, {100}), set_sequence(packet, {7});
  set_timestamp(packet, {8}), set_ssrc(packet, {9});
  EXPECT_TRUE(set_extension(packet, {1}, Bytes{5, 6}));
  EXPECT_FALSE(set_extension(packet, {1}, Bytes{5}));
  EXPECT_FALSE(set_extension(packet, {2}, Bytes{5, 6}));
  const auto view = *RtpView::parse(packet);
  EXPECT_FALSE(view.marker());
  EXPECT_EQ(view.payload_type(), PayloadType{100});
  EXPECT_EQ(view.sequence(), SeqNo{7});
  EXPECT_EQ(view.timestamp(), RtpTime{8});
  EXPECT_EQ(view.ssrc(), Ssrc{9});
  EXPECT_THAT(*view.extension({1}), ElementsAre(5, 6));
  EXPECT_THAT(view.payload(), ElementsAre(9));
}

TEST(Rtp, WritesWhatItReads) {
  const Bytes mid = {'v', '0'}, sequence = {0, 9}, payload = {1, 2, 3};
  const ExtensionValue extensions[] = {{{4}, mid}, {{0}, payload}, {{5}, sequence}};
  Bytes out(64);
  const auto size = write_rtp(out, {{96}, true, {1}, {2}, {3}}, extensions, payload);
  ASSERT_EQ(size, 12U + 4 + 8 + 3);
  const auto view = RtpView::parse(base::ByteView(out).first(size));
  EXPECT_EQ(bytes_of(*view->extension({4})), mid);
  EXPECT_EQ(bytes_of(*view->extension({5})), sequence);
  EXPECT_EQ(bytes_of(view->payload()), payload);
  EXPECT_TRUE(view->marker());
  EXPECT_EQ(write_rtp(base::ByteSpan(out).first(size - 1), {{96}, true, {1}, {2}, {3}}, extensions, payload), 0U);
}

TEST(Rtp, WritesTwoByteExtensionsWhereNeeded) {
  const Bytes longer(17, 3), one = {1};
  for (const auto& extensions :
       {std::vector<ExtensionValue>{{{4}, longer}, {{5}, one}}, std::vector<ExtensionValue>{{{15}, one}, {{5}, one}},
        std::vector<ExtensionValue>{{{5}, one}, {{6}, {}}}}) {
    Bytes out(64);
    const auto size = write_rtp_header(out, {{96}, false, {1}, {2}, {3}}, extensions);
    const auto view = RtpView::parse(base::ByteView(out).first(size));
    ASSERT_TRUE(view);
    EXPECT_EQ(out[12], 0x10);
    for (const auto& e : extensions) EXPECT_EQ(bytes_of(*view->extension(e.id)), bytes_of(e.value));
  }
}

TEST(Rtp, AddsPadding) {
  Bytes buffer = with(0x80, {9, 0, 0, 0});
  EXPECT_EQ(add_padding(buffer, 13, 3), 16U);
  EXPECT_EQ(RtpView::parse(buffer)->padding(), 3U);
  EXPECT_EQ(add_padding(buffer, 13, 4), 0U);
  EXPECT_EQ(add_padding(buffer, 13, 0), 0U);
}

TEST(Rtx, GoesThereAndBack) {
  const Bytes original = with(0x90, {0xBE, 0xDE, 0, 1, 0x11, 1, 2, 0, 7, 8, 9});
  Bytes out(64);
  const auto size = wrap_rtx(out, *RtpView::parse(original), {{97}, {55}, {66}});
  ASSERT_EQ(size, original.size() + 2);
  out.resize(size);
  const auto view = *RtpView::parse(out);
  EXPECT_EQ(view.payload_type(), PayloadType{97});
  EXPECT_EQ(view.sequence(), SeqNo{55});
  EXPECT_EQ(view.ssrc(), Ssrc{66});
  EXPECT_THAT(view.payload(), ElementsAre(0x12, 0x34, 7, 8, 9));
  const auto back = unwrap_rtx(out, {{96}, {0xA0B0C0D0}});
  ASSERT_TRUE(back);
  EXPECT_EQ(bytes_of(*back), original);
}

TEST(Rtx, DropsPaddingAndKnowsProbes) {
  Bytes padded = with(0xA0, {7, 0, 0, 3});
  Bytes out(64);
  const auto size = wrap_rtx(out, *RtpView::parse(padded), {{97}, {55}, {66}});
  EXPECT_EQ(RtpView::parse(base::ByteView(out).first(size))->payload().size(), 3U);
  Bytes probe = with(0xA0, {0, 0, 3});
  EXPECT_FALSE(unwrap_rtx(probe, {{96}, {1}}));
  Bytes retransmission = with(0xA0, {0, 5, 42, 0, 2});
  const auto original = unwrap_rtx(retransmission, {{96}, {1}});
  ASSERT_TRUE(original);
  EXPECT_THAT(RtpView::parse(*original)->payload(), ElementsAre(42));
  EXPECT_EQ(RtpView::parse(*original)->sequence(), SeqNo{5});
}

TEST(Classify, ByRfc7983) {
  const auto kind = [](std::uint8_t a, std::uint8_t b) { return classify(Bytes{a, b}); };
  EXPECT_EQ(kind(0, 1), DatagramKind::stun);
  EXPECT_EQ(kind(3, 1), DatagramKind::stun);
  EXPECT_EQ(kind(4, 1), DatagramKind::unknown);
  EXPECT_EQ(kind(20, 254), DatagramKind::dtls);
  EXPECT_EQ(kind(63, 254), DatagramKind::dtls);
  EXPECT_EQ(kind(64, 0), DatagramKind::unknown);
  EXPECT_EQ(kind(0x80, 96), DatagramKind::rtp);
  EXPECT_EQ(kind(0x80, 96 | 0x80), DatagramKind::rtp);
  EXPECT_EQ(kind(0x80, 200), DatagramKind::rtcp);
  EXPECT_EQ(kind(0x8F, 206), DatagramKind::rtcp);
  EXPECT_EQ(kind(0xC0, 200), DatagramKind::unknown);
  EXPECT_EQ(classify({}), DatagramKind::unknown);
}

TEST(SeqNo, ComparesAroundTheWrap) {
  EXPECT_TRUE(newer_than(SeqNo{0}, SeqNo{65535}));
  EXPECT_FALSE(newer_than(SeqNo{65535}, SeqNo{0}));
  EXPECT_EQ(distance(SeqNo{5}, SeqNo{65530}), 11);
  EXPECT_EQ(SeqNo{65535} + 2, SeqNo{1});
  EXPECT_TRUE(newer_than(RtpTime{5}, RtpTime{0xFFFFFFF0}));
  EXPECT_EQ(distance(RtpTime{0xFFFFFFF0}, RtpTime{0} + -16), 0);
}

TEST(SeqUnwrapper, CountsOnOverManyCyclesWithReordering) {
  base::SeededRng rng(2);
  SeqUnwrapper unwrapper;
  const std::uint64_t offset = 0x10000 + 40'000;
  for (std::uint64_t n = 0; n < 500'000; n += 1 + rng.below(100)) {
    const std::uint64_t late = std::min<std::uint64_t>(n, rng.below(1000));
    EXPECT_EQ(unwrapper.unwrap({std::uint16_t(40'000 + n)}).value, offset + n);
    EXPECT_EQ(unwrapper.unwrap({std::uint16_t(40'000 + n - late)}).value, offset + n - late);
  }
}

TEST(SeqUnwrapper, NumbersWhatCameBeforeTheFirst) {
  SeqUnwrapper unwrapper;
  EXPECT_EQ(unwrapper.unwrap({2}).value, 0x10002U);
  EXPECT_EQ(unwrapper.unwrap({65'535}).value, 0xFFFFU);
  EXPECT_EQ(unwrapper.highest()->value, 0x10002U);
}

TEST(RtpExtensions, StreamText) {
  EXPECT_EQ(decode_stream_text(base::as_bytes("audio-0")), "audio-0");
  EXPECT_EQ(decode_stream_text(Bytes{'h', 0, 0}), "h");
  EXPECT_FALSE(decode_stream_text({}));
  EXPECT_FALSE(decode_stream_text(Bytes{0, 0}));
  EXPECT_FALSE(decode_stream_text(base::as_bytes("with space")));
  EXPECT_FALSE(decode_stream_text(Bytes(17, 'a')));
}

TEST(RtpExtensions, AbsSendTimeIsSecondsModulo64) {
  const base::Instant t{std::chrono::seconds(64 * 5 + 3) + std::chrono::milliseconds(500)};
  const auto value = encode_abs_send_time(t);
  EXPECT_THAT(value, ElementsAre(0x0E, 0, 0));  // 3.5 * 2^18
  EXPECT_EQ(*decode_abs_send_time(value), std::chrono::milliseconds(3500));
  EXPECT_EQ(*decode_abs_send_time(encode_abs_send_time(base::Instant{std::chrono::milliseconds(-500)})),
            std::chrono::milliseconds(63'500));
  EXPECT_FALSE(decode_abs_send_time(Bytes{1, 2}));
}

TEST(RtpExtensions, AudioLevel) {
  EXPECT_EQ(decode_audio_level(encode_audio_level({true, 30})), (AudioLevel{true, 30}));
  EXPECT_EQ(decode_audio_level(Bytes{0x7F, 0}), (AudioLevel{false, 127}));
  EXPECT_FALSE(decode_audio_level({}));
}

TEST(RtpExtensions, VideoOrientation) {
  for (const std::uint16_t rotation : {0, 90, 180, 270})
    for (const bool flag : {false, true})
      EXPECT_EQ(decode_video_orientation(encode_video_orientation({flag, !flag, rotation})),
                (VideoOrientation{flag, !flag, rotation}));
  EXPECT_FALSE(decode_video_orientation(Bytes{1, 2}));
}

TEST(RtpExtensions, TransportSequence) {
  EXPECT_EQ(decode_transport_sequence(encode_transport_sequence({0xABCD})), SeqNo{0xABCD});
  EXPECT_FALSE(decode_transport_sequence(Bytes{1}));
}

}  // namespace
}  // namespace greenroom::wire

// Any bytes as an RTP packet: the view stays inside it, patches and RTX keep it a packet.
#include "base/assert.hpp"
#include "wire/rtp.hpp"
#include "wire/rtp_extensions.hpp"

using namespace greenroom;

namespace {

unsigned read_everything(const wire::RtpView& view) {
  unsigned sum = unsigned(view.payload().size() + view.padding());
  for (const auto b : view.payload()) sum += b;
  for (std::size_t i = 0; i < view.csrc_count(); ++i) sum += view.csrc(i).value;
  view.for_each_extension([&](wire::ExtensionId id, base::ByteView value) {
    sum += id.value;
    for (const auto b : value) sum += b;
    sum += wire::decode_stream_text(value).has_value() + wire::decode_abs_send_time(value).has_value() +
           wire::decode_transport_sequence(value).has_value() + wire::decode_audio_level(value).has_value() +
           wire::decode_video_orientation(value).has_value();
  });
  return sum;
}

void patch(base::Bytes packet, const wire::RtpView& before) {
  wire::set_sequence(packet, {7}), wire::set_timestamp(packet, {8}), wire::set_ssrc(packet, {9});
  wire::set_payload_type(packet, {10}), wire::set_marker(packet, true);
  if (const auto old = before.extension({1})) {
    const base::Bytes value(old->size(), 0x55);
    GREENROOM_ASSERT(wire::set_extension(packet, {1}, value));
  }
  const auto after = wire::RtpView::parse(packet);
  GREENROOM_ASSERT(after && after->sequence() == wire::SeqNo{7} && after->ssrc() == wire::Ssrc{9});
  GREENROOM_ASSERT(after->payload().size() == before.payload().size());
  GREENROOM_ASSERT(wire::RtpView::parse(wire::strip_padding(packet))->payload().size() == before.payload().size());
}

void retransmit(const wire::RtpView& view) {
  base::Bytes out(view.packet().size() + 2);
  out.resize(wire::wrap_rtx(out, view, {{1}, {2}, {3}}));
  const auto back = wire::unwrap_rtx(out, {view.payload_type(), view.ssrc()});
  GREENROOM_ASSERT(back);
  const auto again = wire::RtpView::parse(*back);
  GREENROOM_ASSERT(again && again->sequence() == view.sequence());
  GREENROOM_ASSERT(std::equal(view.payload().begin(), view.payload().end(), again->payload().begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView input(data, size);
  wire::classify(input);
  wire::peek_rtp_ssrc(input);
  base::Bytes packet(input.begin(), input.end());
  wire::unwrap_rtx(packet, {{96}, {1}});
  const auto view = wire::RtpView::parse(input);
  if (!view) return 0;
  volatile unsigned sum = read_everything(*view);
  (void)sum;
  patch({input.begin(), input.end()}, *view);
  retransmit(*view);
  return 0;
}

// Any bytes as a compound RTCP packet: every value can be read to its end, and feedback adds up.
#include "base/assert.hpp"
#include "wire/rtcp.hpp"

using namespace greenroom;

namespace {

volatile std::uint64_t sum = 0;

struct Read {
  void operator()(const wire::OtherRtcp& p) const { sum = sum + p.type; }
  void operator()(const wire::SenderReport& p) const { blocks(p.blocks); }
  void operator()(const wire::ReceiverReport& p) const { blocks(p.blocks); }
  void operator()(const wire::Sdes& p) const { text(p.cname); }
  void operator()(const wire::Bye& p) const {
    for (const auto s : p.sources) sum = sum + s.ssrc.value;
    text(p.reason);
  }
  void operator()(const wire::Nack& p) const {
    p.for_each([](wire::SeqNo s) { sum = sum + s.value; });
  }
  void operator()(const wire::Pli& p) const { sum = sum + p.ids.media.value; }
  void operator()(const wire::Fir& p) const {
    for (const auto i : p.items) sum = sum + i.command_seq;
  }
  void operator()(const wire::Remb& p) const {
    GREENROOM_ASSERT(p.bitrate.bps >= 0);
    for (const auto s : p.sources) sum = sum + s.ssrc.value;
  }
  void operator()(const wire::TransportFeedback& p) const {
    std::size_t count = 0;
    p.for_each([&](const wire::PacketStatus& s) {
      ++count;
      sum = sum + std::uint64_t(s.arrival.count());
    });
    GREENROOM_ASSERT(count == p.status_count());
  }
  static void blocks(const wire::WireList<wire::ReportBlock>& list) {
    for (const auto b : list) {
      GREENROOM_ASSERT(b.packets_lost >= -0x800000 && b.packets_lost <= 0x7FFFFF);
      sum = sum + b.jitter;
    }
  }
  static void text(std::string_view t) {
    for (const char c : t) sum = sum + std::uint8_t(c);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::RtcpReader reader({data, size});
  std::size_t packets = 0;
  while (const auto packet = reader.next()) ++packets, std::visit(Read{}, *packet);
  GREENROOM_ASSERT(packets <= size / 4);
  return 0;
}

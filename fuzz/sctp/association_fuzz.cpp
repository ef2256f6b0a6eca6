// An established association whose peer says what it likes: the input is a list of records, a byte of what happens
// besides, a byte of time to pass, a byte of length and so many bytes of chunks, which come in a packet with the right
// tag and a good checksum.
#include <array>
#include <cstdlib>

#include "sctp/association.hpp"

namespace {
using namespace greenroom;

struct Peers {
  base::SeededRng rng{1};
  base::Instant now{std::chrono::seconds(1000)};
  sctp::Association association{{.max_message = 10'000, .max_buffered = 50'000, .receive_window = 20'000}, rng};
  std::uint32_t tag = 0;

  // A handshake by hand, so that the tag is known.
  void meet() {
    std::array<std::uint8_t, 1500> packet;
    association.connect(now);
    const auto size = association.poll_packet(packet, now);
    const auto hello = wire::parse_sctp(base::ByteView(packet).first(size));
    const auto init = wire::parse_sctp_init(wire::SctpChunkReader(hello->chunks).next()->value);
    tag = init->tag;
    const base::Bytes cookie(8, 1);
    wire::SctpPacketWriter answer(packet, {5000, 5000, tag});
    answer.init(wire::SctpChunkType::init_ack, {7, 100'000, 1024, 1024, 1, true, true, cookie});
    association.deliver(base::ByteView(packet).first(answer.finish()), now);
    wire::SctpPacketWriter done(packet, {5000, 5000, tag});
    done.chunk(wire::SctpChunkType::cookie_ack, 0);
    association.deliver(base::ByteView(packet).first(done.finish()), now);
  }

  void say(base::ByteView chunks) {
    std::array<std::uint8_t, 1500> packet;
    wire::SctpPacketWriter writer(packet, {5000, 5000, tag});
    writer.raw(chunks);
    association.deliver(base::ByteView(packet).first(writer.finish()), now);
  }

  void drain() {
    std::array<std::uint8_t, 1500> packet;
    int packets = 0;
    while (const auto size = association.poll_packet(packet, now)) {
      if (size > 1160 || ++packets > 1000) std::abort();
    }
    while (association.next_message()) continue;
    while (association.next_reset()) continue;
  }

  void act(std::uint8_t what) {
    const sctp::StreamId stream{std::uint16_t(what >> 4)};
    const sctp::Reliability reliability{(what & 8) != 0, what & 4 ? std::optional<std::uint16_t>(0) : std::nullopt, {}};
    if (what & 1) {
      association.send({stream, 51, std::make_shared<const base::Bytes>(std::size_t(what) * 20 + 1)}, reliability, now);
    }
    if ((what & 3) == 2) association.reset_stream(stream);
    if (what == 0xFE) association.shutdown(now);
  }
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Peers peers;
  peers.meet();
  if (!peers.association.open()) std::abort();
  base::ByteReader input({data, size});
  while (input.left() > 3) {
    peers.act(input.u8());
    peers.now += std::chrono::milliseconds(10 * input.u8());
    const auto length = std::min<std::size_t>(input.u8(), input.left());
    if (length > 0) peers.say(input.take(length));
    peers.association.advance(peers.now);
    peers.drain();
    if (peers.association.buffered() > 50'000) std::abort();
  }
  return 0;
}

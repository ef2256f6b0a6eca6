// Any arrivals: what the builder takes, the parser gives back.
#include <vector>

#include "base/assert.hpp"
#include "wire/rtcp.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader reader({data, size});
  static wire::TransportFeedbackBuilder builder;
  std::uint64_t sequence = reader.u16();
  std::int64_t at = std::int32_t(reader.u32());
  builder.start({sequence}, base::Instant(base::Duration(at)));
  std::vector<std::uint16_t> taken = {std::uint16_t(sequence)};
  while (reader.left() > 0) {
    sequence += reader.u8() % 32;
    at += std::int16_t(reader.u16()) * std::int64_t(40);
    if (builder.add({sequence}, base::Instant(base::Duration(at)))) taken.push_back(std::uint16_t(sequence));
  }
  std::array<std::uint8_t, wire::max_feedback_size> buffer;
  base::ByteWriter out(buffer);
  builder.write(out, {1}, {2}, 3);
  GREENROOM_ASSERT(out.ok());
  wire::RtcpReader parsed(out.written());
  const auto packet = parsed.next();
  GREENROOM_ASSERT(packet && std::holds_alternative<wire::TransportFeedback>(*packet));
  std::size_t i = 0;
  std::get<wire::TransportFeedback>(*packet).for_each([&](const wire::PacketStatus& s) {
    if (s.received) GREENROOM_ASSERT(i < taken.size() && s.sequence.value == taken[i++]);
  });
  GREENROOM_ASSERT(i == taken.size());
  return 0;
}

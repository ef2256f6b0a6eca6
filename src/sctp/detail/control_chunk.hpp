// How an association queues a chunk that is no DATA. For association*.cpp only.
#pragma once
#include <array>

#include "sctp/association.hpp"

namespace greenroom::sctp {

// `write` writes one chunk with a packet writer. What finds no room is lost, as packets are; every chunk that matters
// is repeated by a timer.
template <class Write>
void Association::queue(Write&& write, bool alone, std::optional<std::uint32_t> tag) {
  if (control_.size() >= max_control) return;
  std::array<std::uint8_t, 1500> packet;
  wire::SctpPacketWriter writer(base::ByteSpan(packet).first(config_.max_packet), {});
  write(writer);
  const auto size = writer.finish();
  if (size == 0) return;
  control_.push_back({{packet.begin() + wire::sctp_header_size, packet.begin() + std::ptrdiff_t(size)},
                      tag.value_or(peer_tag_),
                      alone});
}

}  // namespace greenroom::sctp

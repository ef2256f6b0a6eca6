// Looks at every datagram that leaves the shard, on its way to whoever it is for: how large they are, and that each
// stream's numbers go up, each once. Works on what the null channel leaves readable, which is all of RTP's header.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "wire/rtp.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::sim {

class Egress {
 public:
  void note(const base::Address& to, base::ByteView datagram) {
    largest = std::max(largest, datagram.size());
    if (wire::classify(datagram) != wire::DatagramKind::rtp) return;
    const auto packet = wire::RtpView::parse(datagram);
    if (!packet) return;
    auto& stream = streams_[{to.port, packet->ssrc().value}];
    const auto before = stream.unwrapper.highest();
    const auto seq = stream.unwrapper.unwrap(packet->sequence());
    if (!stream.sent.insert(seq.value).second) ++duplicates;
    if (before && seq < *before) ++backward;
  }

  std::size_t largest = 0;  // bytes of UDP payload
  std::uint64_t duplicates = 0, backward = 0;

 private:
  struct Stream {
    wire::SeqUnwrapper unwrapper;
    std::set<std::uint64_t> sent;
  };
  std::map<std::pair<std::uint16_t, std::uint32_t>, Stream> streams_;
};

}  // namespace greenroom::sim

// Makes one continuous stream out of what is forwarded of several: sequence numbers without holes of our making,
// timestamps that go on over a switch of encodings, VP8 picture ids and TL0PICIDX likewise (RFC 7741 §4.2). Remembers
// which packet of which source went out under which number, for retransmissions. Pure, owned by a Forwarder. Invariant:
// no outgoing number is given to two packets; numbers are kept free for packets that have not arrived yet.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "wire/rtp_types.hpp"
#include "wire/vp8.hpp"

namespace greenroom::sfu {

// What the outgoing packet says in place of what the incoming one said.
struct Placement {
  wire::SeqNo seq;
  wire::RtpTime time;
  wire::Vp8Patch vp8;
};

class Rewriter {
 public:
  explicit Rewriter(std::size_t history);  // outgoing packets remembered

  struct Incoming {
    wire::ExtSeq seq;
    wire::RtpTime time;
    const wire::Vp8Descriptor* vp8 = nullptr;
  };
  // From this packet on, packets come from `source`. `time_delta` is what aligns its timestamps with the time line.
  void switch_to(std::uint8_t source, const Incoming& first, std::int64_t time_delta);
  // The next packet of the current source, in any order; nothing for one from before the switch or before our memory.
  std::optional<Placement> place(const Incoming& packet);
  // It is not forwarded: what follows closes up. Of a late packet nothing can be closed any more.
  void skip(const Incoming& packet);

  struct Origin {
    std::uint8_t source = 0;
    wire::ExtSeq seq;
    Placement placement;
  };
  // Which packet went out (or was to go out) as this number.
  std::optional<Origin> origin(wire::SeqNo outgoing) const;
  // False when it was repeated less than a round trip ago; otherwise it counts as repeated now.
  bool may_repeat(wire::SeqNo outgoing, base::Instant now, base::Duration rtt);
  std::optional<wire::RtpTime> last_time() const { return last_time_; }
  std::int64_t time_delta() const { return time_delta_; }

 private:
  struct Entry {  // of one outgoing number
    wire::ExtSeq in, out;
    std::int64_t time_delta = 0;
    std::uint32_t epoch = 0;  // counts switches; 0: empty
    std::uint16_t picture_offset = 0;
    std::uint8_t tl0_offset = 0, source = 0;
    bool placed = false;
    Placement placement;
    base::Instant repeated{};
  };
  struct Link {  // from an incoming number to its outgoing one
    wire::ExtSeq in, out;
    std::uint32_t epoch = 0;
  };
  void advance_to(wire::ExtSeq in);
  void reserve(wire::ExtSeq in);
  Placement apply(Entry& entry, const Incoming& packet);

  std::vector<Entry> entries_;  // by outgoing number
  std::vector<Link> links_;     // by incoming number
  std::uint32_t epoch_ = 0;
  std::uint8_t source_ = 0;
  wire::ExtSeq first_, next_in_;  // of this epoch
  wire::ExtSeq next_out_{0x10000};
  std::int64_t time_delta_ = 0;
  std::uint16_t picture_offset_ = 0;
  std::uint8_t tl0_offset_ = 0;
  std::optional<wire::RtpTime> last_time_;        // outgoing
  std::optional<std::uint16_t> last_picture_;     // outgoing
  std::optional<std::uint8_t> last_tl0_;          // outgoing
  std::optional<std::uint16_t> skipped_picture_;  // incoming, closed up already
};

}  // namespace greenroom::sfu

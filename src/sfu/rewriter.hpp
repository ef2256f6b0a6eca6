// Makes one continuous stream out of what is forwarded of several: sequence numbers without holes of our making,
// timestamps that go on over a switch of encodings, picture ids and TL0PICIDX likewise (RFC 7741 §4.2, RFC 9628 §4.2).
// Remembers which packet of which source went out under which number, for retransmissions. Pure, owned by a Forwarder.
// Invariant: no outgoing number is given to two packets; numbers are kept free for packets that have not arrived yet.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "wire/picture_mark.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::sfu {

// What the outgoing packet says in place of what the incoming one said.
struct Placement {
  wire::SeqNo seq;
  wire::RtpTime time;
  wire::PictureNumbers picture;
  bool marker = false;  // set whatever the packet said: what follows of its picture is left out
  bool blank = false;   // without its payload: only the number is to arrive
};

class Rewriter {
 public:
  explicit Rewriter(std::size_t history);  // outgoing packets remembered at most; a second's worth, where that is less

  struct Incoming {
    wire::ExtSeq seq;
    wire::RtpTime time;
    wire::PictureMark picture;
    bool marker = false, blank = false;  // of the placement
  };
  // From this packet on, packets come from `source`. `time_delta` is what aligns its timestamps with the time line.
  void switch_to(std::uint8_t source, const Incoming& first, std::int64_t time_delta);
  // The next packet of the current source, in any order; nothing for one from before the switch or before our memory.
  std::optional<Placement> place(const Incoming& packet);
  // It is not forwarded: what follows closes up. Of a late packet nothing can be closed any more.
  void skip(const Incoming& packet);

  void fetch_ahead() const;  // a hint: place() comes soon

  // Where the outgoing stream is, for one that goes on after it: with the next number, `gap` later.
  struct End {
    wire::ExtSeq next;
    std::optional<wire::RtpTime> time;
    std::optional<std::uint16_t> picture;
    std::optional<std::uint8_t> tl0;
  };
  End end() const { return {next_out_, last_time_, last_picture_, last_tl0_}; }
  void go_on_from(const End& before, std::int64_t gap);

  struct Origin {
    std::uint8_t source = 0;
    wire::ExtSeq seq;
    Placement placement;
  };
  // Which packet went out (or was to go out) as this number.
  std::optional<Origin> origin(wire::SeqNo outgoing);
  // False when it was repeated less than a round trip ago; otherwise it counts as repeated now.
  bool may_repeat(wire::SeqNo outgoing, base::Instant now, base::Duration rtt);
  std::optional<wire::RtpTime> last_time() const { return last_time_; }
  std::int64_t time_delta() const { return time_delta_; }

 private:
  // Of one outgoing number. There are hundreds of them for each subscriber, so it is small: of each number the low
  // bits that tell it from all others remembered.
  struct Entry {
    std::uint32_t in = 0;
    std::uint32_t time = 0;  // what is to be added, then what it is
    std::uint16_t out = 0;
    std::uint16_t epoch = 0;        // of the switch before it; 0: empty
    std::uint16_t picture_id = 0;   // likewise what is to be added, then what it is
    std::uint16_t repeated_ms = 0;  // 0: never
    std::uint8_t tl0 = 0;           // as picture_id
    std::uint8_t source = 0;
    bool placed : 1 = false, marker : 1 = false, blank : 1 = false;
  };
  static_assert(sizeof(Entry) == 20);
  void advance_to(wire::ExtSeq in);
  void reserve(wire::ExtSeq in);
  void grow_when_young(const Entry& oldest);
  Placement apply(Entry& entry, const Incoming& packet);
  Placement placement_of(const Entry& entry) const;
  Entry& entry_of(wire::ExtSeq out) { return entries_[out.value & (entries_.size() - 1)]; }
  Entry* find(wire::SeqNo outgoing);
  Entry* find_incoming(wire::ExtSeq in);
  wire::ExtSeq incoming(const Entry& entry) const;

  std::size_t history_;
  std::vector<Entry> entries_;  // by outgoing number
  std::uint16_t epoch_ = 0;     // counts switches, past 0
  std::uint8_t source_ = 0;
  wire::ExtSeq first_, next_in_;  // of this epoch
  wire::ExtSeq next_out_{0x10000};
  std::int64_t time_delta_ = 0;
  std::int64_t base_delta_ = 0;      // from the producer's time line to that of the stream that we go on with
  std::optional<std::int64_t> gap_;  // to be left before the first packet that goes on
  std::uint16_t picture_offset_ = 0;
  std::uint8_t tl0_offset_ = 0;
  std::optional<wire::RtpTime> last_time_;        // outgoing
  std::optional<std::uint16_t> last_picture_;     // outgoing
  std::optional<std::uint8_t> last_tl0_;          // outgoing
  std::optional<std::uint16_t> skipped_picture_;  // incoming, closed up already
};

}  // namespace greenroom::sfu

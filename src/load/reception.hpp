// What a client receives on one link: the streams of its consumers, with the feedback that a browser would send:
// receiver reports, NACKs and transport-wide arrivals. Owned by a Client. Sequence numbers are in the clear, so an
// unchecked reception counts gaps and reports without decrypting (thousands of subscribers would cost the generator
// more than the server); a checked one opens every packet and looks at the stamp. Retransmissions are always opened.
#pragma once
#include <optional>
#include <vector>

#include "load/link.hpp"
#include "load/stream.hpp"
#include "load/tally.hpp"
#include "rtc/receive_stream.hpp"

namespace greenroom::load {

inline constexpr std::size_t streams_max = 256;    // of one reception
inline constexpr std::size_t arrivals_max = 1024;  // between two feedbacks; more are not reported

class Reception {
 public:
  Reception(Tally& tally, Distribution& latency_us, bool checked)
      : tally_(tally), latency_us_(latency_us), checked_(checked) {}

  void add(const StreamNumbers& numbers, base::Instant asked);
  void take_rtp(Link& link, base::ByteSpan datagram, const net::UdpArrival& arrival);
  void take_rtcp(Link& link, base::ByteSpan datagram, base::Instant now);
  // What is due of the feedback; transport-wide arrivals each time.
  void service(Link& link, base::Instant now);
  // NACKs alone; false when nothing is missing.
  bool repair(Link& link, base::Instant now);
  bool wants_repair() const { return wants_repair_; }

  std::int64_t lost() const;  // not here, whether asked for again or not
  std::size_t streams() const { return streams_.size(); }
  std::size_t flowing() const { return flowing_; }  // streams that have begun
  // From asking for the consumer to its first packet, of each stream that has begun.
  const std::vector<base::Duration>& waits() const { return waits_; }
  bool checked() const { return checked_; }

 private:
  struct Stream {
    StreamNumbers numbers;
    rtc::ReceiveStream stream;
    base::Instant asked;
    std::optional<std::uint32_t> last_number;
    bool begun = false;
  };
  struct Arrived {
    wire::ExtSeq seq;
    base::Instant at;
  };
  Stream* stream_of(std::uint32_t ssrc, bool& rtx);
  void take_original(Stream& stream, Link& link, base::ByteSpan datagram, const net::UdpArrival& arrival);
  void take_repair(Stream& stream, Link& link, base::ByteSpan datagram, base::Instant now);
  void accept(Stream& stream, const rtc::ReceiveStream::Packet& packet, base::Instant now);
  void look_into(Stream& stream, base::ByteView payload, const net::UdpArrival& arrival);
  void note_arrival(base::ByteSpan datagram, base::Instant now);
  void send_arrivals(Link& link);
  void send_reports(Link& link, base::Instant now);

  Tally& tally_;
  Distribution& latency_us_;
  const bool checked_;
  std::vector<Stream> streams_;
  std::vector<base::Duration> waits_;
  std::size_t flowing_ = 0;
  bool wants_repair_ = false;
  std::uint8_t transport_wide_id_ = 0, feedback_count_ = 0;
  wire::SeqUnwrapper transport_sequence_;
  std::vector<Arrived> arrivals_;
  base::Instant next_report_{};
};

}  // namespace greenroom::load

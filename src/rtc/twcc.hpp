// Transport-wide congestion control (draft-holmer-rmcat-transport-wide-cc-extensions-01), both ends of it.
// ArrivalLog: what arrived on a transport and when, told to the sender every twcc_interval, so that the browser's
// estimator lets it send at full rate. SendLog: what we sent and when, joined with the browser's reports into the
// samples that congestion.hpp judges. Pure, owned by a Transport. Both grow to what is under way between two reports,
// up to twcc_log_size: a transport that sends or receives nothing keeps next to nothing.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "wire/rtcp.hpp"
#include "wire/rtp_types.hpp"
#include "wire/transport_feedback.hpp"

namespace greenroom::rtc {

// libwebrtc's sender reacts to each report; it sends them every 50..250 ms itself.
inline constexpr base::Duration twcc_interval = std::chrono::milliseconds(50);
inline constexpr std::size_t twcc_log_size = 4096;  // packets; at 50 Mbit/s of 1,200 bytes, 0.8 s

class ArrivalLog {
 public:
  void add(wire::SeqNo seq, base::Instant now);
  // Appends one report of all since the last one; false when there is nothing (more) to tell.
  bool write(base::ByteWriter& out, wire::Ssrc sender, wire::Ssrc media);
  bool empty() const { return !pending_; }

 private:
  struct Slot {
    wire::ExtSeq seq;
    base::Instant at;
  };
  void make_room(std::size_t packets);

  wire::SeqUnwrapper unwrapper_;
  std::vector<Slot> slots_;  // a power of two of them
  wire::ExtSeq next_;        // not reported yet
  bool any_ = false, pending_ = false;
  std::uint8_t count_ = 0;
  std::unique_ptr<wire::TransportFeedbackBuilder> builder_;  // from the first report on
};

// One sent packet whose fate is known.
struct SentSample {
  base::Instant sent;
  std::optional<base::Duration> arrival;  // in the receiver's clock, unwrapped; absent: lost
  std::uint32_t size = 0;
  std::uint32_t probe = 0;  // the cluster it belonged to; 0: none
};

class SendLog {
 public:
  struct Sent {
    std::uint32_t size = 0;
    std::uint32_t probe = 0;
  };
  wire::SeqNo next() const { return next_.seq(); }
  void add(const Sent& packet, base::Instant now);  // it carried next()
  void fetch_ahead() const;                         // a hint: add() comes soon
  void fetch_behind() const;                        // a hint: match() comes soon
  // Appends to samples, in order of sequence; each packet's fate is told once.
  void match(const wire::TransportFeedback& feedback, std::vector<SentSample>& samples);

 private:
  // Small, for there are hundreds of them for each subscriber.
  struct Slot {
    std::uint32_t at = 0;  // microseconds, the low half of them: see sent_at()
    std::uint32_t probe = 0;
    std::uint16_t size = 0;  // 0: its fate is known
    std::uint16_t seq = 0;
  };
  void grow();
  base::Instant sent_at(const Slot& slot) const;
  base::Duration unwrap_reference(base::Duration reference);

  wire::ExtSeq next_{0x10000};
  base::Instant last_{};     // when the packet before next_ was sent
  std::vector<Slot> slots_;  // a power of two of them
  std::optional<base::Duration> last_reference_;
};

}  // namespace greenroom::rtc

// One browser transport (mediasoup's WebRtcTransport): ICE-lite, the secure channel, receivers of what the browser
// sends, senders of what it is sent, and the RTCP of both. Sans-I/O, owned by a peer of a shard, one thread. What it
// wants to send it writes into the Outbox it is given; what it received it returns as values. It knows nothing of
// rooms. Invariant: nothing is sent but STUN answers before a path is selected, nothing but DTLS before the channel is
// connected.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/prefetch.hpp"
#include "base/rng.hpp"
#include "crypto/secure_channel.hpp"
#include "rtc/congestion.hpp"
#include "rtc/drop.hpp"
#include "rtc/ice.hpp"
#include "rtc/outbox.hpp"
#include "rtc/pacer.hpp"
#include "rtc/receiver.hpp"
#include "rtc/send_stream.hpp"
#include "rtc/twcc.hpp"
#include "sctp/association.hpp"
#include "wire/rtp.hpp"

namespace greenroom::rtc {

// Indices of receivers and senders of one transport; used again after removal.
struct ReceiverIndex {
  std::uint16_t value = 0;
  friend auto operator<=>(const ReceiverIndex&, const ReceiverIndex&) = default;
};
struct SenderIndex {
  std::uint16_t value = 0;
  friend auto operator<=>(const SenderIndex&, const SenderIndex&) = default;
};

// Reports of several transports go out together, in steps of the clock, and their answers are best read in the same:
// each waking of the thread finds its caches cold. Not in larger steps, since media waits for them.
inline constexpr base::Duration report_step = std::chrono::milliseconds(10);

enum class TransportPhase : std::uint8_t { connecting, connected, disconnected, failed };

// A fresh RTP packet, retransmissions already turned back into originals.
struct ReceivedRtp {
  ReceiverIndex receiver;
  std::uint8_t encoding = 0;
  wire::ExtSeq seq;
  bool late = false;
  bool restarted = false;
  wire::RtpView packet;  // views the datagram
};

struct NackFeedback {
  SenderIndex sender;
  std::uint32_t first = 0, count = 0;  // in Reported::nacked
};
struct KeyframeFeedback {
  SenderIndex sender;
};
struct SenderReportFeedback {
  ReceiverIndex receiver;
  std::uint8_t encoding = 0;
};
using Feedback = std::variant<NackFeedback, KeyframeFeedback, SenderReportFeedback>;

// What a compound RTCP packet said. The vectors are the caller's, one for all transports: they need not grow for each.
struct Reported {
  std::vector<Feedback> feedback;
  std::vector<wire::SeqNo> nacked;
  std::vector<SentSample> samples;  // the fate of what was sent
};

// A packet to be sent: which bytes, and what its header says. The payload is `head` (patched by the caller) and then
// `rest`, copied from where it lies.
struct OutgoingRtp {
  bool marker = false;
  wire::SeqNo seq;
  wire::RtpTime time;
  base::ByteView head, rest;
  std::optional<std::uint8_t> audio_level, orientation;  // extension bytes as received
  base::ByteView extras;                                 // see rtc/header_extras.hpp
  std::uint16_t frame_number = 0;                        // that a dependency descriptor among them is to say
  bool redundant = false;                                // goes out under the plan's red_payload_type
  bool retransmission = false;                           // goes out on the RTX stream (RFC 4588)
  std::uint32_t probe = 0;
};

class Transport {
 public:
  struct Config {
    BandwidthEstimator::Limits bitrate;
  };
  Transport(const Config& config, base::Rng& rng);

  IceAgent& ice() { return ice_; }
  const IceAgent& ice() const { return ice_; }
  bool has_channel() const { return channel_ != nullptr; }
  void connect(std::unique_ptr<crypto::SecureChannel> channel, base::Instant now, Outbox& out);
  TransportPhase phase(base::Instant now) const;
  void close(base::Instant now, Outbox& out);

  ReceiverIndex add_receiver(ProducerPlan plan);
  void remove_receiver(ReceiverIndex index);
  Receiver* receiver(ReceiverIndex index);
  SenderIndex add_sender(ConsumerPlan plan);
  void remove_sender(SenderIndex index);
  SendStream* sender(SenderIndex index);

  // ---- datagrams in; STUN apart, because it also tells addresses
  IceAgent::Answer handle_stun(const base::Address& from, const wire::StunMessage& message, base::Instant now,
                               Outbox& out);
  struct Input {
    DropReason drop = DropReason::none;
    std::optional<ReceivedRtp> rtp;
  };
  Input handle_dtls(base::ByteView datagram, base::Instant now, Outbox& out);
  Input handle_rtp(base::ByteSpan datagram, base::Instant now);
  DropReason handle_rtcp(base::ByteSpan datagram, base::Instant now, Reported& reported);
  // handle_rtcp() comes soon: hints as those for send(), see fetch_ahead.
  static constexpr int fetch_report_steps = 1 + crypto::SecureChannel::fetch_steps;
  void fetch_report_ahead(int step) const;

  // ---- data channels (transport_data.cpp): an association, made when it is first asked for or the browser calls
  sctp::Association& data();
  bool has_data() const { return data_ != nullptr; }

  // ---- packets out
  bool can_send() const;
  // send() comes soon: hints for the processor's cache, as SecureChannel's. The steps after the first read what is at
  // hand of a Transport, which its owner has fetched.
  static constexpr int fetch_steps = 1 + crypto::SecureChannel::fetch_steps;
  void fetch_ahead(int step, SenderIndex sender) const;
  static constexpr std::size_t at_hand = 6 * base::cache_line;
  // Bytes on the wire; 0 when it could not be sent.
  std::size_t send(SenderIndex sender, const OutgoingRtp& packet, base::Instant now, Outbox& out);
  // Padding on mediasoup's probation stream (SSRC 1234, mid "probator"), which its client sets up beside the first
  // video.
  std::size_t send_probe(std::size_t size, std::uint32_t probe, base::Instant now, Outbox& out);
  Pacer& pacer() { return pacer_; }
  BandwidthEstimator& bandwidth() { return bandwidth_; }
  base::Duration rtt() const { return rtt_; }
  std::optional<base::Duration> measured_rtt() const { return measured_rtt_; }

  void advance(base::Instant now, Outbox& out);
  base::Instant next_deadline() const;
  // When advance() sends receiver and sender reports again, about once a second.
  base::Instant next_reports() const { return next_reports_; }

 private:
  static constexpr std::size_t max_nacks = 1024;  // per compound packet
  static constexpr wire::Ssrc own_ssrc{1};        // of our RTCP: we send no media under it

  void pump_channel(base::Instant now, Outbox& out);
  void receive_data(base::Instant now);
  void send_data(base::Instant now, Outbox& out);
  base::Instant next_data_deadline() const;
  Input accept_rtp(base::ByteSpan packet, base::Instant now);
  Input accept_media(const wire::RtpView& packet, ReceiverIndex index, std::uint8_t encoding, bool rtx,
                     base::Instant now);
  void note_arrival(const wire::RtpView& packet, base::Instant now);
  void on_rtcp(const wire::RtcpPacket& packet, base::Instant now, Reported& reported);
  void on_block(const wire::ReportBlock& block, base::Instant now);
  void on_sender_info(const wire::SenderInfo& info, base::Instant now, Reported& reported);
  void on_nack(const wire::Nack& nack, Reported& reported) const;
  void on_keyframe_wanted(wire::Ssrc ssrc, Reported& reported) const;
  std::optional<SenderIndex> sender_of(wire::Ssrc ssrc) const;

  template <class Write>
  void send_rtcp(Outbox& out, Write&& write);
  void send_reports(base::Instant now, Outbox& out);
  void send_repairs(base::Instant now, Outbox& out);
  void send_keyframe_requests(base::Instant now, Outbox& out);
  void send_arrivals(base::Instant now, Outbox& out);
  std::size_t seal_and_commit(base::ByteSpan buffer, std::size_t size, Outbox& out);

  // At hand, since each packet needs it:
  std::unique_ptr<crypto::SecureChannel> channel_;
  std::vector<std::unique_ptr<SendStream>> senders_;
  SendLog sent_;
  Pacer pacer_;
  bool channel_started_ = false, was_connected_ = false;
  base::Instant channel_due_ = base::Instant::max();  // its deadline
  IceAgent ice_;

  base::Rng& rng_;
  std::vector<std::unique_ptr<Receiver>> receivers_;
  std::unique_ptr<ArrivalLog> arrivals_;  // from the first that carries a number
  wire::Ssrc arrivals_media_;
  std::uint8_t transport_wide_id_ = 0;  // on what we receive
  bool may_probe_ = false;              // there is an extension by which a browser measures
  BandwidthEstimator bandwidth_;
  base::Duration rtt_ = std::chrono::milliseconds(100);
  std::optional<base::Duration> measured_rtt_;
  ConsumerPlan probator_;
  wire::SeqNo probe_seq_{1};
  base::Instant next_reports_{}, next_arrivals_{};
  std::vector<wire::SeqNo> to_nack_;
  std::unique_ptr<sctp::Association> data_;
  bool data_waits_ = false;  // more than one turn's packets
};

}  // namespace greenroom::rtc

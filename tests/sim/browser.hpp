// A browser as far as the SFU can tell: two transports (one to send on, one to receive on) made of the same rtc pieces
// as the server, with a controlling ICE side in front; sources that send packets like Opus and VP8 with simulcast and
// answer key frame requests; sinks that check what arrives. Sans-I/O and in virtual time, like all of the simulator.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crypto/secure_channel.hpp"
#include "rtc/transport.hpp"
#include "sfu/command.hpp"
#include "sfu/packet_cache.hpp"
#include "sim/network.hpp"
#include "sim/svc_stream.hpp"

namespace greenroom::sim {

enum class Coding { vp8, vp9, av1 };  // the latter two with all layers in one encoding

struct SourceSettings {
  bool video = false;
  std::vector<base::Bitrate> layers{base::Bitrate::kbps(32)};  // lowest first
  int temporal_layers = 1;
  int frames_per_second = 30;
  bool speaking = true;
  std::size_t packet_size = 1000;  // of payload, at most
  Coding coding = Coding::vp8;
  bool key_dependent = false;  // K-SVC
};

inline SourceSettings microphone() { return {}; }
// Low, middle and high.
inline SourceSettings simulcast(std::size_t packet_size = SourceSettings().packet_size) {
  return {true,       {base::Bitrate::kbps(120), base::Bitrate::kbps(400), base::Bitrate::kbps(1200)}, 1, 30, true,
          packet_size};
}

// What a browser sends for one producer.
class Source {
 public:
  Source(SourceSettings settings, std::uint32_t first_ssrc, base::Rng& rng);
  wire::RtpParameters parameters() const;  // what mediasoup-client would say of it
  void attach(rtc::Transport& transport);
  void send_due(rtc::Transport& transport, base::Instant now, rtc::Outbox& out);
  void on_nack(rtc::Transport& transport, rtc::SenderIndex sender, std::span<const wire::SeqNo> lost, base::Instant now,
               rtc::Outbox& out);
  void on_keyframe_wanted(rtc::SenderIndex sender);
  bool owns(rtc::SenderIndex sender) const;
  base::Instant next_frame() const { return next_frame_; }
  const SourceSettings& settings() const { return settings_; }

  bool muted = false;
  int max_layer = 99;  // the layers above are not sent, as by a browser short of bandwidth
  std::uint64_t packets_sent = 0, retransmitted = 0, keyframes = 0;

 private:
  struct Sent {
    wire::RtpTime time;
    base::Bytes payload, extras;
    std::uint16_t frame_number = 0;
  };
  struct Encoding {
    rtc::SenderIndex sender;
    std::uint32_t ssrc = 0;
    wire::ExtSeq seq{0x10000};
    std::uint32_t time_offset = 0;
    std::uint16_t picture = 0;
    std::uint8_t tl0 = 0;
    std::uint32_t frame = 0;
    bool keyframe = true;
    std::map<std::uint64_t, Sent> store;
    std::set<std::uint64_t> last_packets;
  };
  bool svc() const { return settings_.coding != Coding::vp8; }
  void send_picture(Encoding& e, rtc::Transport& transport, base::Instant now, rtc::Outbox& out);
  void send_frame(Encoding& e, base::Bitrate rate, rtc::Transport& transport, base::Instant now, rtc::Outbox& out);
  void send_packet(Encoding& e, rtc::Transport& transport, wire::RtpTime time, base::Bytes payload, bool last,
                   base::Instant now, rtc::Outbox& out);

  SourceSettings settings_;
  std::vector<Encoding> encodings_;
  SvcStream stream_;
  int layers_sent_ = 0;
  base::Bytes extras_;  // of the packet that is sent next
  std::uint16_t frame_number_ = 0;
  base::Instant next_frame_{};
};

// What a browser receives of one consumer, and what a decoder would say of it.
struct Sink {
  sfu::ConsumerId consumer;
  rtc::ReceiverIndex receiver;
  bool video = false, svc = false;
  SvcDecoder decoder;  // of svc
  std::uint64_t packets = 0, bytes = 0, recovered = 0, duplicates = 0;
  std::uint64_t frames = 0, keyframes = 0;
  std::uint64_t out_of_line = 0;  // payloads that do not follow from the one before: a decoder would show garbage
  std::uint64_t time_jumps = 0;   // the time line went back, or leapt
  int layer = -1;                 // of the last packet, as the source wrote it into the payload
  std::uint64_t switches = 0;     // changes of it
  std::uint64_t seen_missing() const { return first ? highest - *first + 1 - packets : 0; }
  std::optional<std::uint64_t> first;
  bool counts_from_first = false;  // what is older does not count
  std::uint64_t highest = 0;
  wire::RtpTime last_time;
  base::Instant last_arrival{}, longest_gap_from{};
  base::Duration longest_gap{0};
  std::uint64_t freezes = 0;  // more than 500 ms without a packet
};

class Browser {
 public:
  Browser(std::string name, base::Address address, const crypto::SecureChannelFactory& channels, base::Rng& rng);

  const std::string& name() const { return name_; }
  const base::Address& address(bool send) const { return send ? sides_[0].address : sides_[1].address; }

  struct Side {  // one transport
    sfu::TransportId id;
    std::unique_ptr<rtc::Transport> transport;
    rtc::IceCredentials server;
    std::vector<crypto::Fingerprint> fingerprints;
    base::Address address, server_address;
    base::Instant next_check{};
    bool checking = true, connected = false;
    std::uint64_t answers = 0;
  };
  Side& side(bool send) { return sides_[send ? 0 : 1]; }
  void open(bool send, const sfu::TransportCreated& created, base::Instant now);
  wire::DtlsParameters dtls_parameters() const;
  void restart_ice(bool send, const wire::IceParameters& server);

  Source& add_source(const std::string& label, SourceSettings settings);
  Source* source(const std::string& label);
  void start(const std::string& label);  // once the producer is accepted
  void remove_source(const std::string& label);
  Sink& add_sink(const std::string& label, const sfu::Consumed& consumed);
  Sink* sink(const std::string& label);
  std::map<std::string, Sink>& sinks() { return sinks_; }
  void remove_sink(const sfu::ConsumerId& consumer);

  void deliver(const Datagram& datagram, base::Instant now);
  void advance(base::Instant now);
  base::Instant next_deadline() const;
  bool poll(Datagram& out);

 private:
  void check(Side& side, base::Instant now);
  void select_path(Side& side, base::Instant now);
  void take(Side& side, base::ByteSpan datagram, base::Instant now);
  void on_media(const rtc::ReceivedRtp& rtp, base::Instant now);
  static void take_layer(Sink& sink, const wire::RtpView& packet);

  std::string name_;
  const crypto::SecureChannelFactory& channels_;
  base::Rng& rng_;
  std::array<Side, 2> sides_;
  std::map<std::string, std::unique_ptr<Source>> sources_;
  std::set<std::string> started_;
  std::map<std::string, Sink> sinks_;
  std::array<rtc::Outbox, 2> outboxes_;
  std::deque<Datagram> outgoing_;
  std::uint32_t next_ssrc_;
};

wire::RtpCapabilities device_capabilities();

}  // namespace greenroom::sim

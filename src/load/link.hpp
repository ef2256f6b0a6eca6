// The client's end of one transport: a socket of its own, the checks of a controlling ICE agent with one pair (RFC 8445
// §7.2.4, consent by RFC 7675), the DTLS client and SRTP. Owned by a Client, on the generator's one thread. Invariant:
// no media before the handshake is done.
#pragma once
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "crypto/secure_channel.hpp"
#include "load/capture.hpp"
#include "net/udp_swarm.hpp"

namespace greenroom::load {

struct LinkRemote {
  base::Address address;
  std::string username_fragment, password;
  std::vector<crypto::Fingerprint> fingerprints;
};

// What links are made of; outlives them.
struct LinkGround {
  net::UdpSwarm& swarm;
  const crypto::SecureChannelFactory& channels;
  base::Rng& rng;
  Capture* const& capture;  // null: nothing is kept
};

class Link {
 public:
  Link(const LinkGround& ground, LinkRemote remote, net::UdpSwarm::Member member)
      : ground_(ground), remote_(std::move(remote)), member_(member) {}
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  net::UdpSwarm::Member member() const { return member_; }
  void start(base::Instant now);  // the server knows our fingerprint from here on
  bool connected() const { return channel_ && channel_->state() == crypto::ChannelState::connected; }
  bool failed() const { return channel_ && channel_->state() == crypto::ChannelState::failed; }

  enum class Media { none, rtp, rtcp };
  Media take(base::ByteSpan datagram, base::Instant now);  // rtp and rtcp are the caller's, sealed as they came
  void service(base::Instant now);                         // whatever is due; call every 10 ms until connected
  void close(base::Instant now);

  crypto::SecureChannel& channel() { return *channel_; }
  std::uint16_t next_transport_sequence() { return transport_sequence_++; }
  const LinkRemote& remote() const { return remote_; }
  void send(base::ByteView datagram) { send(std::span(&datagram, 1)); }
  void send(std::span<const base::ByteView> datagrams);
  void send_raw(std::span<const base::ByteView> datagrams) { ground_.swarm.send(member_, datagrams); }
  // write(ByteWriter&) a compound packet: sealed and sent.
  template <class Write>
  void send_rtcp(Write&& write);

 private:
  void check(base::Instant now);
  void take_stun(base::ByteView datagram, base::Instant now);
  void shake_hands(base::Instant now);
  void pump();

  LinkGround ground_;
  LinkRemote remote_;
  net::UdpSwarm::Member member_;
  std::unique_ptr<crypto::SecureChannel> channel_;
  base::Instant next_check_ = base::Instant::max();
  bool answered_ = false;
  std::uint16_t transport_sequence_ = 1;
};

template <class Write>
void Link::send_rtcp(Write&& write) {
  std::array<std::uint8_t, 1500> buffer;
  base::ByteWriter writer(base::ByteSpan(buffer).first(buffer.size() - crypto::srtcp_max_overhead));
  write(writer);
  if (!writer.ok() || writer.size() == 0) return;
  if (const auto sealed = channel_->protect_rtcp(buffer, writer.size())) send(base::ByteView(buffer).first(*sealed));
}

}  // namespace greenroom::load

// DTLS-SRTP as a SecureChannel: the handshake's keys make the sender and the receiver.
#include "crypto/dtls.hpp"

namespace greenroom::crypto {
namespace {

class DtlsChannel final : public SecureChannel {
 public:
  DtlsChannel(const DtlsCertificate& certificate, DtlsRole role, std::vector<Fingerprint> remote)
      : endpoint_(certificate, role, std::move(remote)) {}

  void start(base::Instant now) override { endpoint_.start(now), follow(); }
  void deliver(base::ByteView datagram, base::Instant now) override { endpoint_.deliver(datagram, now), follow(); }
  std::size_t poll_datagram(base::ByteSpan out) override { return endpoint_.poll_datagram(out); }
  void advance(base::Instant now) override { endpoint_.advance(now), follow(); }
  base::Instant next_deadline() const override { return endpoint_.next_deadline(); }
  void close(base::Instant now) override { endpoint_.close(now), follow(); }
  bool send_application(base::ByteView data) override {
    const bool sent = endpoint_.send_application(data);
    follow();
    return sent;
  }
  std::size_t poll_application(base::ByteSpan out) override { return endpoint_.poll_application(out); }
  ChannelState state() const override { return state_; }
  void fetch_ahead(Coming what, int step) const override {
    if (!sender_) return;
    what == Coming::protect_rtp ? sender_->fetch_ahead(step) : receiver_->fetch_ahead(step);
  }
  std::string_view failure() const override { return endpoint_.failure(); }

  Sealed protect_rtp(base::ByteSpan buffer, std::size_t size) override {
    return is_connected() ? sender_->protect_rtp(buffer, size) : not_connected();
  }
  Sealed protect_rtcp(base::ByteSpan buffer, std::size_t size) override {
    return is_connected() ? sender_->protect_rtcp(buffer, size) : not_connected();
  }
  Sealed unprotect_rtp(base::ByteSpan packet) override {
    return is_connected() ? receiver_->unprotect_rtp(packet) : not_connected();
  }
  Sealed unprotect_rtcp(base::ByteSpan packet) override {
    return is_connected() ? receiver_->unprotect_rtcp(packet) : not_connected();
  }

 private:
  static Sealed not_connected() { return tl::unexpected<Drop>(Drop::not_connected); }
  bool is_connected() const { return state_ == ChannelState::connected; }
  // The keys are of the profile that was agreed on, so they fit.
  void follow() {
    state_ = endpoint_.state();
    if (!is_connected() || sender_) return;
    sender_ = std::move(*SrtpSender::create(endpoint_.srtp_keys()->local));
    receiver_ = std::move(*SrtpReceiver::create(endpoint_.srtp_keys()->remote));
    endpoint_.forget_srtp_keys();
  }

  ChannelState state_ = ChannelState::connecting;  // the endpoint's, here because it is asked for with each packet
  std::optional<SrtpSender> sender_;
  std::optional<SrtpReceiver> receiver_;
  DtlsEndpoint endpoint_;
};

class DtlsChannelFactory final : public SecureChannelFactory {
 public:
  explicit DtlsChannelFactory(DtlsCertificate certificate) : certificate_(std::move(certificate)) {}
  std::vector<Fingerprint> local_fingerprints() const override { return {certificate_.fingerprint()}; }
  std::unique_ptr<SecureChannel> create(DtlsRole role, std::vector<Fingerprint> remote) const override {
    return std::make_unique<DtlsChannel>(certificate_, role, std::move(remote));
  }

 private:
  DtlsCertificate certificate_;
};

}  // namespace

std::unique_ptr<SecureChannelFactory> make_dtls_channel_factory(DtlsCertificate certificate) {
  return std::make_unique<DtlsChannelFactory>(std::move(certificate));
}

}  // namespace greenroom::crypto

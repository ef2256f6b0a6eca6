#include "crypto/srtp.hpp"

#include <optional>
#include <unordered_map>

#include "base/prefetch.hpp"
#include "crypto/detail/replay_window.hpp"
#include "crypto/detail/srtp_transform.hpp"
#include "crypto/secure_channel.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::size_t rtp_header_size_min = 12;
constexpr std::size_t hmac_sha1_key_size = 20;
constexpr std::uint64_t max_rtp_index = (1ULL << 48) - 1;
constexpr std::uint64_t max_rtcp_index = (1ULL << 31) - 1;

// The clear part of an RTP packet (RFC 3550 §5.1, §5.3.1); nothing when it does not fit.
std::optional<std::size_t> rtp_header_size(base::ByteView packet) {
  if (packet.size() < rtp_header_size_min || packet[0] >> 6 != 2) return std::nullopt;
  std::size_t size = rtp_header_size_min + 4 * (packet[0] & 0x0FU);
  if (packet[0] & 0x10) {
    if (packet.size() < size + 4) return std::nullopt;
    size += 4 + 4 * std::size_t(base::load_u16(&packet[size + 2]));
  }
  if (size > packet.size()) return std::nullopt;
  return size;
}

bool is_rtcp(base::ByteView packet) { return packet.size() >= rtcp_clear_size && packet[0] >> 6 == 2; }

SessionKeys session_keys(const SrtpKeys& keys, SrtpLabel key, SrtpLabel auth, SrtpLabel salt) {
  const auto sizes = sizes_of(keys.profile);
  const bool aead = keys.profile != SrtpProfile::aes128_cm_sha1_80;
  return {derive_session_key(keys, key, sizes.key), derive_session_key(keys, salt, sizes.salt),
          aead ? base::Bytes() : derive_session_key(keys, auth, hmac_sha1_key_size)};
}

std::unique_ptr<SrtpTransform> make_transform(const SrtpKeys& keys, CipherDirection direction) {
  return make_srtp_transform(keys.profile, direction,
                             session_keys(keys, SrtpLabel::rtp_key, SrtpLabel::rtp_auth, SrtpLabel::rtp_salt),
                             session_keys(keys, SrtpLabel::rtcp_key, SrtpLabel::rtcp_auth, SrtpLabel::rtcp_salt));
}

base::Status check(const SrtpKeys& keys) {
  const auto sizes = sizes_of(keys.profile);
  if (keys.master_key.size() == sizes.key && keys.master_salt.size() == sizes.salt) return {};
  return base::fail(srtp_bad_keys, "SRTP keys of the wrong size for their profile");
}

// The streams of one direction. What comes in a row is mostly of one, so the last one is tried first.
class Streams {
 public:
  ReplayWindow* find(std::uint32_t ssrc) {
    if (last_ && last_ssrc_ == ssrc) return last_;
    const auto it = windows_.find(ssrc);
    if (it == windows_.end()) return nullptr;
    last_ssrc_ = ssrc;
    return last_ = &it->second;
  }
  void fetch_ahead(int step) const {  // as the window's
    if (last_) last_->fetch_ahead(step);
  }
  bool full() const { return windows_.size() >= max_srtp_streams; }
  ReplayWindow* add(std::uint32_t ssrc) { return &windows_[ssrc]; }

 private:
  std::unordered_map<std::uint32_t, ReplayWindow> windows_;
  std::uint32_t last_ssrc_ = 0;
  ReplayWindow* last_ = nullptr;
};

tl::unexpected<Drop> drop(Drop reason) { return tl::unexpected<Drop>(reason); }

// Where a packet stands in its stream, or why it must not be handled.
tl::expected<PacketId, Drop> place(const ReplayWindow* stream, std::uint32_t ssrc, std::uint16_t sequence) {
  const auto index = stream ? stream->guess(sequence) : sequence;
  if (!index) return drop(Drop::too_old);
  if (*index > max_rtp_index) return drop(Drop::exhausted);
  if (const auto reason = stream ? stream->check(*index) : std::nullopt) return drop(*reason);
  return PacketId{ssrc, *index};
}

}  // namespace

SrtpProfileSizes sizes_of(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::aes128_cm_sha1_80:
      return {16, 14, 10};
    case SrtpProfile::aead_aes_128_gcm:
      return {16, 12, 16};
    case SrtpProfile::aead_aes_256_gcm:
      break;
  }
  return {32, 12, 16};
}

const char* name_of(Drop drop) {
  static constexpr const char* names[drop_reasons] = {"malformed", "unauthenticated",  "replayed",  "too_old",
                                                      "no_room",   "too_many_streams", "exhausted", "not_connected"};
  return names[std::size_t(drop)];
}

struct SrtpSender::State {
  std::unique_ptr<SrtpTransform> transform;
  std::size_t tag = 0;
  Streams streams;
  std::uint64_t rtcp_index = 0;  // one count for all SSRCs: unique is all it must be
};

base::Result<SrtpSender> SrtpSender::create(const SrtpKeys& keys) {
  GREENROOM_CHECK_OK(check(keys));
  auto state = std::make_unique<State>();
  state->transform = make_transform(keys, CipherDirection::seal);
  state->tag = sizes_of(keys.profile).tag;
  return SrtpSender(std::move(state));
}

SrtpSender::SrtpSender(std::unique_ptr<State> state) : state_(std::move(state)) {}
SrtpSender::SrtpSender(SrtpSender&&) noexcept = default;
SrtpSender& SrtpSender::operator=(SrtpSender&&) noexcept = default;
SrtpSender::~SrtpSender() = default;

Sealed SrtpSender::protect_rtp(base::ByteSpan buffer, std::size_t size) {
  if (size > buffer.size()) return drop(Drop::malformed);
  const auto header = rtp_header_size(buffer.first(size));
  if (!header) return drop(Drop::malformed);
  if (state_->tag > buffer.size() - size) return drop(Drop::no_room);
  const std::uint32_t ssrc = base::load_u32(&buffer[8]);
  auto* stream = state_->streams.find(ssrc);
  const auto id = place(stream, ssrc, base::load_u16(&buffer[2]));
  if (!id) return drop(id.error());
  if (!stream && state_->streams.full()) return drop(Drop::too_many_streams);
  if (!stream) stream = state_->streams.add(ssrc);
  stream->accept(id->index);
  return state_->transform->seal_rtp(buffer, *header, size, *id);
}

void SrtpSender::fetch_ahead(int step) const {
  static_assert(SecureChannel::fetch_steps == 3);
  if (step == 0) return base::prefetch(state_.get());
  state_->streams.fetch_ahead(step - 1);
  step == 1 ? state_->transform->fetch_ahead() : state_->transform->fetch_key_ahead(SrtpTransform::Kind::rtp);
}

Sealed SrtpSender::protect_rtcp(base::ByteSpan buffer, std::size_t size) {
  if (size > buffer.size() || !is_rtcp(buffer.first(size))) return drop(Drop::malformed);
  if (rtcp_index_size + state_->tag > buffer.size() - size) return drop(Drop::no_room);
  if (state_->rtcp_index > max_rtcp_index) return drop(Drop::exhausted);
  return state_->transform->seal_rtcp(buffer, size, {base::load_u32(&buffer[4]), state_->rtcp_index++});
}

struct SrtpReceiver::State {
  std::unique_ptr<SrtpTransform> transform;
  std::size_t tag = 0;
  Streams rtp;
  Streams rtcp;
};

base::Result<SrtpReceiver> SrtpReceiver::create(const SrtpKeys& keys) {
  GREENROOM_CHECK_OK(check(keys));
  auto state = std::make_unique<State>();
  state->transform = make_transform(keys, CipherDirection::open);
  state->tag = sizes_of(keys.profile).tag;
  return SrtpReceiver(std::move(state));
}

SrtpReceiver::SrtpReceiver(std::unique_ptr<State> state) : state_(std::move(state)) {}
SrtpReceiver::SrtpReceiver(SrtpReceiver&&) noexcept = default;
SrtpReceiver& SrtpReceiver::operator=(SrtpReceiver&&) noexcept = default;
SrtpReceiver::~SrtpReceiver() = default;

Sealed SrtpReceiver::unprotect_rtp(base::ByteSpan packet) {
  const auto header = rtp_header_size(packet);
  if (!header || packet.size() < *header + state_->tag) return drop(Drop::malformed);
  const std::uint32_t ssrc = base::load_u32(&packet[8]);
  auto* stream = state_->rtp.find(ssrc);
  const auto id = place(stream, ssrc, base::load_u16(&packet[2]));
  if (!id) return drop(id.error());
  if (!stream && state_->rtp.full()) return drop(Drop::too_many_streams);
  const auto size = state_->transform->open_rtp(packet, *header, *id);
  if (!size) return drop(Drop::unauthenticated);
  if (!stream) stream = state_->rtp.add(ssrc);
  stream->accept(id->index);
  return *size;
}

void SrtpReceiver::fetch_ahead(int step) const {
  if (step == 0) return base::prefetch(state_.get());
  state_->rtcp.fetch_ahead(step - 1);
  step == 1 ? state_->transform->fetch_ahead() : state_->transform->fetch_key_ahead(SrtpTransform::Kind::rtcp);
}

Sealed SrtpReceiver::unprotect_rtcp(base::ByteSpan packet) {
  if (!is_rtcp(packet) || packet.size() < rtcp_clear_size + rtcp_index_size + state_->tag) return drop(Drop::malformed);
  const std::uint32_t word = state_->transform->rtcp_index_word(packet);
  // Encryption is not optional here, so a clear packet is a foreign one (RFC 3711 §3.4).
  if ((word & rtcp_encrypted_flag) == 0) return drop(Drop::malformed);
  const PacketId id{base::load_u32(&packet[4]), word & ~rtcp_encrypted_flag};
  auto* stream = state_->rtcp.find(id.ssrc);
  if (const auto reason = stream ? stream->check(id.index) : std::nullopt) return drop(*reason);
  if (!stream && state_->rtcp.full()) return drop(Drop::too_many_streams);
  const auto size = state_->transform->open_rtcp(packet, id);
  if (!size) return drop(Drop::unauthenticated);
  if (!stream) stream = state_->rtcp.add(id.ssrc);
  stream->accept(id.index);
  return *size;
}

}  // namespace greenroom::crypto

#include "crypto/detail/gcm.hpp"

#include "base/prefetch.hpp"

#if defined(__x86_64__) && __has_include(<intel-ipsec-mb.h>)
#define GREENROOM_MULTI_BUFFER 1
#include <intel-ipsec-mb.h>
#else
#define GREENROOM_MULTI_BUFFER 0
#endif

namespace greenroom::crypto {
namespace {
const EVP_CIPHER* cipher_for(base::ByteView key) { return key.size() == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm(); }
}  // namespace

#if GREENROOM_MULTI_BUFFER
namespace {

// A table of functions for this processor, made once and only read; null where it lacks the instructions.
IMB_MGR* make_library() {
  auto* library = alloc_mb_mgr(0);
  if (!library) return nullptr;
  constexpr auto needed = IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ | IMB_FEATURE_AVX;
  if ((library->features & needed) != needed) return free_mb_mgr(library), nullptr;
  init_mb_mgr_auto(library, nullptr);
  return library;
}
IMB_MGR* library() {
  static IMB_MGR* const made = make_library();
  return made;
}
}  // namespace

struct GcmSchedule {
  gcm_key_data data;
};
void FreeGcmSchedule::operator()(GcmSchedule* schedule) const {
  OPENSSL_cleanse(schedule, sizeof *schedule);
  delete schedule;
}
bool GcmKey::has_fast_path() { return library() != nullptr; }

namespace {
gcm_context_data* context_of(std::uint8_t* state) { return reinterpret_cast<gcm_context_data*>(state); }

GcmSchedule* make_schedule(base::ByteView key) {
  auto* made = new GcmSchedule;
  if (key.size() == 32)
    IMB_AES256_GCM_PRE(library(), key.data(), &made->data);
  else
    IMB_AES128_GCM_PRE(library(), key.data(), &made->data);
  return made;
}

void start_fast(const GcmSchedule& key, bool wide, std::uint8_t* state, const std::uint8_t* iv, base::ByteView aad) {
  const auto init = wide ? library()->gcm256_init : library()->gcm128_init;
  init(&key.data, context_of(state), iv, aad.data(), aad.size());
}

void crypt_fast(const GcmSchedule& key, bool wide, bool seals, std::uint8_t* state, std::uint8_t* out,
                base::ByteView in) {
  const auto& l = *library();
  const auto update =
      seals ? (wide ? l.gcm256_enc_update : l.gcm128_enc_update) : (wide ? l.gcm256_dec_update : l.gcm128_dec_update);
  update(&key.data, context_of(state), out, in.data(), in.size());
}

void finish_fast(const GcmSchedule& key, bool wide, bool seals, std::uint8_t* state, std::uint8_t* tag) {
  const auto& l = *library();
  const auto finalize = seals ? (wide ? l.gcm256_enc_finalize : l.gcm128_enc_finalize)
                              : (wide ? l.gcm256_dec_finalize : l.gcm128_dec_finalize);
  finalize(&key.data, context_of(state), tag, aead_tag_size);
}
}  // namespace
#else
struct GcmSchedule {};
void FreeGcmSchedule::operator()(GcmSchedule* schedule) const { delete schedule; }
bool GcmKey::has_fast_path() { return false; }

namespace {
GcmSchedule* make_schedule(base::ByteView) { return nullptr; }
void start_fast(const GcmSchedule&, bool, std::uint8_t*, const std::uint8_t*, base::ByteView) {}
void crypt_fast(const GcmSchedule&, bool, bool, std::uint8_t*, std::uint8_t*, base::ByteView) {}
void finish_fast(const GcmSchedule&, bool, bool, std::uint8_t*, std::uint8_t*) {}
}  // namespace
#endif

GcmKey::GcmKey(base::ByteView key, CipherDirection direction, bool plain)
    : cipher_(cipher_for(key), key, direction),
      direction_(direction),
      fast_(!plain && has_fast_path()),
      wide_(key.size() == 32) {}

void GcmKey::fetch_schedule() const { base::prefetch(schedule_.get()); }

GcmMessage::GcmMessage(GcmKey& key, const std::uint8_t* iv, base::ByteView associated) : key_(key) {
  if (key_.fast_) {
    if (!key_.schedule_) key_.schedule_.reset(make_schedule(key_.cipher_.key()));
    start_fast(*key_.schedule_, key_.wide_, state_.data(), iv, associated);
    return;
  }
  context_ = key_.cipher_.get();
  set_iv(context_, iv);
  crypto::crypt(context_, nullptr, associated);
}

void GcmMessage::crypt(std::uint8_t* out, base::ByteView in) {
  if (in.empty()) return;
  if (!key_.fast_) return crypto::crypt(context_, out, in);
  crypt_fast(*key_.schedule_, key_.wide_, key_.direction_ == CipherDirection::seal, state_.data(), out, in);
}

void GcmMessage::seal(std::uint8_t* tag) {
  if (!key_.fast_) return finish_seal(context_, tag);
  finish_fast(*key_.schedule_, key_.wide_, true, state_.data(), tag);
}

bool GcmMessage::open(const std::uint8_t* tag) {
  if (!key_.fast_) return finish_open(context_, tag);
  std::array<std::uint8_t, aead_tag_size> right;
  finish_fast(*key_.schedule_, key_.wide_, false, state_.data(), right.data());
  return CRYPTO_memcmp(right.data(), tag, right.size()) == 0;
}

}  // namespace greenroom::crypto

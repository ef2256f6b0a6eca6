#include "crypto/detail/gcm.hpp"

#include <array>
#include <cstddef>

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

// The powers of the hash key are read in whole cache lines, so they begin with one.
struct alignas(base::cache_line) GcmSchedule {
  static constexpr std::size_t powers_at = offsetof(gcm_key_data, ghash_keys);
  std::array<std::uint8_t, base::cache_line - powers_at % base::cache_line> padding;
  gcm_key_data data;
};
void FreeGcmSchedule::operator()(GcmSchedule* schedule) const {
  OPENSSL_cleanse(schedule, sizeof *schedule);
  delete schedule;
}
bool GcmKey::has_fast_path() { return library() != nullptr; }

namespace {
GcmSchedule* make_schedule(base::ByteView key) {
  auto* made = new GcmSchedule;
  if (key.size() == 32)
    IMB_AES256_GCM_PRE(library(), key.data(), &made->data);
  else
    IMB_AES128_GCM_PRE(library(), key.data(), &made->data);
  return made;
}

void seal_fast(const GcmSchedule& key, bool wide, const std::uint8_t* iv, base::ByteView aad, base::ByteSpan message,
               std::uint8_t* tag) {
  gcm_context_data context;
  const auto seal = wide ? library()->gcm256_enc : library()->gcm128_enc;
  seal(&key.data, &context, message.data(), message.data(), message.size(), iv, aad.data(), aad.size(), tag,
       aead_tag_size);
}

// The tag that the message should have.
std::array<std::uint8_t, aead_tag_size> open_fast(const GcmSchedule& key, bool wide, const std::uint8_t* iv,
                                                  base::ByteView aad, base::ByteSpan message) {
  gcm_context_data context;
  std::array<std::uint8_t, aead_tag_size> tag;
  const auto open = wide ? library()->gcm256_dec : library()->gcm128_dec;
  open(&key.data, &context, message.data(), message.data(), message.size(), iv, aad.data(), aad.size(), tag.data(),
       aead_tag_size);
  return tag;
}
}  // namespace
#else
struct GcmSchedule {};
void FreeGcmSchedule::operator()(GcmSchedule* schedule) const { delete schedule; }
bool GcmKey::has_fast_path() { return false; }

namespace {
GcmSchedule* make_schedule(base::ByteView) { return nullptr; }
void seal_fast(const GcmSchedule&, bool, const std::uint8_t*, base::ByteView, base::ByteSpan, std::uint8_t*) {}
std::array<std::uint8_t, aead_tag_size> open_fast(const GcmSchedule&, bool, const std::uint8_t*, base::ByteView,
                                                  base::ByteSpan) {
  return {};
}
}  // namespace
#endif

GcmKey::GcmKey(base::ByteView key, CipherDirection direction, bool plain)
    : cipher_(cipher_for(key), key, direction), fast_(!plain && has_fast_path()), wide_(key.size() == 32) {}

const GcmSchedule& GcmKey::schedule() {
  if (!schedule_) schedule_.reset(make_schedule(cipher_.key()));
  return *schedule_;
}

EVP_CIPHER_CTX* GcmKey::begin(const std::uint8_t* iv, base::ByteView associated) {
  auto* context = cipher_.get();
  set_iv(context, iv);
  crypt(context, nullptr, associated);
  return context;
}

void GcmKey::seal(const std::uint8_t* iv, base::ByteView associated, base::ByteSpan message, std::uint8_t* tag) {
  if (fast_) return seal_fast(schedule(), wide_, iv, associated, message, tag);
  auto* context = begin(iv, associated);
  crypt(context, message.data(), message);
  finish_seal(context, tag);
}

bool GcmKey::open(const std::uint8_t* iv, base::ByteView associated, base::ByteSpan message, const std::uint8_t* tag) {
  if (fast_) {
    const auto right = open_fast(schedule(), wide_, iv, associated, message);
    return CRYPTO_memcmp(right.data(), tag, right.size()) == 0;
  }
  auto* context = begin(iv, associated);
  crypt(context, message.data(), message);
  return finish_open(context, tag);
}

void GcmKey::fetch_schedule() const { base::prefetch(schedule_.get()); }

}  // namespace greenroom::crypto

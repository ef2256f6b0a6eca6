// AES-GCM under a key that stays, as SRTP packets need it: some ten to fourteen hundred bytes, each under a key of its
// own thousand others, so that what counts is how little there is to do besides. By the multi-buffer library
// (libIPSec_MB), where it was there to build with and the processor has the instructions: a quarter of the time that
// OpenSSL 3.0 takes, which looks names of parameters up for each message. Otherwise by OpenSSL. One thread; the key's
// schedule, a kilobyte, is made when it is first needed.
#pragma once
#include <array>
#include <memory>

#include "crypto/detail/cipher_context.hpp"

namespace greenroom::crypto {

struct GcmSchedule;  // the multi-buffer library's
struct FreeGcmSchedule {
  void operator()(GcmSchedule* schedule) const;
};

class GcmKey {
 public:
  // 16 or 32 bytes. `plain`: by OpenSSL whatever there is.
  GcmKey(base::ByteView key, CipherDirection direction, bool plain = false);
  static bool has_fast_path();
  void fetch_schedule() const;  // a hint: a message comes soon

 private:
  friend class GcmMessage;
  LazyCipher cipher_;
  CipherDirection direction_;
  bool fast_, wide_;  // wide: 256 bits
  std::unique_ptr<GcmSchedule, FreeGcmSchedule> schedule_;
};

// One message: associated data at the beginning, then its pieces, then seal() or open().
class GcmMessage {
 public:
  GcmMessage(GcmKey& key, const std::uint8_t* iv, base::ByteView associated);
  void crypt(std::uint8_t* out, base::ByteView in);
  void seal(std::uint8_t* tag);        // writes aead_tag_size bytes
  bool open(const std::uint8_t* tag);  // whether it is right

 private:
  static constexpr std::size_t state_size = 128;
  GcmKey& key_;
  EVP_CIPHER_CTX* context_ = nullptr;                       // OpenSSL's
  alignas(16) std::array<std::uint8_t, state_size> state_;  // the multi-buffer library's; begins with its first call
};

}  // namespace greenroom::crypto

// AES-GCM under a key that stays, as SRTP packets need it: some ten to fourteen hundred bytes, each under a key of its
// own thousand others, so that what counts is how little there is to do besides. By the multi-buffer library
// (libIPSec_MB), where it was there to build with and the processor has the instructions: a quarter of the time that
// OpenSSL 3.0 takes, which looks names of parameters up for each message. Otherwise by OpenSSL. One thread; the key's
// schedule, a kilobyte, is made when it is first needed.
#pragma once
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

  // One message, in place. An IV is 12 bytes, of which the fast path may read 16; a tag is aead_tag_size bytes.
  void seal(const std::uint8_t* iv, base::ByteView associated, base::ByteSpan message, std::uint8_t* tag);
  // Whether the tag is right; if not, the message is of no use.
  bool open(const std::uint8_t* iv, base::ByteView associated, base::ByteSpan message, const std::uint8_t* tag);
  void fetch_schedule() const;  // a hint: a message comes soon

 private:
  const GcmSchedule& schedule();
  EVP_CIPHER_CTX* begin(const std::uint8_t* iv, base::ByteView associated);

  LazyCipher cipher_;
  bool fast_, wide_;  // wide: 256 bits
  std::unique_ptr<GcmSchedule, FreeGcmSchedule> schedule_;
};

}  // namespace greenroom::crypto

// Any text as a token, a signed URL's parameters, and encoded bytes: refused or decoded, and what is decoded encodes
// back.
#include "base/assert.hpp"
#include "crypto/encoding.hpp"
#include "crypto/password.hpp"
#include "crypto/signed_url.hpp"
#include "crypto/token.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const base::Bytes key(crypto::min_token_key_size, 7);
  const auto now = base::wall_from_micros(1'700'000'000'000'000);
  const auto text = base::as_text({data, size});
  GREENROOM_ASSERT(!crypto::verify_token(key, text, now));
  if (size < crypto::max_token_size / 2) crypto::verify_token(key, crypto::sign_token(key, text), now);
  GREENROOM_ASSERT(!crypto::verify_url(key, "/media/x", {text.substr(0, size / 2), text.substr(size / 2)}, now));
  if (const auto bytes = crypto::from_base64(text)) GREENROOM_ASSERT(crypto::to_base64(*bytes) == text);
  if (const auto bytes = crypto::from_base64url(text)) GREENROOM_ASSERT(crypto::to_base64url(*bytes) == text);
  if (const auto bytes = crypto::from_hex(text)) GREENROOM_ASSERT(bytes->size() * 2 == size);
  return 0;
}

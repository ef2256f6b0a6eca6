// Any bytes as a key file and as the beginning of an encrypted file: refused with a sentence, or taken, and then what
// was enciphered is deciphered again, at any offset.
#include "base/assert.hpp"
#include "crypto/at_rest.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto own = *crypto::StorageKeys::parse(std::string(64, 'a'));
  const base::ByteView bytes(data, size);
  if (const auto opened = own.open_envelope(bytes)) GREENROOM_ASSERT(crypto::is_envelope(bytes));
  const auto keys = crypto::StorageKeys::parse(base::as_text(bytes));
  if (!keys) {
    GREENROOM_ASSERT(!keys.error().what.empty());
    return 0;
  }
  base::SeededRng rng(size);
  const auto made = keys->make_envelope({}, rng);
  const auto opened = keys->open_envelope(made.envelope);
  GREENROOM_ASSERT(opened);
  base::Bytes content(bytes.begin(), bytes.end());
  made.cipher.apply(size, content);
  opened->apply(size, content);
  GREENROOM_ASSERT(std::equal(content.begin(), content.end(), bytes.begin()));
  return 0;
}

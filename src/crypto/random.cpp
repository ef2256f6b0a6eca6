#include "crypto/random.hpp"

#include <openssl/rand.h>

#include <limits>

#include "base/assert.hpp"

namespace greenroom::crypto {

void SystemRng::fill(std::span<std::uint8_t> out) {
  GREENROOM_ASSERT(out.size() <= std::size_t(std::numeric_limits<int>::max()));
  // OpenSSL seeds itself from the kernel and fails only when the kernel does: there is no safe way on.
  GREENROOM_ASSERT(RAND_bytes(out.data(), int(out.size())) == 1);
}

}  // namespace greenroom::crypto

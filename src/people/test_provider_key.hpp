// The key with which a provider signs its tokens, for tests of the modules above.
#pragma once
#include "crypto/test_jws_signer.hpp"

namespace greenroom::people {

using TestProviderKey = crypto::TestJwsSigner;

}  // namespace greenroom::people

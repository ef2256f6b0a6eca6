#include "crypto/hkdf.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/assert.hpp"
#include "base/owned.hpp"

namespace greenroom::crypto {
namespace {

OSSL_PARAM bytes_parameter(const char* name, base::ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

void hkdf_sha256(const HkdfInput& input, base::ByteSpan out) {
  static const base::Owned<EVP_KDF, EVP_KDF_free> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  GREENROOM_ASSERT(kdf);
  const base::Owned<EVP_KDF_CTX, EVP_KDF_CTX_free> context(EVP_KDF_CTX_new(kdf.get()));
  char digest[] = "SHA256";
  OSSL_PARAM parameters[5];
  std::size_t count = 0;
  parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
  parameters[count++] = bytes_parameter(OSSL_KDF_PARAM_KEY, input.key);
  if (!input.salt.empty()) parameters[count++] = bytes_parameter(OSSL_KDF_PARAM_SALT, input.salt);
  if (!input.info.empty()) parameters[count++] = bytes_parameter(OSSL_KDF_PARAM_INFO, input.info);
  parameters[count] = OSSL_PARAM_construct_end();
  GREENROOM_ASSERT(context && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1);
}

}  // namespace greenroom::crypto

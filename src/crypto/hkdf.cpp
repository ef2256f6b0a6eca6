#include "crypto/hkdf.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>

#include "base/assert.hpp"

namespace greenroom::crypto {
namespace {

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

OSSL_PARAM bytes_parameter(const char* name, base::ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

void hkdf_sha256(const HkdfInput& input, base::ByteSpan out) {
  static const std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  GREENROOM_ASSERT(kdf);
  const std::unique_ptr<EVP_KDF_CTX, FreeKdf> context(EVP_KDF_CTX_new(kdf.get()));
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

// Makes keys and signs as an identity provider would, for tests of those who verify.
#pragma once
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "crypto/encoding.hpp"

namespace greenroom::crypto {

class TestJwsSigner {
 public:
  // RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA.
  explicit TestJwsSigner(std::string algorithm, std::string id = "key", unsigned rsa_bits = 2048)
      : algorithm_(std::move(algorithm)), id_(std::move(id)), key_(make_key(rsa_bits), &EVP_PKEY_free) {}

  std::string jwk(std::string_view more = "") const {
    return fmt::format(R"({{"kid":"{}",{}{}}})", id_, members(), more);
  }
  std::string jwk_set() const { return fmt::format(R"({{"keys":[{}]}})", jwk()); }

  std::string sign(std::string_view payload) const {
    return sign_with_header(fmt::format(R"({{"alg":"{}","kid":"{}"}})", algorithm_, id_), payload);
  }
  std::string sign_with_header(std::string_view header, std::string_view payload) const {
    const auto text = to_base64url(base::as_bytes(header)) + '.' + to_base64url(base::as_bytes(payload));
    return text + '.' + to_base64url(signature(text));
  }

 private:
  bool is_rsa() const { return algorithm_[0] == 'R' || algorithm_[0] == 'P'; }
  bool is_ec() const { return algorithm_.starts_with("ES"); }
  std::size_t coordinate() const { return algorithm_ == "ES256" ? 32 : 48; }

  EVP_PKEY* make_key(unsigned rsa_bits) const {
    if (is_rsa()) return EVP_RSA_gen(rsa_bits);
    if (is_ec()) return EVP_EC_gen(algorithm_ == "ES256" ? "P-256" : "P-384");
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }

  std::string number(const char* name, std::size_t size = 0) const {
    BIGNUM* value = nullptr;
    GREENROOM_ASSERT(EVP_PKEY_get_bn_param(key_.get(), name, &value) == 1);
    base::Bytes bytes(size ? size : std::size_t(BN_num_bytes(value)));
    BN_bn2binpad(value, bytes.data(), int(bytes.size()));
    BN_free(value);
    return to_base64url(bytes);
  }

  std::string members() const {
    if (is_rsa()) {
      return fmt::format(R"("kty":"RSA","n":"{}","e":"{}")", number(OSSL_PKEY_PARAM_RSA_N),
                         number(OSSL_PKEY_PARAM_RSA_E));
    }
    if (is_ec()) {
      return fmt::format(R"("kty":"EC","crv":"P-{}","x":"{}","y":"{}")", algorithm_.substr(2),
                         number(OSSL_PKEY_PARAM_EC_PUB_X, coordinate()),
                         number(OSSL_PKEY_PARAM_EC_PUB_Y, coordinate()));
    }
    base::Bytes raw(32);
    std::size_t size = raw.size();
    GREENROOM_ASSERT(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size) == 1);
    return fmt::format(R"("kty":"OKP","crv":"Ed25519","x":"{}")", to_base64url(raw));
  }

  base::Bytes signature(std::string_view text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_PKEY_CTX* key_context = nullptr;
    const auto* digest = algorithm_ == "EdDSA" ? nullptr : EVP_get_digestbyname(("SHA" + algorithm_.substr(2)).c_str());
    GREENROOM_ASSERT(EVP_DigestSignInit(context.get(), &key_context, digest, nullptr, key_.get()) == 1);
    if (algorithm_[0] == 'P') {
      EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST);
    }
    const auto bytes = base::as_bytes(text);
    std::size_t size = 0;
    GREENROOM_ASSERT(EVP_DigestSign(context.get(), nullptr, &size, bytes.data(), bytes.size()) == 1);
    base::Bytes out(size);
    GREENROOM_ASSERT(EVP_DigestSign(context.get(), out.data(), &size, bytes.data(), bytes.size()) == 1);
    out.resize(size);
    return is_ec() ? halves(out) : out;
  }

  base::Bytes halves(const base::Bytes& der) const {
    const auto* at = der.data();
    auto* signature = d2i_ECDSA_SIG(nullptr, &at, long(der.size()));
    base::Bytes out(2 * coordinate());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), out.data(), int(coordinate()));
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), out.data() + coordinate(), int(coordinate()));
    ECDSA_SIG_free(signature);
    return out;
  }

  std::string algorithm_;
  std::string id_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace greenroom::crypto

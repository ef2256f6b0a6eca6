#include "crypto/jwk.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <boost/json.hpp>

#include "base/bytes.hpp"
#include "base/owned.hpp"
#include "crypto/detail/jws.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {
namespace {

namespace json = boost::json;

using Number = base::Owned<BIGNUM, BN_free>;
using ParamBuilder = base::Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = base::Owned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = base::Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using EcSignature = base::Owned<ECDSA_SIG, ECDSA_SIG_free>;
using Key = std::shared_ptr<EVP_PKEY>;

struct Algorithm {
  std::string_view name;
  JwkKind kind;
  const EVP_MD* (*digest)();  // none: the key's own (Ed25519)
  bool pss = false;
  std::size_t coordinate = 0;  // bytes of each half of an ECDSA signature
};

constexpr Algorithm algorithms[] = {
    {"RS256", JwkKind::rsa, &EVP_sha256},
    {"RS384", JwkKind::rsa, &EVP_sha384},
    {"RS512", JwkKind::rsa, &EVP_sha512},
    {"PS256", JwkKind::rsa, &EVP_sha256, true},
    {"ES256", JwkKind::p256, &EVP_sha256, false, 32},
    {"ES384", JwkKind::p384, &EVP_sha384, false, 48},
    {"EdDSA", JwkKind::ed25519, nullptr},
};

const Algorithm* find_algorithm(std::string_view name) {
  const auto* found = std::find_if(std::begin(algorithms), std::end(algorithms),
                                   [&](const Algorithm& algorithm) { return algorithm.name == name; });
  return found == std::end(algorithms) ? nullptr : found;
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// A base64url member; empty when absent or broken.
base::Bytes bytes_of(const json::object& object, std::string_view name) {
  return from_base64url(text_of(object, name)).value_or(base::Bytes());
}

Number number_of(base::ByteView bytes) { return Number(BN_bin2bn(bytes.data(), int(bytes.size()), nullptr)); }

Key key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return {key, &EVP_PKEY_free};
}

// RFC 7518 §6.3.1.
Key rsa_key(const json::object& jwk) {
  const auto n = bytes_of(jwk, "n"), e = bytes_of(jwk, "e");
  if (n.size() > jwk_rsa_bits_max / 8 || e.empty() || e.size() > 8) return nullptr;
  const auto modulus = number_of(n), exponent = number_of(e);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!modulus || !exponent || !builder || BN_num_bits(modulus.get()) < jwk_rsa_bits_min || !BN_is_odd(modulus.get()) ||
      !BN_is_odd(exponent.get()) || BN_is_one(exponent.get()))
    return nullptr;
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return nullptr;
  return key_from("RSA", builder.get());
}

// RFC 7518 §6.2.1. OpenSSL refuses a point that is not on the curve.
Key ec_key(const json::object& jwk, const char* group, std::size_t coordinate) {
  const auto x = bytes_of(jwk, "x"), y = bytes_of(jwk, "y");
  if (x.size() != coordinate || y.size() != coordinate) return nullptr;
  base::Bytes point{4};  // uncompressed: SEC 1 §2.3.3
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return key_from("EC", builder.get());
}

// RFC 8037 §2.
Key ed25519_key(const json::object& jwk) {
  const auto x = bytes_of(jwk, "x");
  return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, x.data(), x.size()), &EVP_PKEY_free};
}

bool is_for_signatures(const json::object& jwk) {
  const auto use = text_of(jwk, "use");
  if (!use.empty() && use != "sig") return false;
  const auto* operations = jwk.if_contains("key_ops");
  if (!operations) return true;
  const auto* list = operations->if_array();
  return list && std::find(list->begin(), list->end(), json::value("verify")) != list->end();
}

std::optional<Jwk> read_key(const json::object& jwk) {
  if (!is_for_signatures(jwk)) return std::nullopt;
  const auto type = text_of(jwk, "kty"), curve = text_of(jwk, "crv");
  Jwk out{text_of(jwk, "kid"), text_of(jwk, "alg"), JwkKind::rsa, nullptr};
  if (type == "RSA")
    out.key = rsa_key(jwk);
  else if (type == "EC" && curve == "P-256")
    out.kind = JwkKind::p256, out.key = ec_key(jwk, "P-256", 32);
  else if (type == "EC" && curve == "P-384")
    out.kind = JwkKind::p384, out.key = ec_key(jwk, "P-384", 48);
  else if (type == "OKP" && curve == "Ed25519")
    out.kind = JwkKind::ed25519, out.key = ed25519_key(jwk);
  if (!out.key) return std::nullopt;
  return out;
}

// RFC 7518 §3.4: R and S side by side; OpenSSL wants them in DER.
base::Bytes der_signature(base::ByteView halves, std::size_t coordinate) {
  if (halves.size() != 2 * coordinate) return {};
  const EcSignature signature(ECDSA_SIG_new());
  auto r = number_of(halves.first(coordinate)), s = number_of(halves.subspan(coordinate));
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release()), static_cast<void>(s.release());
  base::Bytes der(std::size_t(i2d_ECDSA_SIG(signature.get(), nullptr)));
  auto* at = der.data();
  i2d_ECDSA_SIG(signature.get(), &at);
  return der;
}

bool verifies(const Algorithm& algorithm, const Key& key, std::string_view text, base::ByteView signature) {
  base::Bytes der;
  if (algorithm.coordinate > 0) signature = der = der_signature(signature, algorithm.coordinate);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (!context || signature.empty() ||
      EVP_DigestVerifyInit(context.get(), &key_context, algorithm.digest ? algorithm.digest() : nullptr, nullptr,
                           key.get()) != 1)
    return false;
  // RFC 7518 §3.5: the salt is as long as the hash.
  if (algorithm.pss && (EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) != 1 ||
                        EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) != 1))
    return false;
  const auto bytes = base::as_bytes(text);
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(), bytes.size()) == 1;
}

bool fits(const Jwk& key, const Algorithm& algorithm, const std::string& id) {
  return key.kind == algorithm.kind && (key.algorithm.empty() || key.algorithm == algorithm.name) &&
         (id.empty() || key.id == id);
}

}  // namespace

base::Result<JwkSet> JwkSet::parse(std::string_view text) {
  const auto document = text.size() > jwk_set_size_max ? std::nullopt : parse_json_object(text);
  const auto* member = document ? document->if_contains("keys") : nullptr;
  const auto* list = member ? member->if_array() : nullptr;
  if (!list || list->size() > jwk_set_keys_max) return base::fail(jwk_malformed, "that is no set of keys");
  JwkSet set;
  for (const auto& entry : *list) {
    if (!entry.is_object()) continue;
    if (auto key = read_key(entry.get_object())) set.keys_.push_back(*std::move(key));
  }
  return set;
}

base::Result<std::string> verify_jws(const JwkSet& keys, std::string_view jws) {
  const auto malformed = [] { return base::fail(jws_malformed, "that is no signed token"); };
  if (jws.size() > jws_size_max) return malformed();
  const auto parts = split_jws(jws);
  if (!parts) return malformed();
  const auto header_bytes = from_base64url(parts->header), payload = from_base64url(parts->payload),
             signature = from_base64url(parts->signature);
  if (!header_bytes || !payload || !signature) return malformed();
  const auto header = parse_json_object(base::as_text(*header_bytes));
  if (!header) return malformed();
  const auto* algorithm = find_algorithm(text_of(*header, "alg"));
  // RFC 7515 §4.1.11: extensions that must be understood are not.
  if (!algorithm || header->contains("crit"))
    return base::fail(jws_unsupported, "the token is signed in a way that is not accepted", text_of(*header, "alg"));
  const auto id = text_of(*header, "kid");
  bool tried = false;
  for (const auto& key : keys.keys()) {
    if (!fits(key, *algorithm, id)) continue;
    tried = true;
    if (verifies(*algorithm, key.key, parts->signed_text, *signature)) return std::string(base::as_text(*payload));
  }
  if (!tried) return base::fail(jws_unknown_key, "the token is signed with a key that is not known", id);
  return base::fail(jws_forged, "the token's signature is wrong");
}

}  // namespace greenroom::crypto

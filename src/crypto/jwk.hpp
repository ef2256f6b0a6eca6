// Other people's keys and signatures: a JSON Web Key Set (RFC 7517) and compact JSON Web Signatures (RFC 7515) made
// with them: RS256/384/512, PS256, ES256, ES384 (RFC 7518 §3) and EdDSA over Ed25519 (RFC 8037). The key decides which
// algorithms are possible, the header only picks among those: "none" and HMAC do not exist here, so there is nothing to
// confuse. Values; immutable after parse, so thread-safe. Only signatures: what the payload says is the caller's.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct evp_pkey_st;

namespace greenroom::crypto {

inline constexpr base::ErrorCode jwk_malformed{base::ErrorKind::invalid, "crypto.jwk_malformed"};
inline constexpr base::ErrorCode jws_malformed{base::ErrorKind::unauthorized, "crypto.jws_malformed"};
inline constexpr base::ErrorCode jws_unsupported{base::ErrorKind::unauthorized, "crypto.jws_unsupported"};
inline constexpr base::ErrorCode jws_unknown_key{base::ErrorKind::unauthorized, "crypto.jws_unknown_key"};
inline constexpr base::ErrorCode jws_forged{base::ErrorKind::unauthorized, "crypto.jws_forged"};

inline constexpr std::size_t jws_size_max = 32 << 10;
inline constexpr std::size_t jwk_set_size_max = 256 << 10;
inline constexpr std::size_t jwk_set_keys_max = 64;
inline constexpr int jwk_rsa_bits_min = 2048;  // RFC 7518 §3.3
inline constexpr int jwk_rsa_bits_max = 8192;  // verification costs by the square of it

enum class JwkKind { rsa, p256, p384, ed25519 };

struct Jwk {
  std::string id;         // "kid"; empty: none
  std::string algorithm;  // "alg"; empty: any that the kind allows
  JwkKind kind = JwkKind::rsa;
  std::shared_ptr<evp_pkey_st> key;
};

class JwkSet {
 public:
  // Keys that are not for us (other kinds, for encryption, too small, broken) are left out: RFC 7517 §5.
  static base::Result<JwkSet> parse(std::string_view json);
  const std::vector<Jwk>& keys() const { return keys_; }

 private:
  std::vector<Jwk> keys_;
};

// The payload of a JWS that a key of `keys` signed. jws_unknown_key: none has the header's "kid" (they may have been
// rotated: fetch the set again).
base::Result<std::string> verify_jws(const JwkSet& keys, std::string_view jws);

}  // namespace greenroom::crypto

// The field Repr-Digest (RFC 9530 §3): the hash of a whole representation, by which a client knows that the server has
// what it sent. Pure.
#pragma once
#include <string>
#include <string_view>

namespace greenroom::wire {

// "sha-256=:BASE64:" of a hash in hex; empty when it is not one of 32 bytes.
std::string repr_digest(std::string_view sha256_hex);

}  // namespace greenroom::wire

// The compact form of a signed token (RFC 7515 §7.1): three base64url parts with dots between, of which two are JSON.
// Pure.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

namespace greenroom::crypto {

// Still encoded; views of the token.
struct JwsParts {
  std::string_view header, payload, signature;
  std::string_view signed_text;  // header.payload
};
std::optional<JwsParts> split_jws(std::string_view jws);

// Nothing when it is no object or nests more than eight deep.
std::optional<boost::json::object> parse_json_object(std::string_view text);

}  // namespace greenroom::crypto

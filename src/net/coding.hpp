// Content codings that a client takes (RFC 9110 §12.5.3). Pure.
#pragma once
#include <string_view>

namespace greenroom::net {

// `coding` or "*", with a quality above 0, in the value of Accept-Encoding.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace greenroom::net

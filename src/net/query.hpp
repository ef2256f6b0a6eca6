// Percent-decoding and query strings (application/x-www-form-urlencoded). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace greenroom::net {

// "%41b" -> "Ab"; nothing for a cut or non-hexadecimal escape.
std::optional<std::string> percent_decode(std::string_view text);

// The first parameter of that name, '+' and escapes decoded; a malformed escape makes it absent. "flag" alone is "".
std::optional<std::string> find_query_parameter(std::string_view query, std::string_view name);

}  // namespace greenroom::net

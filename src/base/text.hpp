// Text as others read it: in a URL, in HTML, on one line. Pure functions over bytes; every byte of UTF-8 beyond ASCII
// is taken as it is.
#pragma once
#include <string>
#include <string_view>

namespace greenroom::base {

// RFC 3986 §2.1: letters, digits and `stays` (by default what §2.3 calls unreserved) stay, every other byte becomes
// %XX.
std::string percent_encode(std::string_view text, std::string_view stays = "-._~");

// For HTML's text and quoted attributes.
std::string escape_html(std::string_view text);

// ASCII's capitals as small letters: for names that mean the same in either case.
std::string lower(std::string_view text);
bool equal_without_case(std::string_view a, std::string_view b);

// ASCII's control characters, line breaks among them.
bool has_control(std::string_view text);

}  // namespace greenroom::base

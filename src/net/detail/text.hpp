// The few text rules that HTTP shares (RFC 9110 §5.6): tokens, optional white space, names without case.
#pragma once
#include <optional>
#include <string_view>

namespace greenroom::net {

std::string_view trim(std::string_view text);  // spaces and tabs
bool is_token(std::string_view text);          // at least one character, all of them tchar
bool is_control(char c);                       // which no value may contain; a tab may be
int hex_digit(char c);                         // its value; -1: it is none

// The next element of a comma-separated list, trimmed; takes it off `list`. Nothing at the end. Commas inside quoted
// strings do not split.
std::optional<std::string_view> next_element(std::string_view& list);
bool list_contains(std::string_view list, std::string_view token);  // without case

}  // namespace greenroom::net

#include "net/coding.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {

// "gzip;q=0" and "gzip; q=0.000" mean no.
bool quality_is_zero(std::string_view parameters) {
  const auto q = parameters.find("q=");
  if (q == parameters.npos) return false;
  const auto value = trim(parameters.substr(q + 2));
  return !value.empty() && value.find_first_not_of("0.") == value.npos;
}

}  // namespace

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  while (const auto element = next_element(accept_encoding)) {
    const auto semicolon = std::min(element->find(';'), element->size());
    const auto named = trim(element->substr(0, semicolon));
    if (base::equal_without_case(named, coding) || named == "*") return !quality_is_zero(element->substr(semicolon));
  }
  return false;
}

}  // namespace greenroom::net

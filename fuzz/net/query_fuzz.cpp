// Query strings and cookies. Every name that occurs plainly is found; nothing found is longer than what was given.
#include "base/assert.hpp"
#include "net/cookie.hpp"
#include "net/query.hpp"

using namespace greenroom::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = text.substr(0, text.find('='));
  if (const auto decoded = percent_decode(text)) GREENROOM_ASSERT(decoded->size() <= size);
  if (const auto value = find_query_parameter(text, name)) GREENROOM_ASSERT(value->size() <= size);
  if (const auto value = find_cookie(text, name)) GREENROOM_ASSERT(value->size() <= size);
  const bool plain = name.size() < size && name.find_first_of("&%+;= \t") == name.npos;
  if (plain) GREENROOM_ASSERT(find_cookie(text, name).has_value());
  return 0;
}

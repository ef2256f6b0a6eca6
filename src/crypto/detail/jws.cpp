#include "crypto/detail/jws.hpp"

#include <boost/json.hpp>

namespace greenroom::crypto {

std::optional<JwsParts> split_jws(std::string_view jws) {
  const auto first = jws.find('.'), last = jws.rfind('.');
  if (first == jws.npos || first == last || jws.find('.', first + 1) != last) return std::nullopt;
  return JwsParts{jws.substr(0, first), jws.substr(first + 1, last - first - 1), jws.substr(last + 1),
                  jws.substr(0, last)};
}

std::optional<boost::json::object> parse_json_object(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 8;
  boost::system::error_code error;
  auto value = boost::json::parse(text, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

}  // namespace greenroom::crypto

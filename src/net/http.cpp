#include "net/http.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/cookie.hpp"
#include "net/detail/text.hpp"
#include "net/query.hpp"

namespace greenroom::net {

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(name, std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const auto& field) { return base::equal_without_case(field.first, name); });
}

void Headers::add(std::string_view name, std::string value) { fields_.emplace_back(name, std::move(value)); }

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (base::equal_without_case(field, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string> query_parameter(const Request& request, std::string_view name) {
  return find_query_parameter(request.query, name);
}

// A client may split its cookies over several fields (RFC 9113 §8.2.3, kept by some proxies).
std::optional<std::string> cookie(const Request& request, std::string_view name) {
  for (const auto& [field, value] : request.headers.all()) {
    if (!base::equal_without_case(field, "cookie")) continue;
    if (auto found = find_cookie(value, name)) return found;
  }
  return std::nullopt;
}

Responder::~Responder() {
  if (send_) (*this)(Response{500, {}, {}});
}

void Responder::operator()(Response response) {
  if (auto send = std::exchange(send_, nullptr)) send(std::move(response));
}

}  // namespace greenroom::net

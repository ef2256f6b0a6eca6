#include "api/client_address.hpp"

namespace greenroom::api {

std::string client_address(const net::Request& request) {
  const bool local = request.remote == "127.0.0.1" || request.remote == "::1" || request.remote == "::ffff:127.0.0.1";
  const auto forwarded = request.headers.find("X-Forwarded-For");
  if (!local || !forwarded) return request.remote;
  std::string_view last = forwarded->substr(forwarded->rfind(',') == forwarded->npos ? 0 : forwarded->rfind(',') + 1);
  while (last.starts_with(' ')) last.remove_prefix(1);
  while (last.ends_with(' ')) last.remove_suffix(1);
  return last.empty() ? request.remote : std::string(last);
}

}  // namespace greenroom::api

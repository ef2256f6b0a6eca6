// The built web application as answers: hashed files live in caches for ever, the page itself is asked for each time,
// and every path that is no file is a page of the application. Read-only after construction.
#pragma once
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/api.hpp"

namespace greenroom::api {

class WebFiles {
 public:
  explicit WebFiles(const std::vector<WebAsset>& assets, std::string media_origin = {});
  // Of a GET or HEAD; nullopt: there is no such file and the path is not a page's.
  std::optional<net::Response> answer(const net::Request& request) const;

 private:
  const WebAsset* find(std::string_view path) const;
  const std::string media_origin_;
  std::unordered_map<std::string_view, WebAsset> by_path_;
};

}  // namespace greenroom::api

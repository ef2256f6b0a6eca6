// Which route answers a method and a path. Made once, then only read.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"

namespace greenroom::api {

struct Match {
  const Route* route = nullptr;
  PathValues values;
  bool known = false;  // there is such a path, if perhaps not for this method
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  // HEAD is answered by a GET route where there is none of its own.
  Match match(std::string_view method, std::string_view path) const;
  std::vector<std::string> allowed(std::string_view path) const;  // methods; empty: there is no such path
  const std::vector<Route>& routes() const { return routes_; }

 private:
  const std::vector<Route> routes_;
  std::vector<std::vector<const Route*>> by_length_;  // in segments
};

}  // namespace greenroom::api

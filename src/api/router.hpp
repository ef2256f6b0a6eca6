// Which route answers a method and a path. Made once, then only read.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"

namespace greenroom::api {

struct Match {
  const Route* route = nullptr;  // null: see allowed
  PathValues values;
  std::vector<std::string> allowed;  // methods of the path; empty: there is no such path
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}
  // HEAD is answered by a GET route where there is none of its own.
  Match match(std::string_view method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace greenroom::api

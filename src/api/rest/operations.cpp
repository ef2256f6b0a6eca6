// What an operator asks: is it alive, is it ready, how busy is it, what does it speak.
#include <fmt/format.h>

#include "api/openapi.hpp"
#include "api/reference/reference.hpp"
#include "api/rest/rest.hpp"
#include "api/security_headers.hpp"

namespace greenroom::api {

struct Health {
  std::string status = "ok";
};
BOOST_DESCRIBE_STRUCT(Health, (), (status))

constexpr base::ErrorCode error_not_ready{base::ErrorKind::unavailable, "api.not_ready"};

namespace {

base::Result<Health> ready(const ApiDeps* deps) {
  std::string reasons;
  for (const std::string& reason : deps->statistics.not_ready()) reasons += (reasons.empty() ? "" : "; ") + reason;
  if (!reasons.empty()) return base::fail(error_not_ready, reasons);
  return Health();
}

net::Response metrics(const ApiDeps* deps) {
  net::Response response;
  response.headers.set("Content-Type", std::string(metrics_content_type));
  response.headers.set("Cache-Control", "no-store");
  response.body = print_metrics(deps->statistics.metrics());
  return response;
}

// Text that is made once and stays: asked for again with its tag it is not sent again.
net::StaticBody lasting(std::string_view text) {
  return {base::as_bytes(text), fmt::format("\"{:x}\"", std::hash<std::string_view>()(text))};
}

net::Response document() {
  static const std::string text = openapi_document();
  net::Response response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-cache");
  response.body = lasting(text);
  return response;
}

// The fixed paths are at the root; the same under /api/v1, undocumented, for whoever looks for them there.
void add(Routes& routes, std::string path, const std::function<Route(std::string pattern, bool documented)>& make) {
  routes.push_back(make(path, true));
  routes.push_back(make("/api/v1" + path, false));
}

constexpr Resource house{"operations", "", Auth::nobody};

Operation for_machines(std::string_view path, bool documented, std::string id, std::string summary) {
  Operation about = house.operation("GET", path, documented ? std::move(id) : "", std::move(summary));
  about.unlimited = true;
  return about;
}

// `text` lives as long as the program.
net::Response reference_part(std::string_view content_type, std::string_view text) {
  net::Response response;
  response.headers.set("Content-Type", std::string(content_type));
  response.headers.set("Cache-Control", "no-cache");
  set_reference_security(response.headers);
  response.body = lasting(text);
  return response;
}

void add_reference(Routes& routes) {
  Operation about = for_machines("/docs", true, "getReference", "This document as a page to read");
  about.answers = "text/html";
  routes.push_back(raw_route(about, [](Context&) {
    static const std::string page = reference_page(describe_routes(rest_routes(nullptr)));
    return reference_part("text/html; charset=utf-8", page);
  }));
  routes.push_back(raw_route(for_machines(reference_style_path, false, "", ""),
                             [](Context&) { return reference_part("text/css; charset=utf-8", reference_style()); }));
  routes.push_back(raw_route(for_machines(reference_script_path, false, "", ""), [](Context&) {
    return reference_part("text/javascript; charset=utf-8", reference_script());
  }));
}

}  // namespace

Routes operation_routes(const ApiDeps* deps) {
  Routes routes;
  add(routes, "/health", [](std::string pattern, bool documented) {
    Operation about = for_machines(pattern, documented, "getHealth", "The process is alive");
    about.immediate = true;  // a database that hangs fills the pool, and is no reason to kill the process
    return route(about, [](Context&, Nothing) -> base::Result<Health> { return Health(); });
  });
  add(routes, "/ready", [deps](std::string pattern, bool documented) {
    return route(for_machines(pattern, documented, "getReady", "The process can take work"),
                 [deps](Context&, Nothing) { return ready(deps); });
  });
  add(routes, "/stats", [deps](std::string pattern, bool documented) {
    return route(for_machines(pattern, documented, "getStats", "Rooms, peers and media workers now"),
                 [deps](Context&, Nothing) -> base::Result<Stats> { return deps->statistics.stats(); });
  });
  add(routes, "/metrics", [deps](std::string pattern, bool documented) {
    Operation about = for_machines(pattern, documented, "getMetrics", "Metrics in the text format of Prometheus");
    about.answers = "text/plain";
    return raw_route(about, [deps](Context&) { return metrics(deps); });
  });
  add(routes, "/openapi.json", [](std::string pattern, bool documented) {
    return raw_route(for_machines(pattern, documented, "getOpenApi", "This document"),
                     [](Context&) { return document(); });
  });
  add_reference(routes);
  return routes;
}

}  // namespace greenroom::api

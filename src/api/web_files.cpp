#include "api/web_files.hpp"

#include <algorithm>
#include <array>

#include "api/security_headers.hpp"

namespace greenroom::api {
namespace {

bool takes_gzip(const net::Request& request) {
  const auto accepts = request.headers.find("Accept-Encoding");
  return accepts && accepts->find("gzip") != accepts->npos && accepts->find("gzip;q=0") == accepts->npos;
}

bool is_page(std::string_view path) {
  constexpr std::array<std::string_view, 3> others = {"/api/", "/media/", "/socket.io/"};
  const auto under = [path](std::string_view prefix) { return path.starts_with(prefix); };
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return std::none_of(others.begin(), others.end(), under) && last.find('.') == last.npos;
}

std::string gzip_etag(std::string_view etag) { return std::string(etag.substr(0, etag.size() - 1)) + "-gzip\""; }

}  // namespace

WebFiles::WebFiles(const std::vector<WebAsset>& assets) {
  for (const WebAsset& asset : assets) by_path_.emplace(asset.path, asset);
}

const WebAsset* WebFiles::find(std::string_view path) const {
  if (const auto found = by_path_.find(path); found != by_path_.end()) return &found->second;
  if (!is_page(path)) return nullptr;
  const auto page = by_path_.find("/index.html");
  return page == by_path_.end() ? nullptr : &page->second;
}

std::optional<net::Response> WebFiles::answer(const net::Request& request) const {
  const WebAsset* asset = find(request.path);
  if (!asset) return std::nullopt;
  const bool gzip = !asset->gzip.empty() && takes_gzip(request);
  net::Response response;
  response.headers.set("Content-Type", std::string(asset->content_type));
  response.headers.set("Cache-Control",
                       asset->path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (!asset->gzip.empty()) response.headers.set("Vary", "Accept-Encoding");
  if (gzip) response.headers.set("Content-Encoding", "gzip");
  set_page_security(response.headers);
  response.body = gzip ? net::StaticBody{asset->gzip, gzip_etag(asset->etag)}
                       : net::StaticBody{asset->identity, std::string(asset->etag)};
  return response;
}

}  // namespace greenroom::api

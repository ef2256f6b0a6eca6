#include "api/web_files.hpp"

#include <algorithm>
#include <array>

namespace greenroom::api {
namespace {

// Workers and recordings are blob: URLs, sockets go to this host only, styles are set by script (positions, sizes).
constexpr std::string_view content_security_policy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self' blob: ws: wss:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
constexpr std::string_view permissions_policy =
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()";

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

void set_page_headers(net::Headers& headers) {
  headers.set("Content-Security-Policy", std::string(content_security_policy));
  headers.set("Permissions-Policy", std::string(permissions_policy));
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Referrer-Policy", "same-origin");  // invite tokens are in paths
  headers.set("X-Frame-Options", "DENY");
  headers.set("X-Content-Type-Options", "nosniff");
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
  set_page_headers(response.headers);
  response.body = gzip ? net::StaticBody{asset->gzip, gzip_etag(asset->etag)}
                       : net::StaticBody{asset->identity, std::string(asset->etag)};
  return response;
}

}  // namespace greenroom::api

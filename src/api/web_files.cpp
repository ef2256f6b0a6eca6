#include "api/web_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/security_headers.hpp"
#include "net/coding.hpp"

namespace greenroom::api {
namespace {

bool is_page(std::string_view path) {
  constexpr std::array<std::string_view, 3> others = {"/api/", "/media/", "/socket.io/"};
  const auto under = [path](std::string_view prefix) { return path.starts_with(prefix); };
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return std::none_of(others.begin(), others.end(), under) && last.find('.') == last.npos;
}

struct Representation {
  base::ByteView bytes;
  std::string_view coding;  // empty: as it is
};

// The smallest that the client takes.
Representation chosen(const WebAsset& asset, const net::Request& request) {
  const auto accepts = request.headers.find("Accept-Encoding").value_or("");
  for (const Representation& packed : {Representation{asset.brotli, "br"}, Representation{asset.gzip, "gzip"}}) {
    if (!packed.bytes.empty() && net::accepts_coding(accepts, packed.coding)) return packed;
  }
  return {asset.identity, {}};
}

// Another representation needs another tag: "v1" -> "v1-br".
std::string tag_of(const WebAsset& asset, std::string_view coding) {
  if (coding.empty()) return std::string(asset.etag);
  return fmt::format("{}-{}\"", asset.etag.substr(0, asset.etag.size() - 1), coding);
}

}  // namespace

WebFiles::WebFiles(const std::vector<WebAsset>& assets, std::string media_origin)
    : media_origin_(std::move(media_origin)) {
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
  const auto [bytes, coding] = chosen(*asset, request);
  net::Response response;
  response.headers.set("Content-Type", std::string(asset->content_type));
  response.headers.set("Cache-Control",
                       asset->path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (!asset->brotli.empty() || !asset->gzip.empty()) response.headers.set("Vary", "Accept-Encoding");
  if (!coding.empty()) response.headers.set("Content-Encoding", std::string(coding));
  set_page_security(response.headers, media_origin_);
  response.body = net::StaticBody{bytes, tag_of(*asset, coding)};
  return response;
}

}  // namespace greenroom::api

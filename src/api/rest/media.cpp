// Files of results, by links that carry their own permission (outside /api/v1: they are pasted and played).
#include <fmt/format.h>

#include "api/rest/rest.hpp"
#include "base/text.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct MediaPath {
  studio::AssetId id;
  std::string filename;
  std::int64_t expires = 0;  // seconds since 1970
  std::string signature;
  std::optional<std::string> download;  // "1": to be saved, not shown
};
BOOST_DESCRIBE_STRUCT(MediaPath, (), (id, filename, expires, signature, download))
constexpr wire::FieldRule field_rule(const MediaPath*, std::string_view member) {
  if (member == "expires") return wire::number_rule(0, 253402300799.0);
  return wire::text_rule(0, member == "filename" ? 255 : 128);
}

namespace {

constexpr std::string_view attr_chars = "!#$&+-.^_`|~";  // RFC 8187 §3.2.1, beside letters and digits

// RFC 6266 §4.1: an ASCII name for old clients and the true one percent-encoded (RFC 8187).
std::string content_disposition(std::string_view type, std::string_view name) {
  std::string ascii;
  for (char c : name) ascii += c >= ' ' && c < 127 && c != '"' && c != '\\' && c != '%' ? c : '_';
  return fmt::format("{}; filename=\"{}\"; filename*=UTF-8''{}", type, ascii, base::percent_encode(name, attr_chars));
}

// Only what is played or saved: a script that reads an answer from another origin needs that one's leave (CORS).
bool may_go_elsewhere(std::string_view type) { return type.starts_with("video/") || type.starts_with("audio/"); }

net::Response redirect(std::string link) {
  net::Response response;
  response.status = 302;
  response.headers.set("Location", std::move(link));
  response.headers.set("Cache-Control", "private, no-store");  // that link ends before this one does
  return response;
}

base::Result<net::Response> file(const ApiDeps& deps, const MediaPath& in) {
  GREENROOM_TRY(auto media, deps.studio.media(in.id, in.filename, in.expires, in.signature));
  const auto disposition = content_disposition(in.download == "1" ? "attachment" : "inline", media.name);
  GREENROOM_TRY(auto bytes,
                deps.media({media.blob, media.content_type, disposition, may_go_elsewhere(media.content_type)}));
  if (!bytes.link.empty()) return redirect(std::move(bytes.link));
  net::Response response;
  response.headers.set("Content-Type", media.content_type);
  response.headers.set("Content-Disposition", disposition);
  response.headers.set("Cache-Control", "private, max-age=86400, immutable");
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  // Whatever the bytes are, as a page they can do nothing.
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox");
  response.body = net::SourceBody{std::move(bytes.source), fmt::format("\"{}\"", media.id.str())};
  return response;
}

}  // namespace

Routes media_routes(const ApiDeps* deps) {
  Operation about{.method = "GET",
                  .pattern = "/media/{id}/{filename}",
                  .id = "getMedia",
                  .tag = "media",
                  .summary = "A file of a result, by its signed link; ranges and ETag",
                  .auth = Auth::nobody,
                  .also = {206, 302},
                  .answers = "*/*"};
  Routes routes;
  routes.push_back(route(about, [deps](Context&, MediaPath in) { return file(*deps, in); }));
  return routes;
}

Routes rest_routes(const ApiDeps* deps) {
  Routes all;
  for (auto* part : {operation_routes, setup_routes,        login_routes,
                     sign_in_routes,   registration_routes, account_routes,
                     api_key_routes,   workspace_routes,    invitation_routes,
                     project_routes,   session_routes,      participant_routes,
                     invite_routes,    take_routes,         marker_routes,
                     stem_routes,      upload_routes,       multipart_upload_routes,
                     media_routes,     whip_routes}) {
    for (Route& route : part(deps)) {
      if (route.about.scope.empty()) route.about.scope = default_scope(route.about);
      all.push_back(std::move(route));
    }
  }
  return all;
}

}  // namespace greenroom::api

// The face for app: everything that is asked of the server over HTTP, as one net::HttpHandler. REST under /api/v1,
// /health and its kin, signed media links, the mounted realtime paths, and the web application for every other path.
// Handlers of REST run on the blocking pool; the handler object itself may be called from the control thread only.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/statistics.hpp"
#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace greenroom::people {
class OidcClient;
class People;
}  // namespace greenroom::people
namespace greenroom::studio {
class Answers;
class Studio;
}  // namespace greenroom::studio
namespace greenroom::upload {
class Uploads;
}

namespace greenroom::api {

// A file of the built web application. The bytes live as long as the program.
struct WebAsset {
  std::string_view path;  // "/assets/index-4f2a.js"; "/index.html" answers every page of the application
  std::string_view content_type;
  std::string_view etag;  // quoted
  base::ByteView identity;
  base::ByteView brotli, gzip;  // empty: does not pay
};

// A part of the URL space that someone else answers: "/socket.io/".
struct Mount {
  std::string prefix;
  net::HttpHandler handler;
};

// The bytes of a result: a link that the browser goes on to, or where they come from.
struct MediaBytes {
  std::string link = {};
  std::shared_ptr<const net::ByteSource> source = {};
};
struct MediaWish {
  std::string blob;
  std::string content_type;
  std::string content_disposition;
  bool by_link = false;  // if there is one
};

class WhipSessions;

struct ApiDeps {
  people::People& people;
  studio::Studio& studio;
  upload::Uploads& uploads;
  std::function<bool(std::function<void()>)> run_blocking;  // net::BlockingPool::run: false when it is full
  std::function<base::WallTime()> clock;                    // thread-safe
  std::function<base::Result<MediaBytes>(const MediaWish&)> media;
  Statistics statistics;
  base::LogSink& log;
  bool https = false;  // people reach us by https: cookies are Secure
  std::vector<WebAsset> web = {};
  std::vector<Mount> mounts = {};
  studio::Answers* answers = nullptr;               // null: Idempotency-Key is not looked at
  std::vector<std::string> cors_origins = {};       // see api/cors.hpp
  double rate_limit = 0;                            // requests a second of one caller; 0: no limit
  std::vector<people::OidcClient*> providers = {};  // of sign-in with an account elsewhere
  WhipSessions* whip = nullptr;                     // null: nobody publishes or watches by SDP
  std::string media_origin = {};                    // where MediaBytes::link leads: pages may play from there
  std::function<std::string()> public_url = {};     // without a final slash; providers send people back to it
};

// What deps refers to outlives the handler.
net::HttpHandler make_http_handler(ApiDeps deps);

// The OpenAPI 3.1 document, as docs/openapi.json keeps it.
std::string openapi_document();

}  // namespace greenroom::api

#include "api/security_headers.hpp"

namespace greenroom::api {
namespace {

// An answer of the API that is opened as a page: nothing runs, nothing loads, nobody frames it.
constexpr std::string_view api_policy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Worklets, workers and sockets are of this host ('self' covers ws: and wss:, CSP3 §6.7.2.8); recordings are played
// from blob: URLs; the components we use position their pop-ups with style elements, hence 'unsafe-inline' for styles
// alone. wasm-unsafe-eval compiles WebAssembly and nothing else.
constexpr std::string_view page_policy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; media-src 'self' blob:";

constexpr std::string_view reference_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view page_permissions =
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()";
constexpr std::string_view no_permissions =
    "camera=(), microphone=(), display-capture=(), geolocation=(), payment=(), usb=()";

}  // namespace

net::Headers default_security_headers(bool https) {
  net::Headers headers;
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("X-Frame-Options", "DENY");  // for who does not know frame-ancestors
  headers.set("Content-Security-Policy", std::string(api_policy));
  headers.set("Permissions-Policy", std::string(no_permissions));
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  if (https) headers.set("Strict-Transport-Security", "max-age=31536000");
  return headers;
}

void set_page_security(net::Headers& headers, const std::string& media_origin) {
  headers.set("Content-Security-Policy", std::string(page_policy) + (media_origin.empty() ? "" : " " + media_origin));
  headers.set("Permissions-Policy", std::string(page_permissions));
  headers.set("Referrer-Policy", "same-origin");  // invite tokens are in paths
}

void set_reference_security(net::Headers& headers) {
  headers.set("Content-Security-Policy", std::string(reference_policy));
}

}  // namespace greenroom::api

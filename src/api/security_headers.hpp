// What every answer tells a browser about how far to trust it. The defaults go to net::ServerOptions, so that they are
// on everything, errors of the HTTP server itself and realtime included; a page of the application brings its own.
#pragma once
#include <string_view>

#include "net/http.hpp"

namespace greenroom::api {

// For answers that set none of their own: as a page they can do nothing. With https, browsers are told to stay on it.
net::Headers default_security_headers(bool https);

// The application's own pages and files. `media_origin`: where results are played from beside this host; or empty.
void set_page_security(net::Headers& headers, const std::string& media_origin);
void set_reference_security(net::Headers& headers);  // /docs: our own style and script, nothing else

}  // namespace greenroom::api

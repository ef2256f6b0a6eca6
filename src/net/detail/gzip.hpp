// gzip (RFC 1952) of answers, for clients that accept it (net/coding.hpp). Pure.
#pragma once
#include <string>
#include <string_view>

namespace greenroom::net {

bool is_compressible(std::string_view content_type);  // text, JSON, JavaScript, XML, SVG
std::string gzip(std::string_view text);
std::string gzip_etag(std::string_view etag);  // another representation needs another tag: "v1" -> "v1-gzip"

}  // namespace greenroom::net

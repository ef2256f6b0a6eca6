#include "net/detail/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {

constexpr int gzip_window = 15 + 16;  // zlib's way of asking for a gzip wrapper
constexpr int level = 4;              // JSON: within 5 % of level 6 at about twice its speed

}  // namespace

bool is_compressible(std::string_view content_type) {
  const auto type = trim(content_type.substr(0, content_type.find(';')));
  constexpr std::array<std::string_view, 5> types = {"application/json", "application/javascript", "application/xml",
                                                     "image/svg+xml", "application/manifest+json"};
  return type.starts_with("text/") || type.ends_with("+json") ||
         std::find(types.begin(), types.end(), type) != types.end();
}

std::string gzip_etag(std::string_view etag) {
  if (etag.size() < 2 || etag.back() != '"') return std::string(etag);
  return std::string(etag.substr(0, etag.size() - 1)) + "-gzip\"";
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  GREENROOM_ASSERT(deflateInit2(&stream, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, uLong(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  GREENROOM_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace greenroom::net

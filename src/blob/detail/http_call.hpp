// One HTTP call to a storage server, by libcurl: blocking, thread-safe, each thread keeps its connections. Nothing is
// read into memory but what the caller has room for; certificates are verified; no redirect is followed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::blob {

inline constexpr std::size_t text_answer_max = 8 << 20;  // a page of a listing has some 300 kB

struct HttpCall {
  std::string method;  // GET, HEAD, PUT, POST or DELETE
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  base::ByteView body;                 // of PUT and POST
  std::optional<base::ByteSpan> into;  // where the body of an answer 2xx goes, which then must fit
};

struct HttpAnswer {
  int status = 0;
  std::string etag;  // as sent, in quotes
  std::optional<std::uint64_t> length;
  std::string body;          // of a status outside 2xx, or without `into`
  std::size_t received = 0;  // bytes in `into`
};

struct HttpPatience {
  base::Duration connect = std::chrono::seconds(5);
  base::Duration silence = std::chrono::seconds(30);  // while not a byte a second moves
};

inline constexpr base::ErrorCode call_failed{base::ErrorKind::unavailable, "blob.storage_unreachable"};
inline constexpr base::ErrorCode call_too_large{base::ErrorKind::corrupt, "blob.storage_answer_too_large"};

base::Result<HttpAnswer> perform(const HttpCall& call, const HttpPatience& patience, const std::string& ca_file);

}  // namespace greenroom::blob

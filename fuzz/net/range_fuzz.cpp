// Range, If-None-Match, If-Range and Accept-Encoding: a chosen part always lies inside the file.
#include "base/assert.hpp"
#include "net/coding.hpp"
#include "net/detail/gzip.hpp"
#include "net/detail/range.hpp"

using namespace greenroom::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint64_t file = data[0] == 255 ? UINT64_MAX : std::uint64_t(data[0]) << (data[1] % 48);
  const std::string field(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto choice = choose_range(field, file);
  if (choice.kind == RangeChoice::Kind::part) {
    GREENROOM_ASSERT(choice.length > 0 && choice.first < file && choice.length <= file - choice.first);
  }
  Request request;
  request.method = "GET";
  for (auto name : {"range", "if-range", "if-none-match"}) request.headers.add(name, field);
  Response response;
  const auto portion = select_portion(request, response, "\"e\"", file);
  GREENROOM_ASSERT(portion.first <= file && portion.length <= file - portion.first);
  accepts_coding(field, "gzip");
  is_compressible(field);
  return 0;
}

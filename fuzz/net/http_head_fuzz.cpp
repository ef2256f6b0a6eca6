// Request heads: whatever is accepted has one framing, a path without tricks, and is read the same however it is cut.
#include "base/assert.hpp"
#include "net/detail/request_head.hpp"
#include "net/detail/target.hpp"

using namespace greenroom::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HeadScanner whole, dripped;
  const auto found = whole.scan(bytes);
  auto last = HeadScanner::Found::incomplete;
  for (std::size_t n = 1; n <= size && last == HeadScanner::Found::incomplete; ++n)
    last = dripped.scan(bytes.substr(0, n));
  GREENROOM_ASSERT(found == last);
  if (found != HeadScanner::Found::complete) return 0;
  GREENROOM_ASSERT(whole.end() == dripped.end() && whole.end() <= size);
  const auto head = parse_request_head(bytes.substr(0, whole.end()));
  if (!head) return GREENROOM_ASSERT(head.error().status >= 400 && head.error().status <= 505), 0;
  GREENROOM_ASSERT(!(head->chunked && head->content_length));
  GREENROOM_ASSERT(head->headers.all().size() <= field_count_limit);
  const auto target = parse_target(head->target);
  if (!target) return 0;
  GREENROOM_ASSERT(target->path == "*" || target->path.front() == '/');
  GREENROOM_ASSERT((target->path + "/").find("/../") == std::string::npos);
  GREENROOM_ASSERT(target->path.find('\0') == std::string::npos && is_utf8(target->path));
  return 0;
}

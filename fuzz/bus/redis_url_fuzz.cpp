// Any text is a Redis URL or is refused; one that is accepted names a host.
#include "base/assert.hpp"
#include "bus/detail/redis_url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto address = greenroom::bus::parse_redis_url({reinterpret_cast<const char*>(data), size});
  GREENROOM_ASSERT(!address || !address->host.empty());
  return 0;
}

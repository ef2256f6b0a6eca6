// What another node says: any bytes are a message or none, and a message is read again as it was printed.
#include "api/realtime/relay_messages.hpp"
#include "base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace greenroom::api::realtime;
  const auto message = parse_relay_message({reinterpret_cast<const char*>(data), size});
  if (!message) return 0;
  const auto printed = print_relay_message(*message);
  const auto again = parse_relay_message(printed);
  GREENROOM_ASSERT(again && print_relay_message(*again) == printed);
  return 0;
}

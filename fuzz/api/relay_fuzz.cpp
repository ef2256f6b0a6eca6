// What another node says: any bytes are a message, a load or neither, and both are read again as they were printed.
#include "api/realtime/placement.hpp"
#include "api/realtime/relay_messages.hpp"
#include "base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace greenroom::api::realtime;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto load = parse_node_load(text)) GREENROOM_ASSERT(parse_node_load(print_node_load(*load)) == load);
  const auto message = parse_relay_message(text);
  if (!message) return 0;
  const auto printed = print_relay_message(*message);
  const auto again = parse_relay_message(printed);
  GREENROOM_ASSERT(again && print_relay_message(*again) == printed);
  return 0;
}

// The input is messages split at 0x1e, those that start with 'b' binary. Whatever assembles must print to a text that
// assembles to the same text again.
#include <cstdlib>

#include "base/bytes.hpp"
#include "wire/socketio.hpp"

namespace {

using namespace greenroom;

void check(const wire::socketio::Packet& packet) {
  const auto text = wire::socketio::encode_text(packet);
  wire::socketio::Assembler assembler;
  auto again = assembler.text(text);
  for (const auto& attachment : packet.attachments) {
    if (!again || *again) std::abort();
    again = assembler.binary(attachment);
  }
  if (!again || !*again || wire::socketio::encode_text(**again) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::socketio::Assembler assembler;
  std::string_view input = base::as_text({data, size});
  while (true) {
    const auto message = input.substr(0, input.find('\x1e'));
    auto packet = message.starts_with('b') ? assembler.binary(std::string(message)) : assembler.text(message);
    if (!packet) return 0;
    if (*packet) check(**packet);
    if (message.size() == input.size()) return 0;
    input.remove_prefix(message.size() + 1);
  }
}

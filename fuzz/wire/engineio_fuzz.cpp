// Whatever parses must print to something that parses to the same.
#include <cstdlib>

#include "base/bytes.hpp"
#include "wire/engineio.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace greenroom;
  auto packets = wire::engineio::parse_payload(base::as_text({data, size}));
  if (!packets) return 0;
  auto again = wire::engineio::parse_payload(wire::engineio::encode_payload(*packets));
  if (!again || *again != *packets) std::abort();
  return 0;
}

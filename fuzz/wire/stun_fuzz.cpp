// Any bytes as a STUN message, with and without a right length, cookie and fingerprint.
#include <algorithm>

#include "base/assert.hpp"
#include "wire/crc32.hpp"
#include "wire/stun.hpp"

using namespace greenroom;

namespace {

volatile std::size_t sum = 0;

void read(base::ByteView bytes) {
  const auto m = wire::StunMessage::parse(bytes);
  if (!m) return;
  for (const char c : m->username) sum = sum + std::uint8_t(c);
  if (m->error) GREENROOM_ASSERT(m->error->code >= 300 && m->error->code < 700);
  const auto hmac = [](base::ByteView, base::ByteView data) {
    GREENROOM_ASSERT(data.size() >= wire::stun_header_size);
    return std::array<std::uint8_t, 20>{std::uint8_t(wire::crc32(data))};
  };
  sum = sum + m->verify_integrity({}, hmac);
}

// Head and fingerprint put right, so that the fuzzer need not guess a CRC.
void read_repaired(base::Bytes bytes) {
  bytes.resize(std::clamp<std::size_t>(bytes.size() / 4 * 4, 20, 1200));
  const std::size_t end = bytes.size();
  base::store_u32(&bytes[4], wire::stun_magic_cookie);
  bytes[0] &= 0x3F;
  bytes.resize(end + 8);
  base::store_u16(&bytes[2], std::uint16_t(bytes.size() - 20));
  base::store_u32(&bytes[end], 0x80280004);
  base::store_u32(&bytes[end + 4], wire::crc32(base::ByteView(bytes).first(end)) ^ 0x5354554E);
  read(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({data, size});
  read_repaired({data, data + size});
  return 0;
}

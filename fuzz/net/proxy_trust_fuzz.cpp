// X-Forwarded-For as anyone may write it: who is found is an address, and a stranger is found to be itself.
#include <string>

#include "base/assert.hpp"
#include "net/proxy_trust.hpp"

using namespace greenroom::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(parse_address_range(text));
  static const std::vector<AddressRange> trusted = {parse_address_range("10.0.0.0/8").value()};
  for (const char* peer : {"10.0.0.1", "192.0.2.1"}) {
    Request request;
    request.remote = peer;
    const auto cut = text.find('\n');
    request.headers.add("X-Forwarded-For", text.substr(0, cut));
    if (cut != text.npos) request.headers.add("x-forwarded-for", text.substr(cut + 1));
    look_behind_proxies(request, trusted);
    GREENROOM_ASSERT(greenroom::base::parse_ip(request.remote, 0).has_value());
    if (!is_trusted_proxy(peer, trusted)) GREENROOM_ASSERT(request.remote == peer);
  }
  return 0;
}

// Any text as a key set and as a signed token: keys are made or left out, nothing verifies that no key signed.
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "crypto/encoding.hpp"
#include "crypto/jwk.hpp"

using namespace greenroom;

namespace {

constexpr std::string_view keys =
    R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},)"
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto set = *crypto::JwkSet::parse(keys);
  const auto text = base::as_text({data, size});
  const auto split = text.find('\n');
  const auto head = text.substr(0, split);
  if (const auto own = crypto::JwkSet::parse(head); own && split != text.npos)
    static_cast<void>(crypto::verify_jws(*own, text.substr(split + 1)));
  GREENROOM_ASSERT(!crypto::verify_jws(set, text));
  // The parts encoded, so that the fuzzer reaches what lies behind the encoding.
  const auto signature = crypto::to_base64url(base::as_bytes(text.substr(head.size())));
  const auto jws = crypto::to_base64url(base::as_bytes(head)) + ".e30." + signature;
  GREENROOM_ASSERT(!crypto::verify_jws(set, jws));
  return 0;
}

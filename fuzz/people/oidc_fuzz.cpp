// Any text as what a provider says: its configuration and the claims of an ID token. Read or refused.
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "people/oidc.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = base::as_text({data, size});
  if (const auto metadata = people::parse_oidc_metadata(text, "https://id.example"))
    GREENROOM_ASSERT(!metadata->token_url.empty());
  const auto now = base::wall_from_micros(1'795'181'809'000'000);
  if (const auto claims = people::check_id_token(text, {"https://id.example", "green", "n"}, now))
    GREENROOM_ASSERT(!claims->subject.empty());
  return 0;
}

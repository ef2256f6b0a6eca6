// The header fields of the IETF's resumable uploads: lines of the input are the fields of one request.
#include <cstdlib>

#include "base/bytes.hpp"
#include "wire/tus_draft.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace wire = greenroom::wire;
  std::string_view text = greenroom::base::as_text({data, size});
  wire::DraftTexts texts;
  for (auto* field : {&texts.interop, &texts.complete, &texts.offset, &texts.length}) {
    const std::size_t end = text.find('\n');
    if (const auto line = text.substr(0, end); line != "-") *field = line;
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  const auto fields = wire::parse_draft(texts);
  if (fields.offset && *fields.offset > 999'999'999'999'999) std::abort();
  if (fields.knows_interim() && !fields.spoken()) std::abort();
  return 0;
}

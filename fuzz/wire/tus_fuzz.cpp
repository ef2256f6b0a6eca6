// The header fields of tus: lines of the input are the fields of one request.
#include <array>
#include <cstdlib>

#include "base/bytes.hpp"
#include "wire/tus.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace wire = greenroom::wire;
  std::string_view text = greenroom::base::as_text({data, size});
  wire::TusFields fields;
  for (auto* field : {&fields.resumable, &fields.offset, &fields.length, &fields.defer_length, &fields.metadata,
                      &fields.checksum, &fields.content_type, &fields.concat}) {
    const std::size_t end = text.find('\n');
    if (const auto line = text.substr(0, end); line != "-") *field = line;
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  (void)wire::check_tus_version(fields);
  (void)wire::parse_tus_append(fields);
  const auto creation = wire::parse_tus_creation(fields, false);
  if (creation && creation->metadata.size() > wire::max_tus_metadata_entries) std::abort();
  if (creation && creation->concat && creation->concat->partials.size() > wire::max_tus_partials) std::abort();
  (void)wire::parse_tus_creation(fields, true);
  return 0;
}

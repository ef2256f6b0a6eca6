// Any bytes as a document of a take: what is read keeps its promises (paths inside, intervals in order), and what is
// written of it is read as the same.
#include <cstdlib>

#include "base/bytes.hpp"
#include "wire/json.hpp"
#include "work/manifest.hpp"

namespace {
using namespace greenroom;

void check_manifest(std::string_view text) {
  const auto manifest = work::read_manifest(text);
  if (!manifest) return;
  std::int64_t at = 0;
  for (const auto& interval : manifest->intervals) {
    if (interval.first < at || interval.end <= interval.first) std::abort();
    at = interval.end;
  }
  for (const auto& recording : manifest->recordings)
    if (!work::is_inner_path(recording.file)) std::abort();
  work::contradictions(*manifest);
  const auto again = work::read_manifest(wire::to_text(*manifest));
  if (!again || again->intervals != manifest->intervals || again->gaps != manifest->gaps) std::abort();
}

void check_take(std::string_view text) {
  const auto take = work::read_take_document(text);
  if (!take) return;
  for (const auto& file : take->files)
    if (!work::is_inner_path(file.path) || file.path.find("..") == 0) std::abort();
  if (!work::read_take_document(wire::to_text(*take))) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = base::as_text({data, size});
  check_manifest(text);
  check_take(text);
  return 0;
}

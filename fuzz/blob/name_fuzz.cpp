// A name that parses leaves its folder in no way.
#include <filesystem>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "blob/store.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto name = blob::Name::parse(base::as_text({data, size}));
  if (!name) return 0;
  const std::filesystem::path path(name->str());
  GREENROOM_ASSERT(path.is_relative());
  for (const auto& part : path) GREENROOM_ASSERT(!part.empty() && part != "." && part != "..");
  return 0;
}

// Any bytes as an answer of S3: refused or read, and what is read fits what was said.
#include "base/assert.hpp"
#include "blob/s3_answers.hpp"

using namespace greenroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(blob::read_problem(text));
  static_cast<void>(blob::read_completion(text));
  if (const auto id = blob::read_upload_id(text)) GREENROOM_ASSERT(!id->empty() && id->size() < size);
  if (const auto listing = blob::read_listing(text)) GREENROOM_ASSERT(listing->objects.size() < size);
  if (const auto parts = blob::read_parts(text)) GREENROOM_ASSERT(!blob::completion_of(parts->parts).empty());
  if (const auto uploads = blob::read_uploads(text)) GREENROOM_ASSERT(uploads->size() < size);
  return 0;
}

// One part of a blob whose maker puts it into the storage part by part.
#pragma once
#include <cstdint>
#include <string>

namespace greenroom::blob {

struct StoredPart {
  unsigned number = 0;
  std::string etag = {};  // the storage's name for its bytes, in quotes
  std::uint64_t size = 0;
};

}  // namespace greenroom::blob

// What can be said of a file without knowing what it is: its length and its SHA-256, in one reading; of an encrypted
// one those of its content. Blocks.
#pragma once
#include <filesystem>
#include <limits>
#include <string>

#include "base/result.hpp"
#include "crypto/at_rest.hpp"

namespace greenroom::work {

struct FileFacts {
  std::uint64_t bytes = 0;
  std::string sha256;  // lower-case hex
};

// Of the file's first `limit` bytes: a file may still grow.
base::Result<FileFacts> facts_of_file(const std::filesystem::path& file, const crypto::StorageKeys& keys = {},
                                      std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());

}  // namespace greenroom::work

// One file to one S3 object and back, in pieces of bounded size. Blocking; used by S3Store alone.
#pragma once
#include <filesystem>
#include <functional>

#include "blob/detail/file.hpp"
#include "blob/s3_client.hpp"

namespace greenroom::blob {

// S3 takes ten thousand parts of at least 5 MiB: up to 80 GB in parts of this size, larger parts beyond.
inline constexpr std::uint64_t part_bytes_min = 8 << 20;
inline constexpr std::uint64_t parts_max = 10'000;

std::uint64_t part_size_for(std::uint64_t size);

// Copies the file to `key` and shows that the object is the same. The number of bytes.
base::Result<std::uint64_t> copy_to_s3(const S3Client& client, const std::string& key, const File& file,
                                       const std::function<bool()>& stop);

// A new file of the object's bytes.
base::Status copy_from_s3(const S3Client& client, const std::string& key, const std::filesystem::path& to);

}  // namespace greenroom::blob

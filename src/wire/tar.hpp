// Headers of tar archives as GNU tar writes them: regular files only, names of any length by an entry of their own
// ("L"), sizes over 8 GiB in base 256. Pure functions over values; who reads or writes the archive moves the bytes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace greenroom::wire {

inline constexpr std::size_t tar_block = 512;
inline constexpr std::size_t max_tar_name = 1024;
inline constexpr base::ErrorCode error_tar{base::ErrorKind::corrupt, "tar.header"};

enum class TarKind {
  file,       // `size` bytes of content follow
  long_name,  // the content is the name of the entry after this one: tar_long_name() reads it
  end,        // a block of zeros
};

struct TarHeader {
  TarKind kind = TarKind::end;
  std::string name;
  std::uint64_t size = 0;
};

// Names are relative paths of plain parts: no "..", nothing that leaves the folder they are unpacked into.
bool is_tar_name(std::string_view name);

// One block, or three when the name is long. The name must be a tar name.
base::Bytes print_tar_header(std::string_view name, std::uint64_t size);

// Of exactly one block.
base::Result<TarHeader> parse_tar_header(base::ByteView block);
base::Result<std::string> tar_long_name(base::ByteView content);

// The zeros between content and the next header.
constexpr std::size_t tar_padding(std::uint64_t size) {
  return std::size_t((tar_block - size % tar_block) % tar_block);
}

}  // namespace greenroom::wire

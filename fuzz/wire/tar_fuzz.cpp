// Headers of an archive: what is read is printed and read again.
#include <cstdlib>

#include "wire/tar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace wire = greenroom::wire;
  const greenroom::base::ByteView bytes(data, size);
  (void)wire::tar_long_name(bytes);
  const auto header = wire::parse_tar_header(bytes.first(std::min(size, wire::tar_block)));
  if (!header || header->kind != wire::TarKind::file || !wire::is_tar_name(header->name)) return 0;
  const auto again = wire::parse_tar_header(wire::print_tar_header(header->name, header->size));
  if (!again || again->name != header->name || again->size != header->size) std::abort();
  return 0;
}

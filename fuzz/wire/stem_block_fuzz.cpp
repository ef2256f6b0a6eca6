// Any bytes, in any pieces: the reader never runs past the end, always advances, and a file read whole gives what the
// same file gives in pieces.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "wire/stem_block.hpp"

namespace {
using namespace greenroom;

std::vector<std::uint64_t> positions(base::ByteView file, std::size_t piece) {
  wire::StemBlockReader reader;
  std::vector<std::uint64_t> blocks;
  for (std::size_t at = 0; at < file.size(); at += piece) {
    reader.append(file.subspan(at, std::min(piece, file.size() - at)));
    for (std::uint64_t before = reader.position(); auto item = reader.next(); before = reader.position()) {
      if (reader.position() <= before) std::abort();
      if (auto* block = std::get_if<wire::StemBlock>(&*item)) {
        std::vector<float> samples(std::size_t(block->header.frames) * block->header.channels);
        wire::decode_s24(block->payload, samples);
        blocks.push_back(before);
      }
    }
  }
  return blocks;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView file(data, size);
  if (positions(file, size + 1) != positions(file, 61)) std::abort();
  return 0;
}

// Every fuzz target once more as an ordinary test: whatever lies in fuzz/seeds/<name>_fuzz/, as it is and changed
// at random, and noise. It keeps the targets compiling, and finds at once what needs no hours of fuzzing.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#define GREENROOM_FUZZ_TARGET(module, name) extern "C" int name(const std::uint8_t* data, std::size_t size);
#include "fuzz_targets.inc"
#undef GREENROOM_FUZZ_TARGET

namespace greenroom {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Target = int (*)(const std::uint8_t*, std::size_t);

constexpr int noises = 300, mutations = 50, longest_noise = 400;

struct Entry {
  const char* name;
  Target run;
};

const Entry entries[] = {
#define GREENROOM_FUZZ_TARGET(module, name) {#name, &name},
#include "fuzz_targets.inc"
#undef GREENROOM_FUZZ_TARGET
};

std::vector<Bytes> seeds_of(const Entry& entry) {
  std::vector<Bytes> seeds{{}};
  const auto folder = std::filesystem::path(GREENROOM_SOURCE_DIR) / "fuzz/seeds" / entry.name;
  if (!std::filesystem::exists(folder)) return seeds;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(file.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

Bytes changed(Bytes bytes, std::mt19937& random) {
  for (auto changes = 1 + random() % 4; changes > 0 && !bytes.empty(); --changes) {
    const auto at = random() % bytes.size();
    if (random() % 4 == 0)
      bytes.resize(at);
    else
      bytes[at] = std::uint8_t(random());
  }
  return bytes;
}

Bytes noise(std::mt19937& random) {
  Bytes bytes(random() % longest_noise);
  for (auto& byte : bytes) byte = std::uint8_t(random());
  return bytes;
}

class Replay : public testing::TestWithParam<Entry> {};

TEST_P(Replay, survives) {
  const auto& entry = GetParam();
  std::mt19937 random(1);
  const auto run = [&](const Bytes& input) { entry.run(input.data(), input.size()); };
  for (const auto& seed : seeds_of(entry)) {
    run(seed);
    for (int i = 0; i < mutations; ++i) run(changed(seed, random));
  }
  for (int i = 0; i < noises; ++i) run(noise(random));
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(entries),
                         [](const auto& entry) { return std::string(entry.param.name); });

}  // namespace
}  // namespace greenroom

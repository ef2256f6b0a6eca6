#include "app/verify.hpp"

#include <cstdio>

#include "app/storage_keys.hpp"
#include "wire/json.hpp"
#include "work/verify.hpp"

namespace greenroom::app {

int run_verify(const VerifyConfig& config) {
  const auto keys = read_storage_keys(config.key_file);
  if (!keys) {
    std::fprintf(stderr, "%s\n", keys.error().what.c_str());
    return 1;
  }
  const auto verdict = work::verify_take(config.folder, *keys);
  if (config.json) {
    std::puts(wire::print_json_pretty(wire::to_json(verdict)).c_str());
    return verdict.good ? 0 : 1;
  }
  std::size_t bad = 0;
  for (const auto& line : verdict.lines) {
    std::printf("%s  %s %s\n", line.good ? "ok " : "BAD", line.file.c_str(), line.what.c_str());
    bad += !line.good;
  }
  if (verdict.good)
    std::printf("The take \"%s\" is whole.\n", verdict.title.c_str());
  else
    std::printf("The take \"%s\" is damaged: %zu %s.\n", verdict.title.c_str(), bad, bad == 1 ? "fault" : "faults");
  return verdict.good ? 0 : 1;
}

}  // namespace greenroom::app

// A number of tests that try things at random: how many, or with which seed; from the environment, so that a run can be
// repeated, made longer, or made shorter where the same is tried on another database or storage. Tests only.
#pragma once
#include <cstdint>
#include <cstdlib>

namespace greenroom::base {

inline std::uint64_t test_number(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace greenroom::base

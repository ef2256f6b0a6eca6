#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace greenroom::base {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "invariant broken: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace greenroom::base

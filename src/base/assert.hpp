// Asserts on our own invariants. They stay on in release builds; input is never asserted on.
#pragma once

namespace greenroom::base {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;
}

#define GREENROOM_ASSERT(expression) \
  ((expression) ? void(0) : ::greenroom::base::assertion_failed(#expression, __FILE__, __LINE__))

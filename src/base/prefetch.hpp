// Asks the processor for memory that is read soon but not yet. A hint: nothing depends on it, any address will do.
#pragma once
#include <cstddef>
#include <cstdint>

namespace greenroom::base {

inline constexpr std::size_t cache_line = 64;  // bytes

// All lines that hold some of it: it need not begin with one.
inline void prefetch(const void* memory, std::size_t bytes) {
  const auto* const begin = static_cast<const char*>(memory);
  const auto* line = begin - reinterpret_cast<std::uintptr_t>(begin) % cache_line;
  for (; line < begin + bytes; line += cache_line) __builtin_prefetch(line);
}
template <class T>
void prefetch(const T* object) {
  prefetch(object, sizeof(T));
}

}  // namespace greenroom::base

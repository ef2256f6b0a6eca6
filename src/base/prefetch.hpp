// Asks the processor for memory that is read soon but not yet. A hint: nothing depends on it, any address will do.
#pragma once
#include <cstddef>

namespace greenroom::base {

inline constexpr std::size_t cache_line = 64;  // bytes

inline void prefetch(const void* memory, std::size_t bytes) {
  for (std::size_t at = 0; at < bytes; at += cache_line) __builtin_prefetch(static_cast<const char*>(memory) + at);
}
template <class T>
void prefetch(const T* object) {
  prefetch(object, sizeof(T));
}

}  // namespace greenroom::base

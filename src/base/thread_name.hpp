// What top, gdb and perf call a thread.
#pragma once
#include <pthread.h>

#include <cstddef>

namespace greenroom::base {

// Fifteen characters at most (pthread_setname_np(3)).
template <std::size_t size>
void name_this_thread(const char (&name)[size]) {
  static_assert(size <= 16);
  ::pthread_setname_np(::pthread_self(), name);
}

}  // namespace greenroom::base

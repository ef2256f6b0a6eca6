// OpenSSL's retransmission timers read the system's clock; in these tests they read this one, so that none waits.
// dtls_test.cpp puts it in gettimeofday's place.
#pragma once
#include <cstdint>

#include "base/time.hpp"

namespace greenroom::crypto {

inline std::int64_t virtual_us = 1'700'000'000'000'000;
inline base::Instant virtual_now() { return base::Instant(base::Duration(virtual_us)); }

}  // namespace greenroom::crypto

#include "crypto/detail/sha256_pair.hpp"

#include "base/assert.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace greenroom::crypto {

#if defined(__x86_64__)

namespace {

#define GREENROOM_SHA __attribute__((target("sha,sse4.1")))

// FIPS 180-4 §4.2.2
alignas(16) constexpr std::array<std::uint32_t, 64> constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
constexpr std::size_t block_size = 64, rounds = 64;

// The instructions want the working variables in this order, the highest word first: A B E F and C D G H.
struct Variables {
  __m128i abef, cdgh;
};

GREENROOM_SHA inline __m128i load(const void* at) { return _mm_loadu_si128(static_cast<const __m128i*>(at)); }
GREENROOM_SHA inline void store(void* at, __m128i value) { _mm_storeu_si128(static_cast<__m128i*>(at), value); }

GREENROOM_SHA inline Variables load_state(const std::uint32_t* state) {
  const auto badc = _mm_shuffle_epi32(load(state), 0xB1), efgh = _mm_shuffle_epi32(load(state + 4), 0x1B);
  return {_mm_alignr_epi8(badc, efgh, 8), _mm_blend_epi16(efgh, badc, 0xF0)};
}

GREENROOM_SHA inline void store_state(std::uint32_t* state, const Variables& v) {
  const auto feba = _mm_shuffle_epi32(v.abef, 0x1B), dchg = _mm_shuffle_epi32(v.cdgh, 0xB1);
  store(state, _mm_blend_epi16(feba, dchg, 0xF0));
  store(state + 4, _mm_alignr_epi8(dchg, feba, 8));
}

// The last sixteen words of the message schedule, four in each.
struct Schedule {
  __m128i words[4];

  GREENROOM_SHA void start(const std::uint8_t* block) {
    const auto big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (std::size_t i = 0; i < 4; ++i) words[i] = _mm_shuffle_epi8(load(block + 16 * i), big_endian);
  }
  // Words 4i to 4i + 3, made of the sixteen before them from the fifth four on.
  GREENROOM_SHA __m128i four(std::size_t i) {
    auto& oldest = words[i % 4];
    if (i < 4) return oldest;
    const auto newest = words[(i + 3) % 4];
    const auto sum =
        _mm_add_epi32(_mm_sha256msg1_epu32(oldest, words[(i + 1) % 4]), _mm_alignr_epi8(newest, words[(i + 2) % 4], 4));
    return oldest = _mm_sha256msg2_epu32(sum, newest);
  }
};

GREENROOM_SHA inline void four_rounds(Variables& v, __m128i words) {
  v.cdgh = _mm_sha256rnds2_epu32(v.cdgh, v.abef, words);
  v.abef = _mm_sha256rnds2_epu32(v.abef, v.cdgh, _mm_shuffle_epi32(words, 0x0E));
}

bool ask_processor() {
  constexpr unsigned sha = 1u << 29, ssse3 = 1u << 9, sse41 = 1u << 19;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & ssse3) || !(c & sse41)) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & sha);
}

}  // namespace

bool can_hash_pairs() {
  static const bool can = ask_processor();
  return can;
}

GREENROOM_SHA void hash_pair(const std::array<Sha256Lane, 2>& lanes, std::size_t blocks) {
  Variables v[2] = {load_state(lanes[0].state), load_state(lanes[1].state)};
  for (std::size_t block = 0; block < blocks; ++block) {
    Schedule schedule[2];
    const Variables before[2] = {v[0], v[1]};
    for (std::size_t lane = 0; lane < 2; ++lane) schedule[lane].start(lanes[lane].blocks + block * block_size);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rounds / 4; ++i) {
      const auto k = load(&constants[4 * i]);
      four_rounds(v[0], _mm_add_epi32(schedule[0].four(i), k));
      four_rounds(v[1], _mm_add_epi32(schedule[1].four(i), k));
    }
    for (std::size_t lane = 0; lane < 2; ++lane) {
      v[lane].abef = _mm_add_epi32(v[lane].abef, before[lane].abef);
      v[lane].cdgh = _mm_add_epi32(v[lane].cdgh, before[lane].cdgh);
    }
  }
  for (std::size_t lane = 0; lane < 2; ++lane) store_state(lanes[lane].state, v[lane]);
}

#undef GREENROOM_SHA

#else

bool can_hash_pairs() { return false; }
void hash_pair(const std::array<Sha256Lane, 2>&, std::size_t) { GREENROOM_ASSERT(false); }

#endif

}  // namespace greenroom::crypto

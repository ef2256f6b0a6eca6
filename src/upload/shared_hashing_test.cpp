#include "upload/detail/shared_hashing.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/rng.hpp"

namespace greenroom::upload {
namespace {

// So many threads, each with pieces of its own of sizes that are shared and sizes that are not; whether every hash is
// what it is alone.
bool all_right(int threads, int pieces, std::uint64_t seed) {
  SharedHashing hashing;
  std::vector<int> right(std::size_t(threads), 0);
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      base::SeededRng rng(seed + std::uint64_t(t));
      crypto::Sha256 shared, alone;
      for (int i = 0; i < pieces; ++i) {
        base::Bytes piece(rng.below(300'000));
        rng.fill(piece);
        hashing.update(shared, piece);
        alone.update(piece);
      }
      right[std::size_t(t)] = shared.digest() == alone.digest();
    });
  }
  for (auto& thread : running) thread.join();
  return std::ranges::count(right, 1) == threads;
}

TEST(SharedHashing, OneThreadHasNobodyToShareWith) { EXPECT_TRUE(all_right(1, 20, 1)); }
TEST(SharedHashing, TwoThreadsAndMore) {
  EXPECT_TRUE(all_right(2, 40, 2));
  EXPECT_TRUE(all_right(3, 40, 3));
  EXPECT_TRUE(all_right(7, 30, 4));
}

}  // namespace
}  // namespace greenroom::upload

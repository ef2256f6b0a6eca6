#include "app/job_runner.hpp"

#include <chrono>
#include <thread>

#include "app/storehouse.hpp"
#include "db/test_database.hpp"

namespace greenroom::app {
namespace {

TEST(JobRunner, AProcessThatNeverTakesItsJobUpCostsAttemptsUntilTheJobIsDead) {
  const db::TestDirectory folder;
  base::NullLog log;
  const PlaceConfig place{.data = folder.path()};
  const auto house = *Storehouse::open(place, log, nullptr);
  auto now = base::WallTime(std::chrono::hours(500'000));
  const auto job = *house->database->write([&](db::Transaction& tx) {
    return house->queue->push(tx, {"compose", "take/none"}, now);
  });
  JobRunner runner(place, *house->queue, *house->studio, log, "/bin/false");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (int turns = 0; house->queue->find(job)->state != jobs::JobState::dead; ++turns) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << turns;
    runner.turn(now += std::chrono::seconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const auto dead = *house->queue->find(job);
  EXPECT_EQ(dead.attempts, house->queue->limits().attempts_max);
  EXPECT_EQ(dead.error, "the worker ended before it began (wait status 256)");
}

}  // namespace
}  // namespace greenroom::app

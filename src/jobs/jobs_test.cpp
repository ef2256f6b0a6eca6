#include <thread>

#include "db/test_database.hpp"
#include "jobs/queue.hpp"

namespace greenroom::jobs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr base::WallTime start_time = base::wall_from_micros(1'700'000'000'000'000);

Job job_at(std::uint64_t n, JobState state, int priority = 0) {
  base::SeededRng rng(n);
  Job job;
  job.created_at = start_time + seconds(std::int64_t(n));
  job.id = JobId::make(job.created_at, rng);
  job.state = state;
  job.priority = priority;
  job.due_at = job.created_at;
  return job;
}

TEST(Schedule, StartsByPriorityThenAgeWithinTheLimit) {
  const std::vector<Job> jobs{job_at(1, JobState::queued), job_at(2, JobState::queued, 5),
                              job_at(3, JobState::queued, 5)};
  auto decisions = schedule(jobs, start_time + seconds(10), {.running_max = 2});
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_EQ(decisions[0].job, jobs[1].id);
  EXPECT_EQ(decisions[1].job, jobs[2].id);
}

TEST(Schedule, RunningJobsTakePlacesUntilTheirLeaseEnds) {
  std::vector<Job> jobs{job_at(1, JobState::running), job_at(2, JobState::queued)};
  jobs[0].lease_until = start_time + seconds(20);
  jobs[0].attempts = 1;
  EXPECT_TRUE(schedule(jobs, start_time + seconds(10), {}).empty());
  auto decisions = schedule(jobs, start_time + seconds(20), {});
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_EQ(decisions[0].action, Action::requeue);
  EXPECT_EQ(decisions[1].action, Action::start);
  jobs[0].attempts = 4;
  EXPECT_EQ(schedule(jobs, start_time + seconds(20), {})[0].action, Action::bury);
}

TEST(Schedule, NothingBeforeItsTime) {
  const std::vector<Job> jobs{job_at(5, JobState::queued)};
  EXPECT_TRUE(schedule(jobs, start_time, {}).empty());
}

TEST(Schedule, PausesDoubleUpToABound) {
  const ScheduleLimits limits;
  EXPECT_EQ(pause_after(1, limits), seconds(2));
  EXPECT_EQ(pause_after(2, limits), seconds(4));
  EXPECT_EQ(pause_after(5, limits), seconds(32));
  EXPECT_EQ(pause_after(1'000'000, limits), limits.pause_max);
}

class QueueTest : public testing::Test {
 protected:
  JobId push(std::string subject = "take/1") {
    auto id = database_->write([&](db::Transaction& tx) { return queue_.push(tx, {"compose", subject}, now_); });
    return *id;
  }
  base::Status finish(const Lease& lease) {
    return database_->write([&](db::Transaction& tx) { return queue_.finish(tx, lease, now_); });
  }
  db::TestDirectory directory_;
  std::unique_ptr<db::Database> database_ = db::open_test_database(directory_, migrations());
  base::SeededRng rng_{1};
  Queue queue_{*database_, rng_};
  base::WallTime now_ = start_time;
};

TEST_F(QueueTest, ALife) {
  const auto id = push();
  EXPECT_EQ(push(), id);  // the same work once
  EXPECT_EQ(*queue_.plan(now_), std::vector{id});
  const Lease lease = *queue_.lease(id, now_);
  EXPECT_EQ(queue_.lease(id, now_).error().code, error_not_due);
  now_ += seconds(20);
  ASSERT_TRUE(queue_.report(lease, {0.5, "mix", 12.0}, now_));
  now_ += seconds(20);  // the report renewed the lease
  EXPECT_TRUE(queue_.plan(now_)->empty());
  auto job = *queue_.find(id);
  EXPECT_EQ(job.state, JobState::running);
  EXPECT_EQ(job.stage, "mix");
  EXPECT_EQ(job.progress, 0.5);
  ASSERT_TRUE(finish(lease));
  EXPECT_EQ(queue_.find(id)->state, JobState::done);
  EXPECT_EQ(finish(lease).error().code, error_lease_lost);
  EXPECT_NE(push(), id);
}

TEST_F(QueueTest, AKilledWorkerIsReplacedAndCannotComeBack) {
  const auto id = push();
  const Lease first = *queue_.lease(id, now_);
  now_ += queue_.limits().lease;
  EXPECT_TRUE(queue_.plan(now_)->empty());  // requeued, after a pause
  EXPECT_EQ(queue_.find(id)->state, JobState::queued);
  now_ += seconds(2);
  EXPECT_EQ(queue_.plan(now_)->size(), 1u);
  const Lease second = *queue_.lease(id, now_);
  EXPECT_EQ(queue_.report(first, {0.9, "encode", {}}, now_).error().code, error_lease_lost);
  EXPECT_EQ(queue_.renew(first, now_).error().code, error_lease_lost);
  EXPECT_EQ(finish(first).error().code, error_lease_lost);
  EXPECT_EQ(queue_.fail(first, "x", false, now_).error().code, error_lease_lost);
  EXPECT_TRUE(finish(second));
}

TEST_F(QueueTest, FailsTooOftenAndIsBuried) {
  const auto id = push();
  for (int attempt = 1; attempt <= 4; ++attempt) {
    ASSERT_EQ(queue_.plan(now_)->size(), 1u) << attempt;
    const Lease lease = *queue_.lease(id, now_);
    EXPECT_EQ(lease.attempt, attempt);
    EXPECT_EQ(*queue_.fail(lease, "no codec", false, now_), attempt == 4 ? JobState::dead : JobState::queued);
    EXPECT_TRUE(queue_.plan(now_)->empty());
    now_ += queue_.limits().pause_max;
  }
  EXPECT_TRUE(queue_.plan(now_)->empty());
  EXPECT_EQ(queue_.find(id)->error, "no codec");
}

TEST_F(QueueTest, AFatalFailureIsBuriedAtOnceAndAKilledLastAttemptToo) {
  const auto id = push();
  EXPECT_EQ(*queue_.fail(*queue_.lease(id, now_), "nothing was recorded", true, now_), JobState::dead);
  const auto other = push("take/2");
  for (int attempt = 1; attempt <= 4; ++attempt) {
    ASSERT_TRUE(queue_.lease(other, now_));
    now_ += queue_.limits().lease;
    EXPECT_TRUE(queue_.plan(now_)->empty());
    now_ += queue_.limits().pause_max;
  }
  EXPECT_EQ(queue_.find(other)->state, JobState::dead);
}

TEST_F(QueueTest, ChangesCanBeFollowed) {
  const auto id = push();
  now_ += seconds(1);
  EXPECT_TRUE(queue_.changed_since(now_)->empty());
  const Lease lease = *queue_.lease(id, now_);
  EXPECT_EQ(queue_.changed_since(now_)->size(), 1u);
  const auto latest = database_->read([&](db::Transaction& tx) { return queue_.latest(tx, "take/1"); });
  EXPECT_EQ((*latest)->id, lease.job);
}

TEST_F(QueueTest, FourWorkersNeverShareAJob) {
  std::vector<JobId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(push("take/" + std::to_string(i)));
  std::atomic<int> leased = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      auto own = db::open_test_database(directory_, migrations());
      Queue queue(*own, rng_);
      for (auto id : ids) leased += queue.lease(id, now_).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(leased, 20);
}

}  // namespace
}  // namespace greenroom::jobs

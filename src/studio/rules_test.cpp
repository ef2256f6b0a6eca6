#include "studio/rules.hpp"

#include <set>

namespace greenroom::studio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
constexpr base::WallTime start = base::wall_from_micros(1'700'000'000'000'000);
const StudioLimits limits;

StemFacts stem(Origin origin, StemState state, std::uint64_t bytes, base::WallTime moved_at = start) {
  base::SeededRng rng(bytes);
  return {StemId::make(start, rng), origin, state, bytes, moved_at};
}

TakeFacts recording() {
  TakeFacts take;
  take.started_at = take.last_presence = start;
  take.anyone_present = true;
  return take;
}

TakeFacts uploading() {
  TakeFacts take = recording();
  take.state = TakeState::uploading;
  take.stopped_at = start + minutes(1);
  return take;
}

TEST(TakeRules, ARecordingStopsWhenNobodyIsLeftOrItIsTooLong) {
  TakeFacts take = recording();
  EXPECT_EQ(take_step(take, start + hours(11), limits).move, TakeMove::wait);
  EXPECT_EQ(take_step(take, start + hours(12), limits).move, TakeMove::stop);
  take.anyone_present = false;
  take.last_presence = start + minutes(5);
  EXPECT_EQ(take_step(take, start + minutes(14), limits).move, TakeMove::wait);
  EXPECT_EQ(take_step(take, start + minutes(15), limits).move, TakeMove::stop);
  take.stems = {stem(Origin::local, StemState::recording, 1, start + minutes(14))};  // somebody still uploads
  EXPECT_EQ(take_step(take, start + minutes(15), limits).move, TakeMove::wait);
}

TEST(TakeRules, AStoppedTakeWaitsForItsStemsAndForThoseAboutToBeAnnounced) {
  TakeFacts take = uploading();
  take.stems = {stem(Origin::local, StemState::complete, 10), stem(Origin::backup, StemState::complete, 5)};
  EXPECT_EQ(take_step(take, *take.stopped_at + seconds(2), limits).move, TakeMove::wait);
  EXPECT_EQ(take_step(take, *take.stopped_at + seconds(3), limits).move, TakeMove::process);
  take.stems.push_back(stem(Origin::local, StemState::recording, 3));
  EXPECT_TRUE(take_step(take, *take.stopped_at + seconds(60), limits).nothing());
}

TEST(TakeRules, AStemThatDoesNotMoveIsGivenUpAndUsedAsFarAsItCame) {
  TakeFacts take = uploading();
  take.stems = {stem(Origin::local, StemState::recording, 3, *take.stopped_at + minutes(2))};
  EXPECT_TRUE(take_step(take, *take.stopped_at + minutes(11), limits).nothing());
  const TakeStep step = take_step(take, *take.stopped_at + minutes(12), limits);
  EXPECT_EQ(step.move, TakeMove::process);
  EXPECT_EQ(step.abandon, std::vector{take.stems[0].id});
}

TEST(TakeRules, FinishingByHandWaitsForNoBrowserButForTheRecorder) {
  TakeFacts take = uploading();
  take.forced = true;
  take.stems = {stem(Origin::local, StemState::recording, 3), stem(Origin::backup, StemState::recording, 5)};
  TakeStep step = take_step(take, *take.stopped_at, limits);
  EXPECT_EQ(step.move, TakeMove::wait);
  EXPECT_EQ(step.abandon.size(), 1u);
  step = take_step(take, *take.stopped_at + seconds(20), limits);
  EXPECT_EQ(step.move, TakeMove::process);
  EXPECT_EQ(step.close.size(), 1u);
}

TEST(TakeRules, NothingRecordedIsAFailureWithWords) {
  TakeFacts take = uploading();
  EXPECT_EQ(take_step(take, *take.stopped_at + seconds(2), limits).move, TakeMove::wait);
  TakeStep step = take_step(take, *take.stopped_at + seconds(3), limits);
  EXPECT_EQ(step.move, TakeMove::fail);
  EXPECT_FALSE(step.error.empty());
  take.stems = {stem(Origin::local, StemState::recording, 0)};
  EXPECT_EQ(take_step(take, *take.stopped_at + minutes(10), limits).move, TakeMove::fail);
}

TEST(TakeRules, ProcessingFollowsItsJob) {
  TakeFacts take = uploading();
  take.state = TakeState::processing;
  take.job = JobFact::open;
  EXPECT_TRUE(take_step(take, start + hours(99), limits).nothing());
  take.job = JobFact::dead;
  take.job_error = "no codec";
  EXPECT_EQ(take_step(take, start, limits).move, TakeMove::fail);
  EXPECT_EQ(take_step(take, start, limits).error, "no codec");
  take.job = JobFact::none;
  EXPECT_EQ(take_step(take, start, limits).move, TakeMove::process);
}

// From whatever facts, with nothing more happening outside than a job that ends, time alone leads to an end.
TEST(TakeRules, EveryStateHasAnExit) {
  base::SeededRng rng(7);
  for (int round = 0; round < 2'000; ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round);
    TakeFacts take = recording();
    take.state = TakeState(rng.below(3));
    take.anyone_present = false;
    take.forced = rng.below(2);
    if (take.state != TakeState::recording) take.stopped_at = start + seconds(std::int64_t(rng.below(100)));
    take.job = JobFact(rng.below(4));
    const auto count = rng.below(6);
    for (std::uint64_t i = 0; i < count; ++i) {
      take.stems.push_back(stem(Origin(rng.below(2)), StemState(rng.below(3)), rng.below(3),
                                start + seconds(std::int64_t(rng.below(1'000)))));
    }
    base::WallTime now = start;
    int steps = 0;
    for (; take.state != TakeState::ready && take.state != TakeState::failed && steps < 20'000; ++steps) {
      now += seconds(5);
      const TakeStep step = take_step(take, now, limits);
      for (auto& s : take.stems) {
        if (std::count(step.abandon.begin(), step.abandon.end(), s.id)) s.state = StemState::abandoned;
        if (std::count(step.close.begin(), step.close.end(), s.id)) s.state = StemState::complete;
      }
      if (step.move == TakeMove::stop) take.state = TakeState::uploading, take.stopped_at = now;
      if (step.move == TakeMove::process) take.state = TakeState::processing, take.job = JobFact::open;
      if (step.move == TakeMove::fail) take.state = TakeState::failed;
      if (take.state == TakeState::processing && take.job == JobFact::open && step.nothing()) {
        if (rng.below(2))
          take.state = TakeState::ready;  // assets attached
        else
          take.job = JobFact::dead;
      }
    }
    ASSERT_LT(steps, 20'000);
  }
}

}  // namespace
}  // namespace greenroom::studio

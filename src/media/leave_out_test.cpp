#include "media/leave_out.hpp"

#include <gtest/gtest.h>

namespace greenroom::media {
namespace {

constexpr double unchanged = 1.0 / output_rate;

Plan plan_of(double seconds) {
  Plan plan;
  plan.duration_s = seconds;
  plan.samples = std::int64_t(seconds * output_rate);
  plan.frames = std::int64_t(seconds * plan.settings.fps);
  plan.participants.resize(1);
  return plan;
}

AudioPiece audio(double start_s, double seconds) {
  return {0, 1'000, std::int64_t(seconds * output_rate), start_s, unchanged, 1};
}

TEST(LeaveOut, WithoutPausesNothingChanges) {
  Plan plan = plan_of(10);
  plan.participants[0].voice.local = {audio(-0.5, 11)};
  ASSERT_TRUE(leave_out(plan, {}));
  const std::vector<Stretch> empty{{4, 4}, {12, 15}};
  ASSERT_TRUE(leave_out(plan, empty));
  EXPECT_EQ(plan.samples, 480'000);
  EXPECT_EQ(plan.participants[0].voice.local.size(), 1u);
  EXPECT_EQ(plan.participants[0].voice.local[0].start_s, -0.5);
}

TEST(LeaveOut, SoundIsCutToTheSampleAndMovesForward) {
  Plan plan = plan_of(10);
  plan.participants[0].voice.local = {audio(-0.5, 11)};
  const std::vector<Stretch> pauses{{2, 3}, {5, 7}};
  ASSERT_TRUE(leave_out(plan, pauses));
  EXPECT_EQ(plan.duration_s, 7);
  EXPECT_EQ(plan.samples, 7 * output_rate);
  EXPECT_EQ(plan.frames, 210);
  const auto& pieces = plan.participants[0].voice.local;
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0].frames, 120'000);  // from half a second before the start
  EXPECT_EQ(pieces[1].first_frame, 1'000 + 168'000);
  EXPECT_EQ(pieces[1].frames, 96'000);
  EXPECT_NEAR(pieces[1].start_s, 2, 1e-9);
  EXPECT_EQ(pieces[2].first_frame, 1'000 + 360'000);
  EXPECT_NEAR(pieces[2].start_s, 4, 1e-9);
  for (std::size_t i = 1; i < pieces.size(); ++i) EXPECT_NEAR(pieces[i].start_s, pieces[i - 1].end_s(), 1e-9);
}

TEST(LeaveOut, WhatLiesInAPauseIsGone) {
  Plan plan = plan_of(10);
  plan.participants[0].voice.backup = {audio(2.2, 0.5), audio(3.5, 1)};
  plan.participants[0].raw = VoicePlan{1, {audio(3.5, 1)}};
  const std::vector<Stretch> pauses{{2, 3}};
  ASSERT_TRUE(leave_out(plan, pauses));
  ASSERT_EQ(plan.participants[0].voice.backup.size(), 1u);
  EXPECT_NEAR(plan.participants[0].voice.backup[0].start_s, 2.5, 1e-9);
  EXPECT_NEAR(plan.participants[0].raw->local[0].start_s, 2.5, 1e-9);
}

TEST(LeaveOut, APictureKeepsItsPlaceInItsFileAndStandsFromThePausesEnd) {
  Plan plan = plan_of(10);
  plan.participants[0].camera = {{0, 0.25, 0, 4.5}, {1, 6.3, 6.3, 11}};
  plan.screens = {{2, 1, 1, 9}};
  const std::vector<Stretch> pauses{{4, 6}};
  ASSERT_TRUE(leave_out(plan, pauses));
  const auto& camera = plan.participants[0].camera;
  ASSERT_EQ(camera.size(), 2u);
  EXPECT_EQ(camera[0].end_s, 4);
  EXPECT_NEAR(camera[1].offset_s, 4.3, 1e-9);
  EXPECT_NEAR(camera[1].start_s, 4, 1e-9);
  EXPECT_NEAR(camera[1].end_s, 9, 1e-9);
  ASSERT_EQ(plan.screens.size(), 2u);
  EXPECT_EQ(plan.screens[1].offset_s, -1);
  EXPECT_EQ(plan.screens[1].start_s, 4);
  EXPECT_EQ(plan.screens[1].end_s, 7);
}

TEST(LeaveOut, APauseFromStartToEndLeavesNothing) {
  Plan plan = plan_of(10);
  const std::vector<Stretch> pauses{{-1, 11}};
  EXPECT_FALSE(leave_out(plan, pauses));
}

}  // namespace
}  // namespace greenroom::media

#include "studio/studio_fixture.hpp"

namespace greenroom::studio {
namespace {

using std::chrono::seconds;

TEST_F(StudioTest, WhatANodeHasSaidEndsWithIt) {
  begin_take();
  const auto log = "backup/" + take_.id.str() + "/t1.grlog";
  const auto bob = std::get<ParticipantActor>(bob_).participant;
  ASSERT_TRUE(studio().register_backup_track({take_.id, bob, Source::mic, "audio/opus", log, p_->now}));
  const auto left_at = [&] {
    const auto people = studio().session(host_, session_.id)->participants;
    return std::find_if(people.begin(), people.end(), [&](const auto& one) { return one.id == bob; })->left_at;
  };
  const auto backup = [&] { return studio().take(host_, take_.id)->stems.at(0).state; };

  const std::string others[] = {"another", p_->bus->node(), "a third"};
  ASSERT_TRUE(studio().recover(others));
  EXPECT_FALSE(left_at());
  EXPECT_EQ(backup(), StemState::recording);

  p_->now += seconds(1);
  ASSERT_TRUE(studio().recover(std::span(others).first(1)));
  EXPECT_EQ(left_at(), p_->now);
  EXPECT_EQ(backup(), StemState::complete);
  ASSERT_TRUE(studio().left(bob)) << "said too late: no effect";

  ASSERT_TRUE(studio().entered(bob));  // he comes back, and is in the care of a living node
  EXPECT_FALSE(left_at());
  ASSERT_TRUE(studio().left(bob));
  EXPECT_TRUE(left_at());
}

}  // namespace
}  // namespace greenroom::studio

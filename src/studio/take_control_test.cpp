// What a host does with a running take beside starting and stopping it: markers, pauses, consent, and how long a
// stopped one waits.
#include "studio/studio_fixture.hpp"

namespace greenroom::studio {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(StudioTest, MarkersAreSetRenamedMovedAndRemovedByWhoMayRecord) {
  begin_take();
  auto subscription = p_->bus->subscribe(session_topic(session_.id), {});
  p_->now += seconds(20);
  const auto second = *studio().add_marker(ada_, take_.id, {"  The vents ", {}});
  EXPECT_EQ(second.label, "The vents");
  EXPECT_EQ(second.at_ms, take_.started_at_ms + 20'000);
  EXPECT_EQ(second.participant_id, std::get<ParticipantActor>(ada_).participant);
  const auto first = *studio().add_marker(host_, take_.id, {"", take_.started_at_ms + 5'000});
  EXPECT_FALSE(first.participant_id);
  EXPECT_EQ(studio().add_marker(bob_, take_.id, {"mine", {}}).error().code, error_forbidden);
  EXPECT_EQ(studio().add_marker(ada_, take_.id, {"", take_.started_at_ms - 1}).error().code, error_field);
  EXPECT_EQ(studio().add_marker(ada_, take_.id, {"", take_.started_at_ms + 22'000}).error().code, error_field);

  const auto shown = studio().take(bob_, take_.id)->markers;
  ASSERT_EQ(shown.size(), 2u);  // by time
  EXPECT_EQ(shown[0].id, first.id);
  EXPECT_EQ(studio().change_marker(ada_, take_.id, first.id, {"Opening", {}})->label, "Opening");
  EXPECT_EQ(studio().change_marker(ada_, take_.id, first.id, {{}, take_.started_at_ms + 6'000})->label, "Opening");
  ASSERT_TRUE(studio().remove_marker(ada_, take_.id, second.id));
  EXPECT_EQ(studio().remove_marker(ada_, take_.id, second.id).error().code, error_no_marker);
  EXPECT_THAT(events(subscription),
              testing::ElementsAre("markerAdded", "markerAdded", "markerChanged", "markerChanged", "markerRemoved"));
  ASSERT_EQ(studio().take(ada_, take_.id)->markers.size(), 1u);
  EXPECT_EQ(studio().take(ada_, take_.id)->markers[0].at_ms, take_.started_at_ms + 6'000);
}

TEST_F(StudioTest, ATakeHoldsSoManyMarkersAndNoMore) {
  begin_take();
  for (std::size_t i = 0; i < StudioLimits().markers_per_take_max; ++i)
    ASSERT_TRUE(studio().add_marker(ada_, take_.id, {"", {}}));
  EXPECT_EQ(studio().add_marker(ada_, take_.id, {"", {}}).error().code, error_too_many_markers);
}

TEST_F(StudioTest, EverybodyHearsOfAPauseOnce) {
  begin_take();
  auto subscription = p_->bus->subscribe(session_topic(session_.id), {});
  for (int twice = 0; twice < 2; ++twice) ASSERT_TRUE(studio().set_take_paused(ada_, take_.id, true));
  p_->now += seconds(1);
  for (int twice = 0; twice < 2; ++twice) ASSERT_TRUE(studio().set_take_paused(ada_, take_.id, false));
  EXPECT_THAT(events(subscription), testing::ElementsAre("takePaused", "takeResumed"));
}

TEST_F(StudioTest, APauseIsAnIntervalOfTheTakeThatTheJobIsToldOf) {
  begin_take();
  p_->now += seconds(10);
  EXPECT_EQ(studio().set_take_paused(bob_, take_.id, true).error().code, error_forbidden);
  const auto paused = *studio().set_take_paused(ada_, take_.id, true);
  ASSERT_EQ(paused.pauses.size(), 1u);
  EXPECT_EQ(paused.pauses[0].from_ms, take_.started_at_ms + 10'000);
  EXPECT_FALSE(paused.pauses[0].until_ms);
  EXPECT_EQ(paused.state, TakeState::recording);
  EXPECT_EQ(p_->recording.stopped, std::vector{take_.id});  // the backup neither
  EXPECT_FALSE(*studio().take_in_progress(session_.id));
  p_->now += seconds(5);
  ASSERT_EQ(studio().set_take_paused(host_, take_.id, true)->pauses.size(), 1u);  // twice is once
  const auto admitted = *studio().join(host_, session_.id, {});
  EXPECT_EQ(admitted.take_in_progress->pauses.size(), 1u);  // who comes now knows of it

  restart();
  p_->now += seconds(5);
  EXPECT_EQ(studio().set_take_paused(ada_, take_.id, false)->pauses[0].until_ms, take_.started_at_ms + 20'000);
  EXPECT_EQ(studio().set_take_paused(ada_, take_.id, false)->pauses.size(), 1u);
  EXPECT_EQ(p_->recording.started, std::vector{take_.id});  // since the restart
  EXPECT_TRUE(*studio().take_in_progress(session_.id));
  p_->now += seconds(5);
  ASSERT_TRUE(studio().set_take_paused(ada_, take_.id, true));
  p_->now += seconds(5);
  const auto stopped = *studio().stop_take(ada_, take_.id);  // a stop ends the pause too
  ASSERT_EQ(stopped.pauses.size(), 2u);
  EXPECT_EQ(stopped.pauses[1].until_ms, stopped.stopped_at_ms);
  EXPECT_EQ(studio().set_take_paused(ada_, take_.id, true).error().code, error_take_state);
  EXPECT_EQ(studio().set_take_paused(ada_, take_.id, false).error().code, error_take_state);
  send_whole(stem(ada_, take_.id, Source::mic, 1));
  pass(seconds(3));
  ASSERT_TRUE(compose(take_.id));
  ASSERT_EQ(input_.pauses.size(), 2u);
  EXPECT_EQ(input_.pauses[0].until_ms, take_.started_at_ms + 20'000);
}

TEST_F(StudioTest, TheJobIsToldOfMarkersAndOfWhoAgreed) {
  begin_take();
  p_->now += seconds(5);
  ASSERT_TRUE(studio().add_marker(ada_, take_.id, {"The vents", {}}));
  ASSERT_TRUE(studio().consent(ada_, session_.id, {"I agree."}));
  send_whole(stem(ada_, take_.id, Source::mic, 1));
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(seconds(3));
  ASSERT_TRUE(compose(take_.id));
  ASSERT_EQ(input_.markers.size(), 1u);
  EXPECT_EQ(input_.markers[0].label, "The vents");
  EXPECT_EQ(input_.stems.at(0).consented_at, p_->now - seconds(3));
}

TEST_F(StudioTest, ConsentIsKeptOnceAndStandsWithEachStemFromThenOn) {
  begin_take();
  auto subscription = p_->bus->subscribe(session_topic(session_.id), {});
  const auto before = stem(bob_, take_.id, Source::mic, 1);
  EXPECT_FALSE(before.stem.consented_at);
  const auto when = p_->now += seconds(1);
  EXPECT_EQ(studio().consent(bob_, session_.id, {"I agree."})->consented_at, when);
  p_->now += seconds(1);
  EXPECT_EQ(studio().consent(bob_, session_.id, {"Once more."})->consented_at, when);
  EXPECT_EQ(studio().consent(host_, session_.id, {"For all."}).error().code, error_forbidden);
  EXPECT_EQ(stem(bob_, take_.id, Source::camera, 2).stem.consented_at, when);
  const auto id = std::get<ParticipantActor>(bob_).participant;
  ASSERT_TRUE(studio().register_backup_track({take_.id, id, Source::mic, "audio/opus", "backup/t/t.grlog", p_->now}));
  const auto shown = studio().take(ada_, take_.id);
  std::size_t with = 0;
  for (const auto& each : shown->stems) with += each.consented_at == when;
  EXPECT_EQ(with, 2u);
  EXPECT_THAT(events(subscription), testing::ElementsAre("participantChanged", "participantChanged"));
  const auto notice = p_->database->read([&](db::Transaction& tx) {
    return tx.one("SELECT consent_notice FROM participants WHERE id = $1", {id}, [](db::Row& row) {
      std::string text;
      row.into(text);
      return text;
    });
  });
  EXPECT_EQ(**notice, "I agree.");
}

TEST_F(StudioTest, TheServerRecordsWhoeverHasAgreedAndNobodyElse) {
  begin_take();
  const auto ada = std::get<ParticipantActor>(ada_).participant, bob = std::get<ParticipantActor>(bob_).participant;
  EXPECT_TRUE(p_->recording.recorded.empty());
  ASSERT_TRUE(studio().consent(ada_, session_.id, {"I agree."}));
  EXPECT_EQ(p_->recording.recorded, std::set{ada});
  EXPECT_FALSE(studio().attendance(bob)->agreed);
  EXPECT_TRUE(studio().attendance(ada)->agreed);
  ASSERT_TRUE(studio().consent(bob_, session_.id, {"I agree."}));
  EXPECT_EQ(p_->recording.recorded, (std::set{ada, bob}));
  ASSERT_TRUE(studio().set_take_paused(ada_, take_.id, true));
  const auto before = p_->recording.started.size();
  ASSERT_TRUE(studio().consent(bob_, session_.id, {"Again."}));
  EXPECT_EQ(p_->recording.started.size(), before);  // paused: resuming takes everybody who has agreed
  p_->recording.recorded.clear();
  p_->now += seconds(1);
  ASSERT_TRUE(studio().set_take_paused(ada_, take_.id, false));
  EXPECT_EQ(p_->recording.recorded, (std::set{ada, bob}));
  EXPECT_EQ((*studio().take_in_progress(session_.id))->agreed.size(), 2u);
}

TEST_F(StudioTest, TheHostSeesHowLongAStoppedTakeWaitsAndShortensIt) {
  begin_take();
  send_whole(stem(ada_, take_.id, Source::mic, 1));
  const auto late = stem(bob_, take_.id, Source::mic, 2);
  ASSERT_TRUE(send(upload_of(late), 0, pcm.substr(0, 8), false));
  EXPECT_EQ(studio().shorten_wait(ada_, take_.id, {60}).error().code, error_take_state);
  const auto stopped = *studio().stop_take(ada_, take_.id);
  EXPECT_EQ(stopped.waits_until, p_->now + StudioLimits().stem_deadline);
  EXPECT_EQ(studio().shorten_wait(ada_, take_.id, {3'600})->waits_until, p_->now + StudioLimits().stem_deadline);
  EXPECT_EQ(studio().shorten_wait(bob_, take_.id, {60}).error().code, error_forbidden);
  EXPECT_EQ(studio().shorten_wait(ada_, take_.id, {60})->waits_until, p_->now + minutes(1));
  EXPECT_EQ(studio().shorten_wait(ada_, take_.id, {120})->waits_until, p_->now + minutes(1));  // never longer again
  pass(seconds(59));
  EXPECT_EQ(state_of(take_.id), TakeState::uploading);
  pass(seconds(1));
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
  EXPECT_FALSE(studio().take(ada_, take_.id)->waits_until);
  EXPECT_EQ(studio().shorten_wait(ada_, take_.id, {0})->state, TakeState::processing);
}

}  // namespace
}  // namespace greenroom::studio

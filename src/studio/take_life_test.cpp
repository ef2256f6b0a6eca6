// The main job in one process: session, join, take, stems, uploads, job, assets, ready; and what can go wrong on the
// way.
#include "record/recorder.hpp"
#include "studio/studio_fixture.hpp"

namespace greenroom::studio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(StudioTest, TheMainJob) {
  begin_take();
  auto subscription = p_->bus->subscribe(session_topic(session_.id), {});
  EXPECT_EQ(session_state_of(session_.id), SessionState::live);
  EXPECT_EQ(p_->recording.started, std::vector{take_.id});
  const auto ada_mic = stem(ada_, take_.id, Source::mic, 1);
  const auto bob_mic = stem(bob_, take_.id, Source::mic, 2);
  const auto bob_camera = stem(bob_, take_.id, Source::camera, 3);
  EXPECT_EQ(bob_camera.stem.participant_name, "Bob");
  ASSERT_TRUE(send(upload_of(bob_camera), 0, webm, false));  // while recording goes on
  const auto stems = studio().take(bob_, take_.id)->stems;   // ids of one millisecond are in no order
  const auto shown =
      std::find_if(stems.begin(), stems.end(), [&](const Stem& s) { return s.id == bob_camera.stem.id; });
  ASSERT_NE(shown, stems.end());
  EXPECT_EQ(shown->bytes, webm.size());

  p_->now += seconds(30);
  EXPECT_EQ(studio().stop_take(ada_, take_.id)->state, TakeState::uploading);
  EXPECT_EQ(studio().stop_take(ada_, take_.id)->stopped_at, p_->now);  // twice is once
  EXPECT_EQ(p_->recording.stopped, std::vector{take_.id});
  pass(seconds(5));
  send_whole(ada_mic);
  send_whole(bob_mic);
  EXPECT_EQ(state_of(take_.id), TakeState::uploading);
  EXPECT_TRUE(p_->queue.snapshot()->empty());
  ASSERT_TRUE(send(upload_of(bob_camera), webm.size(), "end", true));  // the last byte pushes the job
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
  EXPECT_EQ(p_->queue.snapshot()->size(), 1u);

  ASSERT_TRUE(compose(take_.id));
  ASSERT_EQ(input_.stems.size(), 3u);
  EXPECT_EQ(input_.participants.size(), 2u);
  EXPECT_EQ(input_.stopped_at_ms - input_.started_at_ms, 30'000);
  EXPECT_EQ(state_of(take_.id), TakeState::ready);
  const auto detail = *studio().session(host_, session_.id);
  EXPECT_EQ(detail.state, SessionState::ready);
  EXPECT_EQ(detail.assets.size(), 2u);
  EXPECT_EQ(detail.duration_s, 30);
  EXPECT_TRUE(detail.thumbnail_url);
  EXPECT_EQ(detail.job->state, jobs::JobState::done);
  EXPECT_THAT(events(subscription), testing::ElementsAre("takeStopped", "sessionChanged uploading",
                                                         "sessionChanged processing", "sessionChanged ready"));
  EXPECT_FALSE(*studio().publish_job_changes());
  EXPECT_THAT(events(subscription), testing::ElementsAre("jobProgress", "sessionChanged ready"));
  EXPECT_FALSE(*studio().publish_job_changes());
  EXPECT_TRUE(events(subscription).empty());
}

TEST_F(StudioTest, StemsAreIdempotentAndChecked) {
  begin_take();
  const auto first = stem(bob_, take_.id, Source::camera, 1);
  EXPECT_TRUE(first.created);
  const auto again = stem(bob_, take_.id, Source::camera, 1);
  EXPECT_FALSE(again.created);
  EXPECT_EQ(again.upload_url, first.upload_url);
  EXPECT_EQ(again.stem.id, first.stem.id);
  NewStem bad{"01890163-8694-739b-aea5-966c26f8ad91", Source::mic, "video/webm", 1.7e12, {}, {}, {}, {}};
  EXPECT_EQ(studio().create_stem(bob_, take_.id, bad).error().code, error_stem_format);
  bad.content_type = "audio/x-greenroom-pcm";
  bad.started_at_ms = 5;
  EXPECT_EQ(studio().create_stem(bob_, take_.id, bad).error().code, error_field);
  bad.started_at_ms = 1.7e12;
  bad.client_key = "1";
  EXPECT_EQ(studio().create_stem(bob_, take_.id, bad).error().code, error_field);
  EXPECT_EQ(studio().create_stem(host_, take_.id, bad).error().code, error_forbidden);
}

TEST_F(StudioTest, ALogThatADeadServerHadNotToldOfIsAStemAfterTheRestart) {
  begin_take();
  const auto bob = std::get<ParticipantActor>(bob_).participant;
  const auto log = [&](const char* track, const std::string& participant) {
    record::Recorder recorder(directory_.path() / "backup", p_->log, blob::test_keys());
    recorder.handle(
        record::TrackStarted{{take_.id.str(), track, participant, "mic", "audio", "audio/opus", 48'000, 2, p_->now}});
  };
  log("one", bob.str());
  log("two", bob.str());
  log("whose", "nobody");
  const std::string known = "backup/" + take_.id.str() + "/one.grlog";
  ASSERT_TRUE(studio().register_backup_track({take_.id, bob, Source::mic, "audio/opus", known, p_->now}));
  for (int twice = 0; twice < 2; ++twice) restart();
  const auto stems = studio().take(host_, take_.id)->stems;
  ASSERT_EQ(stems.size(), 2u);
  for (const auto& each : stems) EXPECT_EQ(each.participant_id, bob);
}

TEST_F(StudioTest, EveryUploadIsOfAWorkspace) {
  begin_take();
  const auto workspace = std::get<UserActor>(host_).workspace.uuid();
  EXPECT_EQ(p_->uploads.find(upload_of(stem(bob_, take_.id, Source::mic, 1)))->scope, workspace);
  for (const auto& actor : {bob_, host_})
    EXPECT_EQ(studio().create_upload(actor, {"", "audio/wav", "", 1})->scope, workspace);
  EXPECT_EQ(studio().take_in_progress(session_.id)->value().workspace.uuid(), workspace);
}

TEST_F(StudioTest, ATextFileIsNoVideoAndDisturbsNobody) {
  begin_take();
  const auto bad = stem(bob_, take_.id, Source::camera, 1);
  const auto good = stem(ada_, take_.id, Source::camera, 2);
  auto refused = send(upload_of(bad), 0, "Dear diary, today", true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, upload::error_wrong_media);
  send_whole(good);
  send_whole(bad);  // the right bytes are still welcome
}

TEST_F(StudioTest, TwoTakesDoNotRunAtOnceButOneAfterTheOther) {
  begin_take();
  EXPECT_EQ(studio().start_take(ada_, session_.id).error().code, error_take_running);
  EXPECT_EQ(studio().take_in_progress(session_.id).value()->id, take_.id);
  EXPECT_EQ(studio().delete_session(host_, session_.id, {}).error().code, error_take_running);
  ASSERT_TRUE(studio().stop_take(host_, take_.id));
  EXPECT_FALSE(*studio().take_in_progress(session_.id));
  EXPECT_TRUE(studio().start_take(host_, session_.id));
  EXPECT_EQ(session_state_of(session_.id), SessionState::live);
}

TEST_F(StudioTest, AMissingStemIsGivenUpAndWhenItComesLateTheResultIsMadeAgain) {
  begin_take();
  const auto ada_mic = stem(ada_, take_.id, Source::mic, 1);
  p_->now += seconds(1);  // stems are listed in the order in which they were announced
  const auto bob_mic = stem(bob_, take_.id, Source::mic, 2);
  send_whole(ada_mic);
  ASSERT_TRUE(send(upload_of(bob_mic), 0, pcm.substr(0, 8), false));
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(minutes(9));
  EXPECT_EQ(state_of(take_.id), TakeState::uploading);
  pass(minutes(1));
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(input_.stems[1].bytes, 8u);  // as far as it came
  EXPECT_EQ(input_.stems[1].state, StemState::abandoned);
  EXPECT_EQ(state_of(take_.id), TakeState::ready);

  pass(hours(1));
  ASSERT_TRUE(send(upload_of(bob_mic), 8, "the rest", true));
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
  const auto old = studio().session(host_, session_.id)->assets[0];
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(input_.stems[1].bytes, 16u);
  pass(seconds(1));
  EXPECT_FALSE(p_->store->stat(*blob::Name::parse("assets/" + old.id.str() + "/result")));  // the older result is gone
  EXPECT_EQ(studio().session(host_, session_.id)->assets.size(), 2u);
}

TEST_F(StudioTest, AStemThatCompletesWhileTheJobRunsIsNotForgotten) {
  begin_take();
  send_whole(stem(ada_, take_.id, Source::mic, 1));
  const auto bob_mic = stem(bob_, take_.id, Source::mic, 2);
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  ASSERT_TRUE(studio().finish_take(ada_, take_.id));
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
  during_compose_ = [&] {
    p_->now += seconds(1);
    send_whole(bob_mic);
  };
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
  during_compose_ = {};
  p_->now += seconds(1);
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(input_.stems.size(), 2u);
  EXPECT_EQ(state_of(take_.id), TakeState::ready);
}

TEST_F(StudioTest, NothingRecordedFailsWithWords) {
  begin_take();
  EXPECT_EQ(studio().finish_take(ada_, take_.id).error().code, error_take_state);
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(seconds(2));
  EXPECT_EQ(state_of(take_.id), TakeState::uploading);
  pass(seconds(1));
  EXPECT_EQ(state_of(take_.id), TakeState::failed);
  EXPECT_TRUE(studio().take(ada_, take_.id)->error);
  EXPECT_EQ(session_state_of(session_.id), SessionState::failed);
  send_whole(stem(bob_, take_.id, Source::mic, 1));  // and yet somebody comes back with a stem
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
}

TEST_F(StudioTest, ADeadJobFailsTheTakeAndFinishTriesOnceMore) {
  begin_take();
  send_whole(stem(ada_, take_.id, Source::mic, 1));
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(seconds(3));
  auto lease = *p_->queue.lease(p_->queue.plan(p_->now)->at(0), p_->now);
  ASSERT_TRUE(p_->queue.fail(lease, "the codec said no", true, p_->now));
  ASSERT_TRUE(studio().publish_job_changes());
  EXPECT_EQ(state_of(take_.id), TakeState::failed);
  EXPECT_EQ(studio().take(ada_, take_.id)->error, "the codec said no");
  p_->now += seconds(1);
  EXPECT_EQ(studio().finish_take(ada_, take_.id)->state, TakeState::processing);
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(state_of(take_.id), TakeState::ready);
}

TEST_F(StudioTest, BackupTracksAreStemsToo) {
  begin_take();
  const auto log = "backup/" + take_.id.str() + "/t1.grlog";
  const NewBackupTrack track{take_.id, std::get<ParticipantActor>(bob_).participant, Source::camera, "video/VP8", log,
                             p_->now};
  const auto id = *studio().register_backup_track(track);
  EXPECT_EQ(*studio().register_backup_track(track), id);
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(seconds(3));
  EXPECT_EQ(state_of(take_.id), TakeState::uploading);
  ASSERT_TRUE(studio().end_backup_track(id, 1'234));
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(input_.stems.at(0).location, log);
  EXPECT_EQ(input_.stems.at(0).bytes, 1'234u);
}

TEST_F(StudioTest, AServerKilledMidTakeGoesOn) {
  begin_take();
  const auto mic = stem(bob_, take_.id, Source::mic, 1);
  ASSERT_TRUE(send(upload_of(mic), 0, pcm.substr(0, 8), false));
  const std::string log = "backup/" + take_.id.str() + "/t1.grlog";
  std::filesystem::create_directories((directory_.path() / log).parent_path());
  std::ofstream(directory_.path() / log) << "GRLG and packets";
  p_->now += seconds(1);  // stems are listed in the order in which they began
  ASSERT_TRUE(studio().register_backup_track(
      {take_.id, std::get<ParticipantActor>(bob_).participant, Source::mic, "audio/opus", log, p_->now}));
  restart();
  EXPECT_EQ(studio().take_in_progress(session_.id).value()->id, take_.id);
  EXPECT_EQ(studio().take(bob_, take_.id)->stems[1].state, StemState::complete);
  EXPECT_EQ(studio().take(bob_, take_.id)->stems[1].bytes, 16u);
  EXPECT_EQ(p_->uploads.head(upload_of(mic))->offset, 8u);
  ASSERT_TRUE(send(upload_of(mic), 8, pcm.substr(8), true));
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));  // the token from before still holds
  pass(seconds(3));
  ASSERT_TRUE(compose(take_.id));
  EXPECT_EQ(state_of(take_.id), TakeState::ready);
}

TEST_F(StudioTest, ATakeThatEverybodyLeftStops) {
  begin_take();
  send_whole(stem(bob_, take_.id, Source::mic, 1));
  pass(hours(2));
  EXPECT_EQ(state_of(take_.id), TakeState::recording);
  for (const auto& who : {ada_, bob_}) ASSERT_TRUE(studio().left(std::get<ParticipantActor>(who).participant));
  pass(minutes(9));
  EXPECT_EQ(state_of(take_.id), TakeState::recording);
  pass(minutes(1));
  EXPECT_EQ(state_of(take_.id), TakeState::uploading);
  pass(seconds(3));
  EXPECT_EQ(state_of(take_.id), TakeState::processing);
}

}  // namespace
}  // namespace greenroom::studio

// The main job in one process: set-up, session, join, take, stems, uploads, job, assets, ready; and what can go wrong.
#include "studio/studio.hpp"

#include <fstream>

#include "studio/test_studio.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
constexpr std::string_view webm = "\x1A\x45\xDF\xA3 and so on";
constexpr std::string_view pcm = "GRPB and so on";

class StudioTest : public testing::Test {
 protected:
  Studio& studio() { return p_->studio; }
  void restart() {
    const auto now = p_->now;
    p_.reset();
    p_ = std::make_unique<TestProcess>(directory_, now);
    ASSERT_TRUE(studio().recover());
  }

  Actor owner() {
    const std::string token = **studio().make_setup_token();
    auto in = studio().set_up({token, "Ada", "Ada@Example.org", "correct horse"});
    GREENROOM_ASSERT(in.has_value());
    return *studio().user_of(in->cookie);
  }
  Session session_of(const Actor& user) {
    return *studio().create_session(user, {"Episode 1", SessionKind::podcast, {}});
  }
  static std::string token_of(const Session& session) {
    return session.guest_link->substr(std::string("/join/").size());
  }
  Actor actor_of(const Admission& admission) { return *studio().participant_of(admission.token); }

  StemTicket stem(const Actor& who, TakeId take, Source source, std::uint64_t key) {
    NewStem stem;
    base::SeededRng rng(key);
    stem.client_key = base::to_string(base::make_uuid_v7(p_->now, rng));
    stem.source = source;
    stem.content_type = source == Source::mic ? "audio/x-greenroom-pcm" : "video/webm;codecs=vp8";
    stem.started_at_ms = double(base::to_millis(p_->now));
    auto ticket = studio().create_stem(who, take, stem);
    GREENROOM_ASSERT(ticket.has_value());
    return *ticket;
  }
  static upload::UploadId upload_of(const StemTicket& ticket) {
    return *upload::UploadId::parse(ticket.upload_url.substr(ticket.upload_url.rfind('/') + 1));
  }
  base::Result<upload::UploadInfo> send(upload::UploadId id, std::uint64_t offset, std::string_view bytes, bool last) {
    const auto length = last ? std::optional(offset + bytes.size()) : std::nullopt;
    GREENROOM_TRY(auto appender, p_->uploads.open_append(id, {offset, bytes.size(), length}));
    GREENROOM_CHECK_OK(appender->write(base::as_bytes(bytes)));
    return appender->finish();
  }
  void send_whole(const StemTicket& ticket) {
    auto info = send(upload_of(ticket), 0, ticket.stem.source == Source::mic ? pcm : webm, true);
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->complete);
  }
  void pass(base::Duration time) {
    p_->now += time;
    ASSERT_TRUE(studio().reconcile());
  }
  TakeState state_of(TakeId id) { return studio().take(host_, id)->state; }
  SessionState session_state_of(SessionId id) { return studio().session(host_, id)->state; }

  // Host and one guest in the room, a take running.
  void begin_take() {
    host_ = owner();
    session_ = session_of(host_);
    ada_ = actor_of(*studio().join(host_, session_.id, {}));
    bob_ = actor_of(*studio().join_invite(token_of(session_), "Bob", {}));
    for (const auto& who : {ada_, bob_}) {
      ASSERT_TRUE(studio().entered(std::get<ParticipantActor>(who).participant));
    }
    take_ = *studio().start_take(ada_, session_.id);
  }
  // The compose job's part, as `greenroom work` plays it.
  base::Status compose(TakeId take) {
    GREENROOM_TRY(const auto due, p_->queue.plan(p_->now));
    if (due.empty()) return base::fail(jobs::error_unknown, "no job is due");
    GREENROOM_TRY(const auto lease, p_->queue.lease(due[0], p_->now));
    GREENROOM_TRY(input_, studio().compose_input(take));
    GREENROOM_CHECK_OK(p_->queue.report(lease, {0.5, "mix", 3.0}, p_->now));
    if (during_compose_) during_compose_();
    return attach(lease, take);
  }
  base::Status attach(const jobs::Lease& lease, TakeId take) {
    std::vector<NewAsset> made;
    for (auto [kind, name] : {std::pair(AssetKind::composite, "Episode 1.mp4"), {AssetKind::thumbnail, "thumb.jpg"}}) {
      NewAsset asset;
      asset.id = AssetId::make(p_->now, p_->rng);
      asset.kind = kind;
      asset.name = name;
      asset.content_type = "video/mp4";
      asset.blob = "assets/" + asset.id.str() + "/result";
      const auto file = p_->store->scratch() / asset.id.str();
      std::ofstream(file) << "media";
      GREENROOM_CHECK_OK(p_->store->adopt(*blob::Name::parse(asset.blob), file));
      asset.bytes = 5;
      made.push_back(asset);
    }
    return studio().attach_assets(lease, take, made);
  }
  std::vector<std::string> events(bus::Subscription& subscription) {
    std::vector<std::string> names;
    for (const auto& message : subscription.drain().messages) {
      auto json = wire::parse_json(message.payload);
      std::string name(json->at("event").as_string());
      if (name == "sessionChanged") name += " " + std::string(json->at("data").at("state").as_string());
      names.push_back(std::move(name));
    }
    return names;
  }

  db::TestDirectory directory_;
  std::unique_ptr<TestProcess> p_ =
      std::make_unique<TestProcess>(directory_, base::wall_from_micros(1'700'000'000'000'000));
  Actor host_, ada_, bob_;
  Session session_;
  Take take_;
  ComposeInput input_;
  std::function<void()> during_compose_;
};

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
  EXPECT_EQ(studio().take(bob_, take_.id)->stems[2].bytes, webm.size());

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

TEST_F(StudioTest, SetUpHappensOnceWithTheNewestLink) {
  EXPECT_TRUE(*studio().setup_needed());
  const std::string old = **studio().make_setup_token();
  const std::string token = **studio().make_setup_token();
  const NewOwner owner{token, " Ada ", "ada@example.org", "correct horse"};
  EXPECT_EQ(studio().set_up({old, "Ada", "ada@example.org", "correct horse"}).error().code, error_setup_token);
  for (NewOwner bad : {NewOwner{token, "", "a@b", "correct horse"}, NewOwner{token, "Ada", "ada", "correct horse"},
                       NewOwner{token, "Ada", "a@b", "short"}, NewOwner{token, "A\nda", "a@b", "correct horse"}}) {
    EXPECT_EQ(studio().set_up(bad).error().code, error_field);
  }
  auto in = studio().set_up(owner);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->account.user.name, "Ada");
  EXPECT_FALSE(*studio().setup_needed());
  EXPECT_EQ(*studio().make_setup_token(), std::nullopt);
  EXPECT_EQ(studio().set_up(owner).error().code, error_setup_done);
}

TEST_F(StudioTest, LoginLogoutAndTheLimitOnAttempts) {
  owner();
  auto in = studio().login(" ADA@example.org", "correct horse", "10.0.0.1");
  ASSERT_TRUE(in);
  auto user = studio().user_of(in->cookie);
  ASSERT_TRUE(user);
  EXPECT_EQ(studio().me(*user)->user.name, "Ada");
  ASSERT_TRUE(studio().logout(in->cookie));
  EXPECT_EQ(studio().user_of(in->cookie).error().code, error_sign_in);
  EXPECT_EQ(studio().user_of("").error().code, error_sign_in);
  EXPECT_EQ(studio().login("nobody@example.org", "x", "10.0.0.1").error().code, error_credentials);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(studio().login("ada@example.org", "wrong", "10.0.0.1").error().code, error_credentials);
  }
  EXPECT_EQ(studio().login("ada@example.org", "correct horse", "10.0.0.1").error().code, error_too_many);
  EXPECT_TRUE(studio().login("ada@example.org", "correct horse", "10.0.0.2"));
  p_->now += minutes(15);
  EXPECT_TRUE(studio().login("ada@example.org", "correct horse", "10.0.0.1"));
}

TEST_F(StudioTest, ALoginEnds) {
  owner();
  auto in = studio().login("ada@example.org", "correct horse", "a");
  p_->now += hours(24 * 30);
  EXPECT_EQ(studio().user_of(in->cookie).error().code, error_sign_in);
}

TEST_F(StudioTest, SessionsArePagedNewestFirst) {
  const Actor user = owner();
  for (int i = 0; i < 5; ++i) {
    p_->now += seconds(1);
    ASSERT_TRUE(studio().create_session(user, {"E" + std::to_string(i), SessionKind::class_, {}}));
  }
  auto page = *studio().sessions(user, 2, {});
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].title, "E4");
  EXPECT_EQ(page.items[0].kind, SessionKind::class_);
  page = *studio().sessions(user, 2, page.next_cursor);
  EXPECT_EQ(page.items[0].title, "E2");
  page = *studio().sessions(user, 2, page.next_cursor);
  EXPECT_EQ(page.items.size(), 1u);
  EXPECT_FALSE(page.next_cursor);
  EXPECT_EQ(studio().sessions(user, {}, "nonsense").error().code, error_field);
  EXPECT_EQ(studio().rename_session(user, page.items[0].id, "New")->title, "New");
  EXPECT_EQ(studio().rename_session(user, page.items[0].id, " ").error().code, error_field);
}

TEST_F(StudioTest, GuestsSeeAndDoWhatGuestsMay) {
  begin_take();
  auto invite = studio().invite(token_of(session_));
  EXPECT_EQ(invite->host_name, "Ada");
  EXPECT_EQ(studio().invite("nonsense").error().code, error_no_invite);
  EXPECT_EQ(studio().join_invite("nonsense", "Eve", {}).error().code, error_no_invite);
  const auto seen = *studio().session(bob_, session_.id);
  EXPECT_FALSE(seen.guest_link);
  EXPECT_EQ(seen.participants.size(), 2u);
  EXPECT_EQ(studio().stop_take(bob_, take_.id).error().code, error_forbidden);
  EXPECT_EQ(studio().start_take(bob_, session_.id).error().code, error_forbidden);
  EXPECT_FALSE(studio().sessions(bob_, {}, {}));
  EXPECT_FALSE(studio().delete_session(bob_, session_.id));
  EXPECT_EQ(studio().session(Nobody{}, session_.id).error().code, error_sign_in);

  const Session other = *studio().create_session(host_, {"Other", SessionKind::call, {}});
  const Actor eve = actor_of(*studio().join_invite(token_of(other), "Eve", {}));
  EXPECT_EQ(studio().session(eve, session_.id).error().code, error_no_session);
  EXPECT_EQ(studio().take(eve, take_.id).error().code, error_no_take);
  EXPECT_FALSE(studio().may_follow(eve, session_.id));
  EXPECT_TRUE(studio().may_follow(bob_, session_.id));
  const auto ticket = stem(bob_, take_.id, Source::mic, 1);
  const auto upload = *p_->uploads.find(upload_of(ticket));
  EXPECT_TRUE(studio().may_upload(bob_, upload));
  EXPECT_TRUE(studio().may_upload(host_, upload));
  EXPECT_FALSE(studio().may_upload(eve, upload));
  EXPECT_FALSE(studio().may_upload(Nobody{}, upload));
}

TEST_F(StudioTest, ComingBackIsTheSamePerson) {
  begin_take();
  const auto first = *studio().join_invite(token_of(session_), "Cy", {});
  ASSERT_TRUE(first.take_in_progress);
  EXPECT_EQ(first.take_in_progress->id, take_.id);
  const auto again = *studio().join_invite(token_of(session_), "Cyrus", first.token);
  EXPECT_EQ(again.participant.id, first.participant.id);
  EXPECT_EQ(again.participant.name, "Cyrus");
  EXPECT_NE(studio().join_invite(token_of(session_), "Cy", "forged")->participant.id, first.participant.id);
  EXPECT_EQ(studio().join(host_, session_.id, {})->participant.id, std::get<ParticipantActor>(ada_).participant);
  p_->now += hours(24);
  EXPECT_EQ(studio().participant_of(first.token).error().code, error_token);
}

TEST_F(StudioTest, AFullSessionSaysSo) {
  host_ = owner();
  session_ = session_of(host_);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(studio().join_invite(token_of(session_), "Guest", {}));
  EXPECT_EQ(studio().join_invite(token_of(session_), "One more", {}).error().code, error_full);
  p_->now += minutes(10);  // who never came in makes room
  EXPECT_TRUE(studio().join_invite(token_of(session_), "One more", {}));
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
  EXPECT_EQ(studio().delete_session(host_, session_.id).error().code, error_take_running);
  ASSERT_TRUE(studio().stop_take(host_, take_.id));
  EXPECT_FALSE(*studio().take_in_progress(session_.id));
  EXPECT_TRUE(studio().start_take(host_, session_.id));
  EXPECT_EQ(session_state_of(session_.id), SessionState::live);
}

TEST_F(StudioTest, AMissingStemIsGivenUpAndWhenItComesLateTheResultIsMadeAgain) {
  begin_take();
  const auto ada_mic = stem(ada_, take_.id, Source::mic, 1);
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

TEST_F(StudioTest, LinksCarryTheirPermission) {
  begin_take();
  send_whole(stem(bob_, take_.id, Source::mic, 1));
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(seconds(3));
  ASSERT_TRUE(compose(take_.id));
  EXPECT_TRUE(studio().session(bob_, session_.id)->assets.empty());
  const auto asset = studio().session(host_, session_.id)->assets[0];
  EXPECT_TRUE(asset.url.starts_with("/media/" + asset.id.str() + "/Episode%201.mp4?expires=")) << asset.url;
  const auto field = [&](std::string_view name) {
    const auto at = asset.url.find(name) + name.size();
    return asset.url.substr(at, asset.url.find('&', at) - at);
  };
  const auto expires = std::stoll(field("expires="));
  const auto signature = field("signature=");
  const auto file = studio().media(asset.id, "Episode 1.mp4", expires, signature);
  ASSERT_TRUE(file);
  EXPECT_TRUE(p_->store->stat(*blob::Name::parse(file->blob))->sealed);
  EXPECT_FALSE(studio().media(asset.id, "Episode 2.mp4", expires, signature));
  EXPECT_FALSE(studio().media(asset.id, "Episode 1.mp4", expires + 1, signature));
  p_->now += seconds(1);
  EXPECT_EQ(studio().session(host_, session_.id)->assets[0].url, asset.url);  // browsers may cache it
  p_->now += hours(12);
  EXPECT_FALSE(studio().media(asset.id, "Episode 1.mp4", expires, signature));
}

TEST_F(StudioTest, ADeletedSessionLeavesNothingBehind) {
  begin_take();
  const auto mic = stem(bob_, take_.id, Source::mic, 1);
  send_whole(mic);
  const auto backup = directory_.path() / "backup" / take_.id.str();
  std::filesystem::create_directories(backup);
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(seconds(3));
  ASSERT_TRUE(compose(take_.id));
  const auto asset = studio().session(host_, session_.id)->assets[0];
  ASSERT_TRUE(studio().delete_session(host_, session_.id));
  EXPECT_EQ(studio().session(host_, session_.id).error().code, error_no_session);
  EXPECT_EQ(studio().invite(token_of(session_)).error().code, error_no_invite);
  EXPECT_FALSE(studio().entered(std::get<ParticipantActor>(bob_).participant));
  restart();  // killed before the files went
  pass(seconds(1));
  EXPECT_FALSE(std::filesystem::exists(backup));
  EXPECT_EQ(p_->uploads.find(upload_of(mic)).error().code, upload::error_unknown);
  EXPECT_FALSE(p_->store->stat(upload::blob_name(upload_of(mic))));
  EXPECT_FALSE(p_->store->stat(*blob::Name::parse("assets/" + asset.id.str() + "/result")));
}

}  // namespace
}  // namespace greenroom::studio

// Sessions, invitations, links: who may come in, see and do what.
#include "studio/studio_fixture.hpp"

namespace greenroom::studio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(StudioTest, SessionsArePagedNewestFirst) {
  const Actor user = owner();
  for (int i = 0; i < 5; ++i) {
    p_->now += seconds(1);
    ASSERT_TRUE(studio().create_session(user, {"E" + std::to_string(i), SessionKind::class_, {}}));
  }
  auto page = *studio().sessions(user, {.limit = 2});
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].title, "E4");
  EXPECT_EQ(page.items[0].kind, SessionKind::class_);
  page = *studio().sessions(user, {.limit = 2, .cursor = page.next_cursor});
  EXPECT_EQ(page.items[0].title, "E2");
  page = *studio().sessions(user, {.limit = 2, .cursor = page.next_cursor});
  EXPECT_EQ(page.items.size(), 1u);
  EXPECT_FALSE(page.next_cursor);
  EXPECT_EQ(studio().sessions(user, {.cursor = "nonsense"}).error().code, error_field);
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
  EXPECT_FALSE(studio().sessions(bob_, {}));
  EXPECT_FALSE(studio().delete_session(bob_, session_.id, {}));
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
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(studio().join_invite(token_of(session_), "Guest", {}));
  EXPECT_EQ(studio().join_invite(token_of(session_), "One more", {}).error().code, error_full);
  EXPECT_TRUE(studio().join(host_, session_.id, {}));  // a host is never locked out of their own session
  p_->now += minutes(10);                              // who never came in makes room
  EXPECT_TRUE(studio().join_invite(token_of(session_), "One more", {}));
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
  ASSERT_TRUE(studio().delete_session(host_, session_.id, {}));
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

// What becomes of sessions when a person or a workspace is erased.
#include "studio/studio_fixture.hpp"

namespace greenroom::studio {
namespace {

using PersonData = StudioTest;

TEST_F(PersonData, AWorkspaceGoesWithItsSessionsAndTheirFiles) {
  begin_take();
  const auto mic = stem(bob_, take_.id, Source::mic, 1);
  send_whole(mic);
  auto& people = p_->people;
  const auto owner = std::get<UserActor>(host_);
  EXPECT_EQ(people.erase_person(owner, "correct horse").error().code, error_take_running);
  EXPECT_TRUE(studio().session(host_, session_.id));  // nothing of it has happened
  ASSERT_TRUE(studio().stop_take(ada_, take_.id));
  pass(std::chrono::seconds(3));
  ASSERT_TRUE(compose(take_.id));
  const auto asset = studio().session(host_, session_.id)->assets.at(0);
  ASSERT_TRUE(people.erase_person(owner, "correct horse"));
  EXPECT_EQ(studio().session(host_, session_.id).error().code, error_no_session);
  EXPECT_EQ(studio().invite(token_of(session_)).error().code, error_no_invite);
  pass(std::chrono::seconds(1));
  EXPECT_EQ(p_->uploads.find(upload_of(mic)).error().code, upload::error_unknown);
  EXPECT_FALSE(p_->store->stat(*blob::Name::parse("assets/" + asset.id.str() + "/result")));
}

TEST_F(PersonData, AmongOthersANameIsReplaced) {
  host_ = owner();
  const auto ada = std::get<UserActor>(host_);
  ASSERT_TRUE(p_->people.invite(ada, "cy@example.org", people::WorkspaceRole::owner));
  const std::string link = p_->post.take().back().link;
  const auto in = p_->people.accept_invitation(link.substr(link.rfind('/') + 1), "Cy", "correct horse", {});
  ASSERT_TRUE(in);
  const Actor cy = *p_->people.user_of(in->tokens.access);
  session_ = session_of(cy);
  ASSERT_TRUE(studio().join(cy, session_.id, {}));
  const auto copy = p_->people.export_person(std::get<UserActor>(cy));
  ASSERT_TRUE(copy);
  const auto json = *wire::parse_json(*copy);
  EXPECT_EQ(json.at("studio").at("sessionsMade").at(0).at("title"), "Episode 1");
  EXPECT_EQ(json.at("studio").at("sessionsJoined").at(0).at("name"), "Cy");
  ASSERT_TRUE(p_->people.erase_person(std::get<UserActor>(cy), "correct horse"));
  const auto seen = *studio().session(host_, session_.id);
  EXPECT_EQ(seen.participants.at(0).name, "Deleted person");
  EXPECT_EQ(studio().invite(token_of(seen))->host_name, "Deleted person");
}

}  // namespace
}  // namespace greenroom::studio

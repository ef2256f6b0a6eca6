#include "people/people_fixture.hpp"

namespace greenroom::people {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using ApiKeysTest = PeopleTest;

TEST_F(ApiKeysTest, AKeyActsForItsMakerWithinItsScopes) {
  const auto actor = actor_of(owner());
  const auto made = people_->create_api_key(actor, {"Robot", {Scope::sessions_read}, {}});
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->key.starts_with("gr_"));
  EXPECT_TRUE(made->key.starts_with(made->prefix));
  const auto robot = people_->user_of_key(made->key);
  ASSERT_TRUE(robot);
  EXPECT_EQ(robot->user, actor.user);
  EXPECT_EQ(robot->role, WorkspaceRole::owner);
  ASSERT_TRUE(robot->scopes);
  EXPECT_TRUE(robot->scopes->has(Scope::sessions_read));
  EXPECT_FALSE(robot->scopes->has(Scope::sessions_write));
  EXPECT_EQ(people_->user_of_key("gr_nonsense").error().code, error_sign_in);
  EXPECT_EQ(people_->user_of_key(made->key + "x").error().code, error_sign_in);
  EXPECT_EQ(count("SELECT COUNT(*) FROM api_keys WHERE key_hash LIKE 'gr_%'"), 0);
}

TEST_F(ApiKeysTest, ItsUseIsSeenAndItEnds) {
  const auto actor = actor_of(owner());
  const auto made = *people_->create_api_key(actor, {"Robot", {Scope::sessions_read}, now_ + hours(1)});
  EXPECT_FALSE((*people_->api_keys(actor))[0].last_used_at);
  const auto first = now_;
  ASSERT_TRUE(people_->user_of_key(made.key));
  now_ += seconds(59);
  ASSERT_TRUE(people_->user_of_key(made.key));
  EXPECT_EQ((*people_->api_keys(actor))[0].last_used_at, first);  // not a write at every use
  now_ += seconds(1);
  ASSERT_TRUE(people_->user_of_key(made.key));
  EXPECT_EQ((*people_->api_keys(actor))[0].last_used_at, now_);
  now_ += hours(1);
  EXPECT_EQ(people_->user_of_key(made.key).error().code, error_sign_in);
}

TEST_F(ApiKeysTest, KeysAreCheckedBoundedAndDeleted) {
  const auto actor = actor_of(owner());
  EXPECT_EQ(people_->create_api_key(actor, {"", {Scope::sessions_read}, {}}).error().code, error_field);
  EXPECT_EQ(people_->create_api_key(actor, {"Robot", {}, {}}).error().code, error_field);
  EXPECT_EQ(people_->create_api_key(actor, {"Robot", {Scope::media_read}, now_}).error().code, error_field);
  const auto made = *people_->create_api_key(actor, {"Robot", {Scope::media_read}, {}});
  for (int i = 1; i < 50; ++i) ASSERT_TRUE(people_->create_api_key(actor, {"Robot", {Scope::media_read}, {}}));
  EXPECT_EQ(people_->create_api_key(actor, {"Robot", {Scope::media_read}, {}}).error().code, error_full);
  const auto bob = actor_of(registered("Bob", "bob@example.org"));
  EXPECT_EQ(people_->delete_api_key(bob, made.id).error().code, error_not_found);
  ASSERT_TRUE(people_->delete_api_key(actor, made.id));
  EXPECT_EQ(people_->user_of_key(made.key).error().code, error_sign_in);
  EXPECT_EQ(people_->delete_api_key(actor, made.id).error().code, error_not_found);
}

TEST_F(ApiKeysTest, AKeyGoesWithTheMembership) {
  const auto ada = actor_of(owner());
  const auto bob = actor_of(joined(ada, "bob", WorkspaceRole::editor));
  const auto made = *people_->create_api_key(bob, {"Robot", {Scope::sessions_write}, {}});
  ASSERT_TRUE(people_->set_role(ada, bob.user, WorkspaceRole::member));
  EXPECT_EQ(people_->user_of_key(made.key)->role, WorkspaceRole::member);  // never more than its maker
  ASSERT_TRUE(people_->remove_member(ada, bob.user));
  EXPECT_EQ(people_->user_of_key(made.key).error().code, error_sign_in);
}

TEST(Scopes, AreWrittenAndRead) {
  const Scopes scopes{Scope::workspace_write, Scope::sessions_read};
  EXPECT_EQ(scopes.str(), "sessions:read workspace:write");
  EXPECT_EQ(Scopes::parse(scopes.str()), scopes);
  EXPECT_EQ(Scopes::parse("  nonsense sessions:read  "), Scopes{Scope::sessions_read});
  EXPECT_TRUE(Scopes::parse("").empty());
  EXPECT_TRUE(scopes.has(Scope::workspace_read));  // writing includes reading
  EXPECT_FALSE(scopes.has(Scope::sessions_write));
  EXPECT_TRUE(scopes.has("sessions:read"));
  EXPECT_FALSE(scopes.has("sessions"));
  EXPECT_FALSE(scopes.has(""));
}

}  // namespace
}  // namespace greenroom::people

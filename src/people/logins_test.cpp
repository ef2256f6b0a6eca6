// Set-up, logins and their end.
#include "people/people_fixture.hpp"

namespace greenroom::people {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

using LoginsTest = PeopleTest;

TEST_F(LoginsTest, SetUpHappensOnceWithTheNewestLink) {
  EXPECT_TRUE(*people_->setup_needed());
  const std::string old = **people_->make_setup_token();
  const std::string token = **people_->make_setup_token();
  const NewOwner owner{token, " Ada ", "ada@example.org", "correct horse"};
  EXPECT_EQ(people_->set_up({old, "Ada", "ada@example.org", "correct horse"}, {}).error().code, error_setup_token);
  for (NewOwner bad :
       {NewOwner{token, "", "ada@example.org", "correct horse"}, NewOwner{token, "Ada", "ada", "correct horse"},
        NewOwner{token, "Ada", "ada@example.org", "short"}, NewOwner{token, "A\nda", "a@b", "correct horse"}}) {
    EXPECT_EQ(people_->set_up(bad, {}).error().code, error_field);
  }
  const auto in = people_->set_up(owner, {});
  ASSERT_TRUE(in);
  EXPECT_EQ(in->account.user.name, "Ada");
  EXPECT_EQ(in->account.workspace.role, WorkspaceRole::owner);
  EXPECT_FALSE(*people_->setup_needed());
  EXPECT_EQ(*people_->make_setup_token(), std::nullopt);
  EXPECT_EQ(people_->set_up(owner, {}).error().code, error_setup_done);
}

TEST_F(LoginsTest, LoginLogoutAndTheLimitOnAttempts) {
  owner();
  const auto in = people_->login({" ADA@example.org", "correct horse", {}}, laptop);
  ASSERT_TRUE(in);
  EXPECT_EQ(people_->me(actor_of(*in))->user.name, "Ada");
  ASSERT_TRUE(people_->logout(in->tokens.access));
  EXPECT_EQ(ended(*in), error_sign_in);
  ASSERT_TRUE(people_->logout(in->tokens.access));  // twice is once
  EXPECT_EQ(people_->user_of("").error().code, error_sign_in);
  EXPECT_EQ(people_->login({"nobody@example.org", "x", {}}, laptop).error().code, error_credentials);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(people_->login({"ada@example.org", "wrong", {}}, laptop).error().code, error_credentials);
  }
  now_ += minutes(5);
  const auto refused = people_->login({"ada@example.org", "correct horse", {}}, laptop);
  EXPECT_EQ(refused.error().code, error_too_many);
  EXPECT_EQ(refused.error().context, "600");  // seconds to wait
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", {}}, phone));
  now_ += minutes(10);
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", {}}, laptop));
}

TEST_F(LoginsTest, OneAddressMayNotTryManyAccounts) {
  owner();
  for (int i = 0; i < 50; ++i) {
    people_->login({"nobody" + std::to_string(i) + "@example.org", "x", {}}, laptop);
  }
  EXPECT_EQ(people_->login({"ada@example.org", "correct horse", {}}, laptop).error().code, error_too_many);
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", {}}, phone));
}

TEST_F(LoginsTest, AnExpiredAccessTokenStillEndsItsLogin) {
  const auto in = owner();
  now_ += minutes(11);
  EXPECT_EQ(ended(in), error_sign_in);
  ASSERT_TRUE(people_->logout(in.tokens.access));
  EXPECT_EQ(people_->refresh(in.tokens.refresh, laptop).error().code, error_sign_in);
  EXPECT_TRUE(people_->logout("nonsense"));
  EXPECT_TRUE(people_->logout("a.b.c"));
}

TEST_F(LoginsTest, LoginsAreListedAndEndedOneByOne) {
  const auto first = owner();
  now_ += minutes(1);
  const auto second = *people_->login({"ada@example.org", "correct horse", {}}, phone);
  const auto actor = actor_of(second);
  const auto list = *people_->logins(actor);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].address, "10.0.0.2");
  EXPECT_EQ(list[0].agent, "Safari");
  EXPECT_TRUE(list[0].current);
  EXPECT_FALSE(list[1].current);
  ASSERT_TRUE(people_->end_login(actor, list[1].id));
  EXPECT_EQ(ended(first), error_sign_in);
  EXPECT_EQ(people_->end_login(actor, list[1].id).error().code, error_not_found);
  const auto other = registered("Bob", "bob@example.org");
  EXPECT_EQ(people_->end_login(actor_of(other), actor.login).error().code, error_not_found);
  EXPECT_TRUE(people_->user_of(second.tokens.access));
}

TEST_F(LoginsTest, WhenALoginEndsItIsTold) {
  std::vector<UserId> told;
  people_->set_hooks({.erase_person = {}, .erase_workspace = {}, .export_person = {}, .logins_ended = [&](UserId user) {
                        told.push_back(user);
                      }});
  const auto first = owner();
  const auto actor = actor_of(first);
  const auto enter = [&] { return *people_->login({"ada@example.org", "correct horse", {}}, phone); };
  const auto other = [&] { return actor_of(enter()).login; };
  const auto login = other();
  EXPECT_TRUE(*people_->is_login(login));
  ASSERT_TRUE(people_->end_login(actor, login));
  EXPECT_FALSE(*people_->is_login(login));
  EXPECT_EQ(told.size(), 1u);
  ASSERT_TRUE(people_->logout(enter().tokens.access));
  EXPECT_EQ(told.size(), 2u);
  const auto stolen = enter();
  ASSERT_TRUE(people_->refresh(stolen.tokens.refresh, laptop));
  now_ += minutes(1);
  EXPECT_FALSE(people_->refresh(stolen.tokens.refresh, phone));
  EXPECT_EQ(told.size(), 3u);
  ASSERT_TRUE(people_->change_password(actor, "correct horse", "battery staple"));
  EXPECT_EQ(told, std::vector<UserId>(4, actor.user));
}

TEST_F(LoginsTest, TheLongestUnseenLoginsMakeRoom) {
  const auto first = owner();
  for (int i = 0; i < 100; ++i) {
    now_ += std::chrono::seconds(1);
    ASSERT_TRUE(people_->login({"ada@example.org", "correct horse", {}}, laptop));
  }
  EXPECT_EQ(ended(first), error_sign_in);
  EXPECT_EQ(count("SELECT COUNT(*) FROM logins"), 100);
}

TEST_F(LoginsTest, APasswordIsChangedByWhoKnowsIt) {
  const auto here = owner();
  const auto there = *people_->login({"ada@example.org", "correct horse", {}}, phone);
  const auto actor = actor_of(here);
  EXPECT_EQ(people_->change_password(actor, "wrong", "battery staple").error().code, error_credentials);
  EXPECT_EQ(people_->change_password(actor, "correct horse", "short").error().code, error_field);
  ASSERT_TRUE(people_->change_password(actor, "correct horse", "battery staple"));
  EXPECT_TRUE(people_->user_of(here.tokens.access));
  EXPECT_EQ(ended(there), error_sign_in);
  EXPECT_FALSE(people_->login({"ada@example.org", "correct horse", {}}, phone));
  EXPECT_TRUE(people_->login({"ada@example.org", "battery staple", {}}, phone));
  for (int i = 0; i < 10; ++i) people_->change_password(actor, "wrong", "battery staple");
  EXPECT_EQ(people_->change_password(actor, "battery staple", "another one").error().code, error_too_many);
  EXPECT_EQ(people_->rename(actor, "Ada L.")->user.name, "Ada L.");
}

}  // namespace
}  // namespace greenroom::people

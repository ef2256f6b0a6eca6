// Set-up, logins and their end.
#include "people/people_fixture.hpp"

namespace greenroom::people {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST_F(PeopleTest, SetUpHappensOnceWithTheNewestLink) {
  EXPECT_TRUE(*people_.setup_needed());
  const std::string old = **people_.make_setup_token();
  const std::string token = **people_.make_setup_token();
  const NewOwner owner{token, " Ada ", "ada@example.org", "correct horse"};
  EXPECT_EQ(people_.set_up({old, "Ada", "ada@example.org", "correct horse"}, {}).error().code, error_setup_token);
  for (NewOwner bad : {NewOwner{token, "", "a@b", "correct horse"}, NewOwner{token, "Ada", "ada", "correct horse"},
                       NewOwner{token, "Ada", "a@b", "short"}, NewOwner{token, "A\nda", "a@b", "correct horse"}}) {
    EXPECT_EQ(people_.set_up(bad, {}).error().code, error_field);
  }
  auto in = people_.set_up(owner, {});
  ASSERT_TRUE(in);
  EXPECT_EQ(in->account.user.name, "Ada");
  EXPECT_EQ(in->account.workspace.role, WorkspaceRole::owner);
  EXPECT_FALSE(*people_.setup_needed());
  EXPECT_EQ(*people_.make_setup_token(), std::nullopt);
  EXPECT_EQ(people_.set_up(owner, {}).error().code, error_setup_done);
}

TEST_F(PeopleTest, LoginLogoutAndTheLimitOnAttempts) {
  owner();
  auto in = people_.login(" ADA@example.org", "correct horse", {"10.0.0.1", ""});
  ASSERT_TRUE(in);
  auto user = people_.user_of(in->cookie);
  ASSERT_TRUE(user);
  EXPECT_EQ(people_.me(*user)->user.name, "Ada");
  ASSERT_TRUE(people_.logout(in->cookie));
  EXPECT_EQ(people_.user_of(in->cookie).error().code, error_sign_in);
  EXPECT_EQ(people_.user_of("").error().code, error_sign_in);
  EXPECT_EQ(people_.login("nobody@example.org", "x", {"10.0.0.1", ""}).error().code, error_credentials);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(people_.login("ada@example.org", "wrong", {"10.0.0.1", ""}).error().code, error_credentials);
  }
  EXPECT_EQ(people_.login("ada@example.org", "correct horse", {"10.0.0.1", ""}).error().code, error_too_many);
  EXPECT_TRUE(people_.login("ada@example.org", "correct horse", {"10.0.0.2", ""}));
  now_ += minutes(15);
  EXPECT_TRUE(people_.login("ada@example.org", "correct horse", {"10.0.0.1", ""}));
}

TEST_F(PeopleTest, ALoginEnds) {
  owner();
  auto in = people_.login("ada@example.org", "correct horse", {"a", ""});
  now_ += hours(24 * 30);
  EXPECT_EQ(people_.user_of(in->cookie).error().code, error_sign_in);
}

TEST_F(PeopleTest, AnAuditLineIsOfTheWorkspace) {
  const auto in = owner();
  const auto user = *people_.user_of(in.cookie);
  ASSERT_TRUE(database_->write([&](db::Transaction& tx) {
    return people_.audit(tx, user, "session.deleted", user.workspace.str(), "podcast");
  }));
  const auto lines = database_->read([&](db::Transaction& tx) {
    return tx.all("SELECT action FROM audit WHERE workspace_id = $1 ORDER BY id", {user.workspace},
                  [](db::Row& row) { return row.next<std::string>(); });
  });
  EXPECT_THAT(*lines, testing::UnorderedElementsAre("workspace.set_up", "session.deleted"));
}

}  // namespace
}  // namespace greenroom::people

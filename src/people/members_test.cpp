// Workspaces, their members, invitations, and the audit log.
#include <thread>

#include "people/people_fixture.hpp"

namespace greenroom::people {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

using MembersTest = PeopleTest;

TEST_F(MembersTest, AnInvitationMakesAnAccount) {
  const auto ada = actor_of(owner());
  const auto made = people_->invite(ada, "Bob@Example.org", WorkspaceRole::editor);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->invited_by, "Ada");
  const auto mails = post_.take();
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_TRUE(mails[0].link.starts_with("https://studio.test/invitations/")) << mails[0].link;
  const std::string token = mails[0].link.substr(mails[0].link.rfind('/') + 1);
  const auto brief = people_->invitation(token);
  ASSERT_TRUE(brief);
  EXPECT_EQ(brief->workspace_name, "Ada's studio");
  EXPECT_FALSE(brief->has_account);
  EXPECT_EQ(people_->accept_invitation(token, "", "correct horse", laptop).error().code, error_field);
  EXPECT_EQ(people_->accept_invitation(token, "Bob", "short", laptop).error().code, error_field);
  const auto in = people_->accept_invitation(token, "Bob", "correct horse", laptop);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->account.workspace.id, ada.workspace);
  EXPECT_EQ(in->account.workspace.role, WorkspaceRole::editor);
  EXPECT_TRUE(in->account.user.email_verified);
  EXPECT_EQ(people_->accept_invitation(token, "Bob", "correct horse", laptop).error().code, error_link);
  EXPECT_EQ(people_->members(ada)->size(), 2u);
  EXPECT_EQ(people_->invite(ada, "bob@example.org", WorkspaceRole::member).error().code, error_already_member);
}

TEST_F(MembersTest, WhoHasAnAccountAcceptsSignedIn) {
  const auto ada = actor_of(owner());
  const auto bob = actor_of(registered("Bob", "bob@example.org"));
  const auto cy = actor_of(registered("Cy", "cy@example.org"));
  ASSERT_TRUE(people_->invite(ada, "bob@example.org", WorkspaceRole::member));
  const std::string token = mailed_token();
  EXPECT_TRUE(people_->invitation(token)->has_account);
  EXPECT_EQ(people_->accept_invitation(token, "Bob", "correct horse", laptop).error().code, error_sign_in);
  EXPECT_EQ(people_->accept_invitation(cy, token).error().code, error_other_address);
  EXPECT_EQ(people_->accept_invitation(bob, token)->workspace.id, ada.workspace);
  EXPECT_EQ(people_->workspaces(bob)->size(), 2u);
  EXPECT_EQ(people_->switch_workspace(bob, bob.workspace)->workspace.id, bob.workspace);
  EXPECT_EQ(people_->switch_workspace(cy, ada.workspace).error().code, error_not_found);
}

TEST_F(MembersTest, InvitationsAreReplacedWithdrawnAndEnd) {
  const auto ada = actor_of(owner());
  ASSERT_TRUE(people_->invite(ada, "bob@example.org", WorkspaceRole::member));
  const std::string first = mailed_token();
  const auto again = people_->invite(ada, "bob@example.org", WorkspaceRole::admin);
  const std::string second = mailed_token();
  EXPECT_EQ(people_->invitation(first).error().code, error_link);
  EXPECT_EQ(people_->invitations(ada)->size(), 1u);
  ASSERT_TRUE(people_->withdraw_invitation(ada, again->id));
  EXPECT_EQ(people_->invitation(second).error().code, error_link);
  EXPECT_EQ(people_->withdraw_invitation(ada, again->id).error().code, error_not_found);
  ASSERT_TRUE(people_->invite(ada, "bob@example.org", WorkspaceRole::member));
  const std::string third = mailed_token();
  now_ += hours(24 * 7);
  EXPECT_EQ(people_->invitation(third).error().code, error_link);
  EXPECT_TRUE(people_->invitations(ada)->empty());
}

TEST_F(MembersTest, RolesSayWhoMayManage) {
  const auto ada = actor_of(owner());
  const auto admin = actor_of(joined(ada, "admin", WorkspaceRole::admin));
  const auto editor = actor_of(joined(ada, "editor", WorkspaceRole::editor));
  const auto member = actor_of(joined(admin, "member", WorkspaceRole::member));
  EXPECT_EQ(people_->invite(admin, "x@example.org", WorkspaceRole::owner).error().code, error_forbidden);
  EXPECT_EQ(people_->invite(editor, "x@example.org", WorkspaceRole::member).error().code, error_forbidden);
  EXPECT_EQ(people_->invitations(member).error().code, error_forbidden);
  EXPECT_EQ(people_->audit_log(editor, {}, {}).error().code, error_forbidden);
  EXPECT_EQ(people_->rename_workspace(editor, "Mine", {}).error().code, error_forbidden);
  EXPECT_EQ(people_->set_role(editor, member.user, WorkspaceRole::editor).error().code, error_forbidden);
  EXPECT_EQ(people_->set_role(admin, admin.user, WorkspaceRole::owner).error().code, error_forbidden);
  EXPECT_EQ(people_->set_role(admin, ada.user, WorkspaceRole::member).error().code, error_forbidden);
  EXPECT_EQ(people_->remove_member(admin, ada.user).error().code, error_forbidden);
  EXPECT_EQ(people_->remove_member(editor, member.user).error().code, error_forbidden);
  EXPECT_EQ(people_->set_role(admin, member.user, WorkspaceRole::editor)->role, WorkspaceRole::editor);
  EXPECT_TRUE(people_->remove_member(admin, editor.user));
  EXPECT_EQ(people_->remove_member(admin, editor.user).error().code, error_not_found);
  const auto stranger = actor_of(registered("Eve", "eve@example.org"));
  EXPECT_EQ(people_->set_role(ada, stranger.user, WorkspaceRole::member).error().code, error_not_found);
}

// A role is what the table says, not what the actor's request began with.
TEST_F(MembersTest, ADemotedAdminManagesNoMore) {
  const auto ada = actor_of(owner());
  const auto admin = actor_of(joined(ada, "admin", WorkspaceRole::admin));
  const auto member = actor_of(joined(ada, "member", WorkspaceRole::member));
  ASSERT_TRUE(people_->set_role(ada, admin.user, WorkspaceRole::member));
  EXPECT_EQ(people_->set_role(admin, member.user, WorkspaceRole::admin).error().code, error_forbidden);
  EXPECT_EQ(people_->remove_member(admin, member.user).error().code, error_forbidden);
}

TEST_F(MembersTest, TheLastOwnerStays) {
  const auto ada = actor_of(owner());
  const auto bob = actor_of(joined(ada, "bob", WorkspaceRole::owner));
  ASSERT_TRUE(people_->remove_member(ada, ada.user));
  EXPECT_EQ(people_->remove_member(bob, bob.user).error().code, error_last_owner);
  EXPECT_EQ(people_->set_role(bob, bob.user, WorkspaceRole::admin).error().code, error_last_owner);
  EXPECT_TRUE(people_->set_role(bob, bob.user, WorkspaceRole::owner));
}

TEST_F(MembersTest, TwoOwnersWhoLeaveAtOnceLeaveOne) {
  for (int round = 0; round < 5; ++round) {
    const auto ada = actor_of(round == 0 ? owner() : registered("Ada", "ada" + std::to_string(round) + "@example.org"));
    const auto bob = actor_of(joined(ada, "bob" + std::to_string(round), WorkspaceRole::owner));
    base::Status one, two;
    std::thread first([&] { one = people_->remove_member(ada, ada.user); });
    std::thread second([&] { two = people_->remove_member(bob, bob.user); });
    first.join();
    second.join();
    EXPECT_NE(one.has_value(), two.has_value());
    EXPECT_EQ((one ? two : one).error().code, error_last_owner);
  }
}

TEST_F(MembersTest, WhoIsRemovedHasAHomeStill) {
  const auto ada = actor_of(owner());
  const auto in = joined(ada, "bob", WorkspaceRole::member);
  const auto bob = actor_of(in);
  ASSERT_TRUE(people_->remove_member(ada, bob.user));
  const auto now = actor_of(in);  // still signed in, elsewhere
  EXPECT_NE(now.workspace, ada.workspace);
  EXPECT_EQ(now.role, WorkspaceRole::owner);
  EXPECT_EQ(people_->me(now)->workspace.name, "bob's studio");
}

TEST_F(MembersTest, WorkspacesAreMadeAndRenamedAtARevision) {
  const auto ada = actor_of(owner());
  now_ += seconds(1);
  const auto made = people_->create_workspace(ada, "Second");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->role, WorkspaceRole::owner);
  ASSERT_TRUE(people_->switch_workspace(ada, made->id));
  const auto there = *people_->user_of(people_->login({"ada@example.org", "correct horse", {}}, laptop)->tokens.access);
  EXPECT_EQ(there.workspace, ada.workspace);  // a new login begins at the oldest home
  const auto renamed = people_->rename_workspace(ada, "Studio One", 1);
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->revision, 2u);
  EXPECT_EQ(people_->rename_workspace(ada, "Studio Two", 1).error().code, error_changed);
  EXPECT_EQ(people_->rename_workspace(ada, " ", {}).error().code, error_field);
  EXPECT_EQ(people_->workspace(ada)->name, "Studio One");
}

TEST_F(MembersTest, TheAuditLogTellsWhatWasDone) {
  const auto ada = actor_of(owner());
  UserActor here = ada;
  here.address = "10.9.8.7";
  now_ += seconds(1);
  ASSERT_TRUE(people_->create_api_key(here, {"Robot", {Scope::media_read}, {}}));
  now_ += seconds(1);
  ASSERT_TRUE(database_->write(
      [&](db::Transaction& tx) { return people_->audit(tx, here, "session.deleted", "some id", "podcast"); }));
  const auto page = *people_->audit_log(ada, 1, {});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].action, "session.deleted");
  EXPECT_EQ(page.items[0].actor->name, "Ada");
  EXPECT_EQ(page.items[0].address, "10.9.8.7");
  ASSERT_TRUE(page.next_cursor);
  EXPECT_EQ(people_->audit_log(ada, 1, page.next_cursor)->items[0].action, "api_key.made");
  EXPECT_EQ(people_->audit_log(ada, 1, "nonsense").error().code, error_field);
  EXPECT_THAT(audited(ada),
              testing::UnorderedElementsAre("session.deleted", "api_key.made", "login.began", "workspace.set_up"));
}

TEST_F(MembersTest, TheDatabaseItselfKeepsTheLogAsItIs) {
  const auto before = audited(actor_of(owner())).size();
  for (const char* sql : {"UPDATE audit SET action = 'nothing'", "DELETE FROM audit"}) {
    const auto changed = database_->write([&](db::Transaction& tx) { return tx.run(sql); });
    ASSERT_FALSE(changed) << sql;
    EXPECT_EQ(changed.error().code, db::error_constraint) << changed.error().context;
  }
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit"), std::int64_t(before));
}

// What did not happen is not in the log.
TEST_F(MembersTest, ALineGoesWithItsFact) {
  const auto ada = actor_of(owner());
  const auto before = audited(ada).size();
  EXPECT_FALSE(database_->write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(people_->audit(tx, ada, "session.deleted", "some id"));
    return base::fail(error_full, "changed its mind");
  }));
  EXPECT_EQ(audited(ada).size(), before);
}

}  // namespace
}  // namespace greenroom::people

// A copy of a person's data, and its end.
#include "people/people_fixture.hpp"
#include "wire/json.hpp"

namespace greenroom::people {
namespace {

using std::chrono::minutes;

using PersonDataTest = PeopleTest;

TEST_F(PersonDataTest, TheCopyHoldsAllOfIt) {
  const auto ada = actor_of(owner());
  ASSERT_TRUE(people_->create_api_key(ada, {"Robot", {Scope::media_read}, {}}));
  people_->set_hooks({{}, {}, [&](db::Transaction&, UserId user) -> base::Result<std::string> {
                        return R"({"of":")" + user.str() + "\"}";
                      }});
  const auto text = people_->export_person(ada);
  ASSERT_TRUE(text);
  const auto json = *wire::parse_json(*text);
  EXPECT_EQ(json.at("user").at("email"), "ada@example.org");
  EXPECT_EQ(json.at("workspaces").at(0).at("name"), "Ada's studio");
  EXPECT_EQ(json.at("logins").at(0).at("agent"), "Firefox");
  EXPECT_EQ(json.at("apiKeys").at(0).at("name"), "Robot");
  EXPECT_FALSE(json.at("audit").as_array().empty());
  EXPECT_EQ(json.at("studio").at("of"), boost::json::string(ada.user.str()));
  EXPECT_EQ(text->find("argon2"), text->npos);  // secrets are not data about a person
}

TEST_F(PersonDataTest, ErasureTakesTheAccountAndLeavesTheId) {
  const auto ada = actor_of(owner());
  const auto in = joined(ada, "bob", WorkspaceRole::editor);
  auto bob = actor_of(in);
  bob.address = "10.9.8.7";
  const auto key = *people_->create_api_key(bob, {"Robot", {Scope::media_read}, {}});
  std::vector<std::string> told;
  people_->set_hooks({[&](db::Transaction&, UserId user, std::string_view name) -> base::Status {
                        told.push_back(user.str() + " is " + std::string(name));
                        return {};
                      },
                      [&](db::Transaction&, WorkspaceId) -> base::Status {
                        told.push_back("workspace");
                        return {};
                      },
                      {}});
  EXPECT_EQ(people_->erase_person(bob, "wrong").error().code, error_credentials);
  ASSERT_TRUE(people_->erase_person(bob, "correct horse"));
  EXPECT_THAT(told, testing::ElementsAre(bob.user.str() + " is Deleted person"));
  EXPECT_EQ(ended(in), error_sign_in);
  EXPECT_EQ(people_->user_of_key(key.key).error().code, error_sign_in);
  EXPECT_EQ(people_->login({"bob@example.org", "correct horse", {}}, laptop).error().code, error_credentials);
  EXPECT_EQ(people_->members(ada)->size(), 1u);
  const auto page = *people_->audit_log(ada, 100, {});
  bool seen = false;
  for (const auto& line : page.items) {
    if (!line.actor || line.actor->id != bob.user) continue;
    seen = true;
    EXPECT_EQ(line.actor->name, "Deleted person");
    EXPECT_FALSE(line.address);
  }
  EXPECT_TRUE(seen);
  // Nothing with the address in it is left, so it is free again.
  EXPECT_EQ(count("SELECT COUNT(*) FROM users WHERE email = 'bob@example.org'"), 0);
  EXPECT_EQ(registered("Bob", "bob@example.org").account.user.name, "Bob");
}

TEST_F(PersonDataTest, AWorkspaceGoesWithItsLastPersonOnly) {
  const auto ada = actor_of(owner());
  const auto bob = actor_of(joined(ada, "bob", WorkspaceRole::member));
  EXPECT_EQ(people_->erase_person(ada, "correct horse").error().code, error_last_owner);
  EXPECT_TRUE(people_->me(ada));  // nothing of it has happened
  int workspaces = 0;
  people_->set_hooks({{}, [&](db::Transaction&, WorkspaceId) { return ++workspaces, base::Status(); }, {}});
  ASSERT_TRUE(people_->set_role(ada, bob.user, WorkspaceRole::owner));
  ASSERT_TRUE(people_->create_workspace(ada, "Alone"));
  ASSERT_TRUE(people_->erase_person(ada, "correct horse"));
  EXPECT_EQ(workspaces, 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM workspaces"), 1);
  EXPECT_TRUE(people_->me(bob));
}

TEST_F(PersonDataTest, WhatRefusesAboveStopsIt) {
  const auto ada = actor_of(owner());
  people_->set_hooks(
      {{}, [](db::Transaction&, WorkspaceId) -> base::Status { return base::fail(error_full, "no"); }, {}});
  EXPECT_EQ(people_->erase_person(ada, "correct horse").error().code, error_full);
  EXPECT_TRUE(people_->me(ada));
}

TEST_F(PersonDataTest, WhoHasNoPasswordHasToHaveSignedInJustNow) {
  const auto in = *people_->sign_in_with({"https://id.example", "8", "Cy", "cy@example.org", true}, laptop)->in;
  const auto cy = actor_of(in);
  now_ += minutes(16);
  EXPECT_EQ(people_->erase_person(cy, "").error().code, error_credentials);
  const auto again = *people_->sign_in_with({"https://id.example", "8", "Cy", "cy@example.org", true}, laptop)->in;
  EXPECT_TRUE(people_->erase_person(actor_of(again), ""));
  EXPECT_NE(
      people_->sign_in_with({"https://id.example", "8", "Cy", "cy@example.org", true}, laptop)->in->account.user.id,
      cy.user);
}

}  // namespace
}  // namespace greenroom::people

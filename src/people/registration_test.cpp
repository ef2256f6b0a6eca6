// What goes by mail, and what nobody learns from it.
#include "people/people_fixture.hpp"

namespace greenroom::people {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

using RegistrationTest = PeopleTest;

TEST_F(RegistrationTest, AnAccountIsMadeByTheLinkInTheMail) {
  ASSERT_TRUE(people_->register_account({"Bob", "Bob@Example.org", "correct horse"}, laptop));
  EXPECT_EQ(count("SELECT COUNT(*) FROM users"), 0);
  EXPECT_FALSE(people_->login({"bob@example.org", "correct horse", {}}, laptop));
  const auto mails = post_.take();
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].to, "bob@example.org");
  EXPECT_TRUE(mails[0].link.starts_with("https://studio.test/verify?token=")) << mails[0].link;
  const std::string token = mails[0].link.substr(mails[0].link.find('=') + 1);
  const auto in = people_->verify_email(token, laptop);
  ASSERT_TRUE(in);
  EXPECT_TRUE(in->account.user.email_verified);
  EXPECT_EQ(in->account.workspace.role, WorkspaceRole::owner);
  EXPECT_TRUE(people_->login({"bob@example.org", "correct horse", {}}, laptop));
  EXPECT_EQ(people_->verify_email(token, laptop).error().code, error_link);  // it works once
}

TEST_F(RegistrationTest, AKnownAddressGetsTheSameAnswerAndAnotherMail) {
  owner();
  ASSERT_TRUE(people_->register_account({"Eve", "ada@example.org", "another password"}, laptop));
  const auto mails = post_.take();
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].link, "https://studio.test/sign-in");
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", {}}, laptop));
  EXPECT_FALSE(people_->login({"ada@example.org", "another password", {}}, laptop));
}

TEST_F(RegistrationTest, ALinkLastsADayAndIsOverWhenTheAddressIsTaken) {
  ASSERT_TRUE(people_->register_account({"Bob", "bob@example.org", "correct horse"}, laptop));
  const std::string old = mailed_token();
  now_ += hours(24);
  EXPECT_EQ(people_->verify_email(old, laptop).error().code, error_link);
  ASSERT_TRUE(people_->tidy());
  EXPECT_EQ(count("SELECT COUNT(*) FROM mail_links"), 0);
  ASSERT_TRUE(people_->register_account({"Bob", "bob@example.org", "correct horse"}, laptop));
  const std::string first = mailed_token();
  ASSERT_TRUE(people_->register_account({"Eve", "bob@example.org", "eve's password"}, phone));
  const std::string second = mailed_token();
  ASSERT_TRUE(people_->verify_email(first, laptop));
  EXPECT_EQ(people_->verify_email(second, laptop).error().code, error_link);
  EXPECT_EQ(people_->verify_email("nonsense", laptop).error().code, error_link);
  EXPECT_EQ(people_->verify_email(std::string(5'000, 'a'), laptop).error().code, error_link);
}

TEST_F(RegistrationTest, TheLetterComesAgainToWhoWaitsForIt) {
  ASSERT_TRUE(people_->register_account({"Bob", "bob@example.org", "correct horse"}, laptop));
  const std::string lost = mailed_token();
  ASSERT_TRUE(people_->send_verification_again("Bob@example.org", phone));
  ASSERT_TRUE(people_->send_verification_again("bob@example.org", phone));
  const auto mails = post_.take();
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_EQ(mails[1].to, "bob@example.org");
  const auto in = people_->verify_email(mails[1].link.substr(mails[1].link.find('=') + 1), phone);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->account.user.name, "Bob");
  EXPECT_TRUE(people_->login({"bob@example.org", "correct horse", {}}, laptop));
  EXPECT_EQ(people_->verify_email(lost, laptop).error().code, error_link);
  // The same answer, and no letter: to who has an account, to who never asked.
  EXPECT_TRUE(people_->send_verification_again("bob@example.org", laptop));
  EXPECT_TRUE(people_->send_verification_again("nobody@example.org", laptop));
  EXPECT_TRUE(post_.take().empty());
  for (int i = 0; i < 4; ++i) people_->send_verification_again("nobody@example.org", laptop);
  EXPECT_EQ(people_->send_verification_again("nobody@example.org", laptop).error().code, error_too_many);
}

TEST_F(RegistrationTest, ALetterAgainBringsNobodyAnothersPassword) {
  ASSERT_TRUE(people_->register_account({"Bob", "bob@example.org", "correct horse"}, laptop));
  ASSERT_TRUE(people_->register_account({"Bob", "bob@example.org", "eve's password"}, phone));
  post_.take();
  ASSERT_TRUE(people_->send_verification_again("bob@example.org", laptop));
  EXPECT_TRUE(post_.take().empty());
  now_ += hours(24);
  ASSERT_TRUE(people_->send_verification_again("bob@example.org", laptop));
  EXPECT_TRUE(post_.take().empty()) << "what is over is not begun again";
}

TEST_F(RegistrationTest, FieldsAreChecked) {
  EXPECT_EQ(people_->register_account({"", "bob@example.org", "correct horse"}, laptop).error().code, error_field);
  EXPECT_EQ(people_->register_account({"Bob", "bob", "correct horse"}, laptop).error().code, error_field);
  EXPECT_EQ(people_->register_account({"Bob", "bob@example.org", "short"}, laptop).error().code, error_field);
  open_ = false;
  people_ = make();
  EXPECT_EQ(people_->register_account({"Bob", "bob@example.org", "correct horse"}, laptop).error().code, error_closed);
  EXPECT_TRUE(post_.take().empty());
}

TEST_F(RegistrationTest, MailsThatAStrangerCanCauseAreFew) {
  owner();
  for (const char* email : {"ada@example.org", "nobody@example.org"}) {  // the same for both
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(people_->forgot_password(email, laptop));
    const auto refused = people_->send_magic_link(email, phone);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, error_too_many);
    EXPECT_EQ(refused.error().context, "3600");
  }
  for (int i = 0; i < 20; ++i) people_->forgot_password("x" + std::to_string(i) + "@example.org", laptop);
  EXPECT_EQ(people_->forgot_password("y@example.org", laptop).error().code, error_too_many);
  EXPECT_TRUE(people_->forgot_password("y@example.org", phone));
  now_ += hours(1);
  EXPECT_TRUE(people_->forgot_password("ada@example.org", laptop));
}

TEST_F(RegistrationTest, AForgottenPasswordIsReplacedAndOtherLoginsEnd) {
  const auto before = owner();
  ASSERT_TRUE(people_->forgot_password("nobody@example.org", laptop));
  EXPECT_TRUE(post_.take().empty());
  EXPECT_EQ(count("SELECT COUNT(*) FROM mail_links"), 1);  // the same is written for both
  ASSERT_TRUE(people_->forgot_password(" Ada@example.org ", laptop));
  const std::string token = mailed_token();
  EXPECT_EQ(people_->redeem_magic_link(token, {}, laptop).error().code, error_link);  // each link is for one thing
  EXPECT_EQ(people_->reset_password(token, "short", {}, laptop).error().code, error_field);
  const auto in = people_->reset_password(token, "battery staple", {}, laptop);
  ASSERT_TRUE(in);
  EXPECT_TRUE(in->account.user.email_verified);
  EXPECT_EQ(ended(before), error_sign_in);
  EXPECT_TRUE(people_->login({"ada@example.org", "battery staple", {}}, laptop));
  EXPECT_EQ(people_->reset_password(token, "third password", {}, laptop).error().code, error_link);
  ASSERT_TRUE(people_->forgot_password("ada@example.org", laptop));
  const std::string old = mailed_token();
  now_ += hours(1);
  EXPECT_EQ(people_->reset_password(old, "third password", {}, laptop).error().code, error_link);
}

TEST_F(RegistrationTest, AMagicLinkSignsInOnce) {
  owner();
  ASSERT_TRUE(people_->send_magic_link("ada@example.org", laptop));
  const std::string first = mailed_token();
  ASSERT_TRUE(people_->send_magic_link("ada@example.org", laptop));
  const std::string second = mailed_token();
  const auto in = people_->redeem_magic_link(second, {}, phone);
  ASSERT_TRUE(in);
  EXPECT_TRUE(in->account.user.email_verified);
  EXPECT_EQ(people_->redeem_magic_link(second, {}, phone).error().code, error_link);
  EXPECT_EQ(people_->redeem_magic_link(first, {}, phone).error().code, error_link);  // one was enough
  ASSERT_TRUE(people_->send_magic_link("ada@example.org", laptop));
  const std::string third = mailed_token();
  now_ += minutes(15);
  EXPECT_EQ(people_->redeem_magic_link(third, {}, phone).error().code, error_link);
}

TEST_F(RegistrationTest, AProviderVouchesForProvenAddressesOnly) {
  const auto bob = registered("Bob", "bob@example.org");
  const ProvenIdentity unproven{"https://id.example", "7", "Bob", "bob@example.org", false};
  EXPECT_EQ(people_->sign_in_with(unproven, laptop).error().code, error_unproven_address);
  ProvenIdentity proven = unproven;
  proven.email_verified = true;
  const auto in = people_->sign_in_with(proven, laptop);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->in->account.user.id, bob.account.user.id);
  EXPECT_EQ(people_->sign_in_with(unproven, laptop)->in->account.user.id, bob.account.user.id);  // connected by now
  const auto cy = people_->sign_in_with({"https://id.example", "8", "Cy", "cy@example.org", true}, laptop);
  ASSERT_TRUE(cy);
  EXPECT_EQ(cy->in->account.user.name, "Cy");
  EXPECT_FALSE(people_->login({"cy@example.org", "", {}}, laptop));
  EXPECT_EQ(people_->sign_in_with({"https://id.example", "9", "Di", "", true}, laptop).error().code, error_field);
  open_ = false;
  people_ = make();
  EXPECT_TRUE(people_->sign_in_with(proven, laptop));
  EXPECT_EQ(people_->sign_in_with({"https://id.example", "9", "Di", "di@example.org", true}, laptop).error().code,
            error_closed);
}

TEST_F(RegistrationTest, NobodySitsDownOnAnAddressThatTheirProviderDoesNotProve) {
  const ProvenIdentity eve{"https://id.example", "7", "Eve", "bob@example.org", false};
  EXPECT_EQ(people_->sign_in_with(eve, laptop).error().code, error_unproven_address);
  EXPECT_EQ(count("SELECT COUNT(*) FROM users"), 0);
}

TEST_F(RegistrationTest, ASecondFactorStandsBehindTheProvider) {
  const auto bob = registered("Bob", "bob@example.org");
  std::string secret;
  with_two_factor(actor_of(bob), secret);
  const auto halfway = people_->sign_in_with({"https://id.example", "7", "Bob", "bob@example.org", true}, laptop);
  ASSERT_TRUE(halfway);
  EXPECT_FALSE(halfway->in);
  EXPECT_EQ(people_->redeem_magic_link(halfway->link_token, {}, laptop).error().code, error_code_needed);
  now_ += std::chrono::seconds(30);
  const auto in = people_->redeem_magic_link(halfway->link_token, totp(secret), laptop);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->account.user.id, bob.account.user.id);
}

// The owner of a fresh installation never proved an address: nobody takes it over by claiming it elsewhere.
TEST_F(RegistrationTest, AnUnprovenAccountIsNotConnected) {
  owner();
  EXPECT_EQ(people_->sign_in_with({"https://id.example", "1", "Ada", "ada@example.org", true}, laptop).error().code,
            error_known_address);
}

}  // namespace
}  // namespace greenroom::people

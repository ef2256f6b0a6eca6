#include "people/people_fixture.hpp"

namespace greenroom::people {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

using TwoFactorTest = PeopleTest;

TEST_F(TwoFactorTest, ACodeIsAskedForAndWorksOnce) {
  const auto actor = actor_of(owner());
  std::string secret;
  with_two_factor(actor, secret);
  EXPECT_TRUE(people_->me(actor)->user.two_factor);
  const auto with = [&](std::optional<std::string> code) {
    return people_->login({"ada@example.org", "correct horse", std::move(code)}, laptop);
  };
  EXPECT_EQ(with({}).error().code, error_code_needed);
  EXPECT_EQ(people_->login({"ada@example.org", "wrong", {}}, laptop).error().code, error_credentials);  // says no more
  EXPECT_EQ(with("000000").error().code, error_code);
  EXPECT_EQ(with(totp(secret)).error().code, error_code);  // it confirmed the set-up already
  now_ += seconds(30);
  const std::string code = totp(secret);
  EXPECT_TRUE(with(code));
  EXPECT_EQ(with(code).error().code, error_code);
  now_ += seconds(30);
  EXPECT_EQ(with(code).error().code, error_code);
  EXPECT_TRUE(with(totp(secret)));
}

// As earlier versions left it: readable. It works as it is, and is sealed with the next tidying.
TEST_F(TwoFactorTest, SecretsAreSealedAlsoThoseOfAnEarlierVersion) {
  const auto actor = actor_of(owner());
  std::string secret;
  with_two_factor(actor, secret);
  const auto stored = [&] {
    return **database_->read(
        [](db::Transaction& tx) { return tx.scalar<std::string>("SELECT secret FROM two_factor"); });
  };
  const auto enters = [&] {
    now_ += seconds(30);
    return people_->login({"ada@example.org", "correct horse", totp(secret)}, laptop).has_value();
  };
  const std::string sealed = stored();
  EXPECT_TRUE(sealed.starts_with("sealed:"));
  EXPECT_EQ(sealed.find(secret), sealed.npos);
  ASSERT_TRUE(
      database_->write([&](db::Transaction& tx) { return tx.run("UPDATE two_factor SET secret = $1", {secret}); }));
  EXPECT_TRUE(enters());
  ASSERT_TRUE(people_->tidy());
  EXPECT_TRUE(stored().starts_with("sealed:"));
  EXPECT_TRUE(enters());
  const std::string kept = stored();
  ASSERT_TRUE(people_->tidy());
  EXPECT_EQ(stored(), kept);
  // Another's secret in one's own row opens nothing.
  const auto bob = actor_of(registered("Bob", "bob@example.org"));
  const auto move = [&](db::Transaction& tx) { return tx.run("UPDATE two_factor SET user_id = $1", {bob.user}); };
  ASSERT_TRUE(database_->write(move));
  EXPECT_EQ(people_->login({"bob@example.org", "correct horse", totp(secret)}, laptop).error().code.kind,
            base::ErrorKind::corrupt);
}

TEST_F(TwoFactorTest, ItIsOffUntilConfirmed) {
  const auto actor = actor_of(owner());
  const auto begun = people_->begin_two_factor(actor);
  ASSERT_TRUE(begun);
  EXPECT_TRUE(begun->uri.starts_with("otpauth://totp/Greenroom:ada")) << begun->uri;
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", {}}, laptop));
  EXPECT_EQ(people_->confirm_two_factor(actor, "000000").error().code, error_code);
  const auto again = people_->begin_two_factor(actor);  // a new secret in place of the first
  EXPECT_EQ(people_->confirm_two_factor(actor, totp(begun->secret)).error().code, error_code);
  EXPECT_EQ(people_->confirm_two_factor(actor, totp(again->secret))->recovery_codes.size(), 10u);
  EXPECT_EQ(people_->confirm_two_factor(actor, totp(again->secret)).error().code, error_two_factor);
  EXPECT_EQ(people_->begin_two_factor(actor).error().code, error_two_factor);
}

TEST_F(TwoFactorTest, ARecoveryCodeWorksOnceHoweverItIsTyped) {
  const auto actor = actor_of(owner());
  std::string secret;
  const auto codes = with_two_factor(actor, secret).recovery_codes;
  std::string typed;
  for (char c : codes[3]) {
    if (c != '-') typed += char(std::tolower(c));
  }
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", typed}, laptop));
  EXPECT_EQ(people_->login({"ada@example.org", "correct horse", codes[3]}, laptop).error().code, error_code);
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", codes[4]}, laptop));
  EXPECT_EQ(count("SELECT COUNT(*) FROM recovery_codes"), 8);
}

TEST_F(TwoFactorTest, GuessingCodesIsLimited) {
  const auto actor = actor_of(owner());
  std::string secret;
  with_two_factor(actor, secret);
  now_ += seconds(30);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(people_->login({"ada@example.org", "correct horse", "999999"}, {"10.0.1." + std::to_string(i), ""})
                  .error()
                  .code,
              error_code);
  }
  EXPECT_EQ(people_->login({"ada@example.org", "correct horse", totp(secret)}, phone).error().code, error_too_many);
  now_ += minutes(15);
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", totp(secret)}, phone));
}

TEST_F(TwoFactorTest, AMailedLinkDoesNotGoAroundIt) {
  const auto actor = actor_of(owner());
  std::string secret;
  with_two_factor(actor, secret);
  now_ += seconds(30);
  ASSERT_TRUE(people_->send_magic_link("ada@example.org", laptop));
  const std::string magic = mailed_token();
  EXPECT_EQ(people_->redeem_magic_link(magic, {}, laptop).error().code, error_code_needed);
  EXPECT_TRUE(people_->redeem_magic_link(magic, totp(secret), laptop));  // the link was still good
  now_ += seconds(30);
  ASSERT_TRUE(people_->forgot_password("ada@example.org", laptop));
  const std::string reset = mailed_token();
  EXPECT_EQ(people_->reset_password(reset, "battery staple", {}, laptop).error().code, error_code_needed);
  EXPECT_EQ(people_->reset_password(reset, "battery staple", "000000", laptop).error().code, error_code);
  EXPECT_TRUE(people_->reset_password(reset, "battery staple", totp(secret), laptop));
}

TEST_F(TwoFactorTest, ItIsTurnedOffWithACode) {
  const auto actor = actor_of(owner());
  std::string secret;
  EXPECT_EQ(people_->remove_two_factor(actor, "000000").error().code, error_two_factor);
  const auto codes = with_two_factor(actor, secret).recovery_codes;
  EXPECT_EQ(people_->remove_two_factor(actor, "000000").error().code, error_code);
  ASSERT_TRUE(people_->remove_two_factor(actor, codes[0]));
  EXPECT_FALSE(people_->me(actor)->user.two_factor);
  EXPECT_EQ(count("SELECT COUNT(*) FROM recovery_codes"), 0);
  EXPECT_TRUE(people_->login({"ada@example.org", "correct horse", {}}, laptop));
}

}  // namespace
}  // namespace greenroom::people

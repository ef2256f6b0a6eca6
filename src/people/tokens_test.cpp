// Access tokens, and refresh tokens with their families.
#include "crypto/encoding.hpp"
#include "people/people_fixture.hpp"

namespace greenroom::people {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using TokensTest = PeopleTest;

TEST_F(TokensTest, AnAccessTokenLastsTenMinutes) {
  const auto in = owner();
  now_ += minutes(9) + seconds(59);
  EXPECT_TRUE(people_->user_of(in.tokens.access));
  now_ += seconds(1);
  EXPECT_EQ(ended(in), error_sign_in);
}

TEST_F(TokensTest, ATokenOfAnotherServerIsNone) {
  const auto in = owner();
  std::string forged = in.tokens.access;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(people_->user_of(forged).error().code, error_sign_in);
  EXPECT_EQ(people_->user_of(in.tokens.refresh).error().code, error_sign_in);
  EXPECT_EQ(people_->refresh(in.tokens.access, laptop).error().code, error_sign_in);
  EXPECT_EQ(people_->refresh("", laptop).error().code, error_sign_in);
}

TEST_F(TokensTest, ARefreshMakesTheNextPair) {
  const auto in = owner();
  now_ += hours(24);
  const auto next = people_->refresh(in.tokens.refresh, phone);
  ASSERT_TRUE(next);
  EXPECT_NE(next->refresh, in.tokens.refresh);
  const auto actor = people_->user_of(next->access);
  ASSERT_TRUE(actor);
  EXPECT_EQ((*people_->logins(*actor))[0].address, "10.0.0.2");
  now_ += hours(24 * 29);  // longer than since the login, not than since the last refresh
  EXPECT_TRUE(people_->refresh(next->refresh, phone));
}

TEST_F(TokensTest, AReusedRefreshTokenEndsTheWholeLogin) {
  const auto in = owner();
  const auto elsewhere = *people_->login({"ada@example.org", "correct horse", {}}, phone);
  const auto next = *people_->refresh(in.tokens.refresh, laptop);
  now_ += seconds(31);
  EXPECT_EQ(people_->refresh(in.tokens.refresh, phone).error().code, error_sign_in);  // stolen, by one or the other
  EXPECT_EQ(people_->user_of(next.access).error().code, error_sign_in);
  EXPECT_EQ(people_->refresh(next.refresh, laptop).error().code, error_sign_in);
  EXPECT_TRUE(people_->user_of(elsewhere.tokens.access));
  EXPECT_THAT(audited(actor_of(elsewhere)), testing::Contains("login.token_reused"));
}

TEST_F(TokensTest, TwoTabsMayComeWithTheSameToken) {
  const auto in = owner();
  const auto one = people_->refresh(in.tokens.refresh, laptop);
  now_ += seconds(30);
  const auto two = people_->refresh(in.tokens.refresh, laptop);
  ASSERT_TRUE(one && two);
  EXPECT_TRUE(people_->user_of(one->access));
  EXPECT_TRUE(people_->user_of(two->access));
  EXPECT_TRUE(people_->refresh(one->refresh, laptop));
  EXPECT_TRUE(people_->refresh(two->refresh, laptop));
}

TEST_F(TokensTest, ATokenThatIsForgottenIsStillKnownToBeUsed) {
  const auto in = owner();
  auto tokens = *people_->refresh(in.tokens.refresh, laptop);
  for (int i = 0; i < 5; ++i) {
    now_ += hours(12);
    tokens = *people_->refresh(tokens.refresh, laptop);
  }
  EXPECT_LE(count("SELECT COUNT(*) FROM refresh_tokens"), 4);  // those of a day, and the next
  EXPECT_EQ(people_->refresh(in.tokens.refresh, phone).error().code, error_sign_in);
  EXPECT_EQ(people_->refresh(tokens.refresh, laptop).error().code, error_sign_in);
}

TEST_F(TokensTest, ALoginEndsThirtyDaysAfterItsLastRefresh) {
  const auto in = owner();
  now_ += hours(24 * 30);
  EXPECT_EQ(people_->refresh(in.tokens.refresh, laptop).error().code, error_sign_in);
  ASSERT_TRUE(people_->tidy());
  EXPECT_EQ(count("SELECT COUNT(*) FROM logins"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM refresh_tokens"), 0);
}

TEST_F(TokensTest, NothingInTheDatabaseSignsIn) {
  const auto in = owner();
  const auto rows = *database_->read([&](db::Transaction& tx) {
    return tx.all("SELECT token_hash FROM refresh_tokens", {}, [](db::Row& row) { return row.next<std::string>(); });
  });
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_NE(rows[0], in.tokens.refresh);
  EXPECT_FALSE(people_->refresh(rows[0], laptop));
}

}  // namespace
}  // namespace greenroom::people

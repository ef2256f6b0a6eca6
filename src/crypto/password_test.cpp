#include "crypto/password.hpp"

namespace greenroom::crypto {
namespace {

TEST(Password, VerifiesWhatItHashed) {
  const auto hash = hash_password("correct horse", PasswordCost::cheapest());
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_TRUE(verify_password(*hash, "correct horse"));
  EXPECT_FALSE(verify_password(*hash, "correct horsf"));
  EXPECT_FALSE(verify_password(*hash, ""));
}

TEST(Password, EachHashHasItsOwnSalt) {
  EXPECT_NE(*hash_password("a", PasswordCost::cheapest()), *hash_password("a", PasswordCost::cheapest()));
}

TEST(Password, KnowsWhenTheCostHasChanged) {
  const auto hash = hash_password("a", PasswordCost::cheapest());
  EXPECT_FALSE(needs_rehash(*hash, PasswordCost::cheapest()));
  EXPECT_TRUE(needs_rehash(*hash, PasswordCost{}));
}

TEST(Password, RefusesGarbageHashesAndEndlessPasswords) {
  EXPECT_FALSE(verify_password("", "a"));
  EXPECT_FALSE(verify_password("$argon2id$v=19$", "a"));
  EXPECT_FALSE(verify_password(std::string(4096, 'x'), "a"));
  EXPECT_EQ(hash_password(std::string(max_password_size + 1, 'x')).error().code, password_too_long);
}

}  // namespace
}  // namespace greenroom::crypto

#include "wire/repr_digest.hpp"

#include <gtest/gtest.h>

namespace greenroom::wire {
namespace {

TEST(ReprDigest, IsTheHashInBase64) {
  EXPECT_EQ(repr_digest("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");  // of nothing
  EXPECT_EQ(repr_digest("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
            "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");  // of "hello"
}

TEST(ReprDigest, IsNothingForWhatIsNoHash) {
  EXPECT_EQ(repr_digest(""), "");
  EXPECT_EQ(repr_digest("e3b0"), "");
  EXPECT_EQ(repr_digest(std::string(64, 'x')), "");
}

}  // namespace
}  // namespace greenroom::wire

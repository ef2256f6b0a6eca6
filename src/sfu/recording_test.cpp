#include "sfu/recording.hpp"

#include <gtest/gtest.h>

namespace greenroom::sfu {
namespace {

std::set<std::string> numbered(std::size_t first, std::size_t count) {
  std::set<std::string> people;
  for (std::size_t i = first; i < first + count; ++i) people.insert(std::to_string(i));
  return people;
}

TEST(Recording, TakesThoseWhoAgreedAndNobodyElse) {
  Recording recording;
  recording.add(std::set<std::string>{"ana"});
  EXPECT_TRUE(recording.takes("ana"));
  EXPECT_FALSE(recording.takes("ben"));
  recording.add(std::nullopt);
  EXPECT_TRUE(recording.takes("ben"));
  recording.add(std::set<std::string>{"ana"});
  EXPECT_TRUE(recording.takes("ben"));
}

TEST(Recording, WhoComesBeyondTheLimitIsLeftOutAndNobodyWithThem) {
  Recording recording;
  recording.add(numbered(0, max_recorded_people - 1));
  recording.add(numbered(max_recorded_people - 3, 5));
  EXPECT_EQ(recording.people->size(), max_recorded_people);
  EXPECT_TRUE(recording.takes("0"));
}

}  // namespace
}  // namespace greenroom::sfu

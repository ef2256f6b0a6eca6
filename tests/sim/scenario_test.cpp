// Runs every file of tests/scenarios under its own seed and, so that a lucky seed hides nothing, under two more (or as
// many as GREENROOM_SCENARIO_SEEDS says); and once more with everyone on another shard, where all must look the same.
#include "sim/scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/test_number.hpp"

namespace greenroom::sim {
namespace {
namespace fs = std::filesystem;

std::vector<fs::path> scenarios() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(GREENROOM_SOURCE_DIR) / "tests/scenarios")) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

class Scenario : public testing::TestWithParam<fs::path> {};

TEST_P(Scenario, HappensAsWritten) {
  std::ifstream file(GetParam());
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(run_scenario(text.str()), std::nullopt) << GetParam().filename();
  const auto seeds = std::uint64_t(base::test_number("GREENROOM_SCENARIO_SEEDS", 2));
  for (std::uint64_t i = 1; i <= seeds; ++i) {
    EXPECT_EQ(run_scenario(text.str(), 101 * i), std::nullopt) << GetParam().filename();
  }
}

TEST_P(Scenario, HappensAsWrittenOverBranches) {
  std::ifstream file(GetParam());
  std::stringstream text;
  text << file.rdbuf();
  for (const std::uint64_t seed : {301, 302}) {
    const auto wrong = run_scenario(text.str(), seed, spread);
    EXPECT_FALSE(wrong) << GetParam().filename() << " " << wrong.value_or("");
  }
}

INSTANTIATE_TEST_SUITE_P(All, Scenario, testing::ValuesIn(scenarios()), [](const auto& scenario) {
  auto name = scenario.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

// The interpreter must be able to fail: a green suite of scenarios that cannot is worth nothing.
TEST(ScenarioInterpreter, FailsWhenExpectationsDo) {
  EXPECT_TRUE(
      run_scenario("join alice | join bob | publish alice cam vp8 | subscribe bob alice/cam\nat 2s expect bob "
                   "alice/cam layer=high"));
  EXPECT_TRUE(run_scenario("join alice\nby 1s expect alice nobody/cam packets>=1"));
  EXPECT_TRUE(run_scenario("dance alice"));
}

}  // namespace
}  // namespace greenroom::sim

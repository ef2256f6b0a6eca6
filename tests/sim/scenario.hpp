// Scenarios as text that a person can read (tests/scenarios/*.txt): who does what when, and what must be seen then.
//   seed 7 | join alice | publish alice cam vp8 simulcast=3 | join bob | subscribe bob alice/cam
//   at 5s   net bob loss=8% rate=600kbps
//   by 9s   expect bob alice/cam layer=low freezes<=1
// `at` runs the call until that time and then does it; `by` watches from now on and fails when the time comes first.
// Words: docs in scenario.cpp, beside each.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sim/world.hpp"

namespace greenroom::sim {

// Nothing when all went as expected; otherwise the line and what was seen in place of it, with the seed.
std::optional<std::string> run_scenario(std::string_view text, std::optional<std::uint64_t> seed = std::nullopt,
                                        Sharding sharding = {});

}  // namespace greenroom::sim

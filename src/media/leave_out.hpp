// Pauses: stretches of a take in which nothing was to be recorded. A plan is made on the take's one timeline, on which
// every stem has its place; then what falls into a pause is cut off and what comes after it moves forward. Pure.
#pragma once
#include <span>

#include "media/plan.hpp"

namespace greenroom::media {

struct Stretch {
  double from_s = 0;
  double until_s = 0;
};

// Of pauses sorted by time. An error when nothing is left.
base::Status leave_out(Plan& plan, std::span<const Stretch> pauses);

}  // namespace greenroom::media

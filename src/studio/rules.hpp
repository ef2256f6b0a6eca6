// The decisions about takes, pure: what happens to one at an instant. (Those about sessions: session_rules.hpp.)
//
//   recording --stop, deadline--> uploading --all stems in, deadline, finish--> processing --assets--> ready
//                                     |                                             |
//                                     +--nothing was recorded--> failed <--job dead-+
//   ready, failed --a late stem, finish--> processing
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "studio/studio.hpp"
#include "studio/values.hpp"

namespace greenroom::studio {

struct StemFacts {
  StemId id;
  Origin origin = Origin::local;
  StemState state = StemState::recording;
  std::uint64_t bytes = 0;
  base::WallTime moved_at;  // when bytes last came
};

enum class JobFact { none, open, done, dead };

struct TakeFacts {
  TakeState state = TakeState::recording;
  base::WallTime started_at;
  std::optional<base::WallTime> stopped_at;
  bool forced = false;                        // somebody asked not to wait for missing stems
  std::optional<base::WallTime> deadline_at;  // or not longer than this
  std::vector<StemFacts> stems;
  bool anyone_present = false;
  base::WallTime last_presence;  // when the last one left, if nobody is present
  JobFact job = JobFact::none;
  std::string job_error;
};

enum class TakeMove { wait, stop, process, fail };
struct TakeStep {
  TakeMove move = TakeMove::wait;
  std::vector<StemId> abandon;  // local stems that are given up: what is there of them is used
  std::vector<StemId> close;    // backup stems that have ended without being ended
  std::string error;            // of fail
  bool nothing() const { return move == TakeMove::wait && abandon.empty() && close.empty(); }
};

// When a stopped take stops waiting if nothing more comes; nothing if it waits for nobody.
std::optional<base::WallTime> waits_until(const TakeFacts& take, const StudioLimits& limits);

TakeStep take_step(const TakeFacts& take, base::WallTime now, const StudioLimits& limits);

}  // namespace greenroom::studio

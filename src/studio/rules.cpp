#include "studio/rules.hpp"

#include <algorithm>

namespace greenroom::studio {

namespace {

bool nobody_cares(const TakeFacts& take, base::WallTime now, const StudioLimits& limits) {
  if (take.anyone_present) return false;
  base::WallTime last = std::max(take.started_at, take.last_presence);
  for (const auto& stem : take.stems) last = std::max(last, stem.moved_at);
  return now - last >= limits.take_deadline;
}

TakeStep step_of_recording(const TakeFacts& take, base::WallTime now, const StudioLimits& limits) {
  const bool over = now - take.started_at >= limits.take_length_max || nobody_cares(take, now, limits);
  return {over ? TakeMove::stop : TakeMove::wait, {}, {}, {}};
}

base::WallTime deadline_of(const StemFacts& stem, const TakeFacts& take, const StudioLimits& limits) {
  const base::WallTime stopped = take.stopped_at.value_or(take.started_at);
  if (stem.origin == Origin::backup) return stopped + limits.backup_deadline;
  const base::WallTime own = std::max(stem.moved_at, stopped) + limits.stem_deadline;
  return std::min(own, take.deadline_at.value_or(own));
}

TakeStep step_of_uploading(const TakeFacts& take, base::WallTime now, const StudioLimits& limits) {
  const base::WallTime stopped = take.stopped_at.value_or(take.started_at);
  TakeStep step;
  bool waiting = !take.forced && now < stopped + limits.stem_grace;
  bool anything = false;
  for (const auto& stem : take.stems) {
    anything = anything || stem.bytes > 0;
    if (stem.state != StemState::recording) continue;
    const bool local = stem.origin == Origin::local;
    if (now >= deadline_of(stem, take, limits) || (local && take.forced)) {
      (local ? step.abandon : step.close).push_back(stem.id);
      anything = anything || !local;  // how long its log is shows when it is closed
    } else {
      waiting = true;
    }
  }
  if (waiting) return step;
  step.move = anything ? TakeMove::process : TakeMove::fail;
  if (!anything) step.error = "Nothing was recorded.";
  return step;
}

TakeStep step_of_processing(const TakeFacts& take) {
  if (take.job == JobFact::open) return {};
  if (take.job == JobFact::dead) return {TakeMove::fail, {}, {}, take.job_error};
  return {TakeMove::process, {}, {}, {}};  // the job is not there or ended without a result: once more
}

}  // namespace

std::optional<base::WallTime> waits_until(const TakeFacts& take, const StudioLimits& limits) {
  std::optional<base::WallTime> until;
  for (const auto& stem : take.stems) {
    if (stem.state != StemState::recording || stem.origin != Origin::local) continue;
    until = std::max(until.value_or(base::WallTime()), deadline_of(stem, take, limits));
  }
  return until;
}

TakeStep take_step(const TakeFacts& take, base::WallTime now, const StudioLimits& limits) {
  switch (take.state) {
    case TakeState::recording:
      return step_of_recording(take, now, limits);
    case TakeState::uploading:
      return step_of_uploading(take, now, limits);
    case TakeState::processing:
      return step_of_processing(take);
    case TakeState::ready:
    case TakeState::failed:
      return {};
  }
  return {};
}

}  // namespace greenroom::studio

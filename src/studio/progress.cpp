#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

// A job process commits with its own clock's time a little before others can see it: look back by so much.
constexpr base::Duration overlap = std::chrono::seconds(5);

bool ended(const jobs::Job& job) { return job.state == jobs::JobState::done || job.state == jobs::JobState::dead; }

}  // namespace

base::Result<bool> Studio::publish_job_changes() {
  std::lock_guard guard(core_->told_lock);
  GREENROOM_TRY(const auto changed, core_->d.queue.changed_since(core_->told_until - overlap));
  for (const auto& job : changed) {
    const auto told = core_->told.find(job.id);
    if (told != core_->told.end() && told->second == job.changed_at) continue;
    core_->told[job.id] = job.changed_at;
    core_->told_until = std::max(core_->told_until, job.changed_at);
    const auto take = take_of_subject(job.subject);
    if (!take) continue;
    // In a writing transaction because of a dead job: its take fails here, not a second later.
    GREENROOM_CHECK_OK(core_->d.database.write([&](db::Transaction& tx) -> base::Status {
      GREENROOM_TRY(const auto row, takes::find(tx, *take));
      if (!row) return {};
      core_->publish_here(tx, row->session,
                          events::job_progress.with(
                              {row->session, *take, job.id, job.state, job.stage, job.progress, job.eta_s, job.error}));
      if (!ended(job)) return {};
      if (row->state == TakeState::processing) return core_->move_on(tx, *row);
      GREENROOM_TRY(const auto session, sessions::find(tx, row->session));
      if (session) core_->publish_here(tx, session->id, events::session_changed.with({session->id, session->state}));
      return {};
    }));
  }
  std::erase_if(core_->told, [&](const auto& entry) { return entry.second < core_->told_until - 2 * overlap; });
  GREENROOM_TRY(const auto open, core_->d.queue.snapshot());
  return !open.empty();
}

}  // namespace greenroom::studio

#include "blob/encrypted_file.hpp"
#include "studio/detail/core.hpp"

namespace greenroom::studio {

base::Result<TakeFacts> Studio::Core::facts(db::Transaction& tx, const TakeRow& take) const {
  TakeFacts out;
  out.state = take.state;
  out.started_at = out.last_presence = take.started_at;
  out.stopped_at = take.stopped_at;
  out.forced = take.forced;
  out.deadline_at = take.deadline_at;
  GREENROOM_TRY(const auto rows, stems::of_take(tx, take.id));
  for (const auto& row : rows) {
    GREENROOM_TRY(const auto stem, facts(tx, row));
    out.stems.push_back(stem);
  }
  GREENROOM_TRY(const auto people, participants::of_session(tx, take.session));
  for (const auto& person : people) {
    if (person.state != ParticipantState::admitted) continue;
    out.anyone_present = out.anyone_present || person.present;
    out.last_presence = std::max(out.last_presence, person.left_at.value_or(out.last_presence));
  }
  GREENROOM_TRY(const auto job, d.queue.latest(tx, job_subject(take.id)));
  if (!job) return out;
  const bool ended = job->state == jobs::JobState::done || job->state == jobs::JobState::dead;
  out.job = !ended ? JobFact::open : job->state == jobs::JobState::done ? JobFact::done : JobFact::dead;
  out.job_error = job->error.value_or("The recording could not be processed.");
  return out;
}

base::Status Studio::Core::move_on(db::Transaction& tx, TakeRow take) const {
  GREENROOM_TRY(const auto known, facts(tx, take));
  const TakeStep step = take_step(known, now(), d.limits);
  for (const auto& stem : known.stems) {
    if (std::find(step.abandon.begin(), step.abandon.end(), stem.id) == step.abandon.end()) continue;
    GREENROOM_CHECK_OK(stems::set_state(tx, stem.id, StemState::abandoned, stem.bytes, now()));
  }
  for (StemId id : step.close) {
    GREENROOM_TRY(const auto stem, stems::find(tx, id));
    if (stem) GREENROOM_CHECK_OK(stems::set_state(tx, id, StemState::complete, log_size(*stem), now()));
  }
  switch (step.move) {
    case TakeMove::wait:
      return {};
    case TakeMove::stop:
      return stop(tx, take);
    case TakeMove::process:
      return process(tx, take);
    case TakeMove::fail:
      return fail_take(tx, take, step.error);
  }
  return {};
}

base::Status Studio::Core::stop(db::Transaction& tx, TakeRow& take) const {
  take.state = TakeState::uploading;
  take.stopped_at = now();
  GREENROOM_CHECK_OK(takes::update(tx, take));
  GREENROOM_CHECK_OK(pauses::end(tx, take.id, *take.stopped_at));
  GREENROOM_TRY(const auto shown, view(tx, take));
  publish(tx, take.session, events::take_stopped.with({shown}));
  if (d.recording) {
    tx.after_commit(
        [recording = d.recording, session = take.session, id = take.id] { recording->stop_backup(session, id); });
  }
  return refresh_session(tx, take.session);
}

base::Status Studio::Core::process(db::Transaction& tx, TakeRow& take) const {
  const jobs::NewJob job{std::string(compose_kind), job_subject(take.id),
                         fmt::format(R"({{"takeId":"{}"}})", take.id.str())};
  GREENROOM_CHECK_OK(d.queue.push(tx, job, now()));
  take.state = TakeState::processing;
  take.error.reset();
  GREENROOM_CHECK_OK(takes::update(tx, take));
  return refresh_session(tx, take.session);
}

base::Status Studio::Core::fail_take(db::Transaction& tx, TakeRow& take, std::string error) const {
  take.state = TakeState::failed;
  take.error = std::move(error);
  GREENROOM_CHECK_OK(takes::update(tx, take));
  return refresh_session(tx, take.session);
}

base::Status Studio::Core::upload_completed(db::Transaction& tx, const upload::UploadInfo& upload) const {
  GREENROOM_TRY(const auto stem, stems::by_upload(tx, upload.id));
  if (!stem) return {};
  GREENROOM_CHECK_OK(stems::set_state(tx, stem->id, StemState::complete, upload.offset, now()));
  GREENROOM_TRY(auto take, takes::find(tx, stem->take));
  if (!take) return {};
  const bool late = take->state == TakeState::ready || take->state == TakeState::failed;
  if (late && upload.offset > 0) return process(tx, *take);  // somebody came back: the result is made once more
  return move_on(tx, *take);
}

std::uint64_t Studio::Core::log_size(const StemRow& stem) const {
  return blob::content_size(d.data_directory / stem.log.value_or("")).value_or(0);
}

base::Status Studio::Core::close_backup(db::Transaction& tx, const StemRow& stem, std::uint64_t bytes) const {
  if (stem.state != StemState::recording) return {};
  GREENROOM_CHECK_OK(stems::set_state(tx, stem.id, StemState::complete, bytes, now()));
  GREENROOM_TRY(const auto take, takes::find(tx, stem.take));
  return take ? move_on(tx, *take) : base::Status{};
}

}  // namespace greenroom::studio

#include "studio/detail/core.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {

namespace {

struct TakeData {
  Take take;
};
BOOST_DESCRIBE_STRUCT(TakeData, (), (take))

struct MarkerData {
  Marker marker;
};
BOOST_DESCRIBE_STRUCT(MarkerData, (), (marker))

struct SessionChanged {
  SessionId session_id;
  SessionState state = SessionState::scheduled;
};
BOOST_DESCRIBE_STRUCT(SessionChanged, (), (session_id, state))

struct SessionData {
  SessionId session_id;
};
BOOST_DESCRIBE_STRUCT(SessionData, (), (session_id))

struct ParticipantData {
  Participant participant;
};
BOOST_DESCRIBE_STRUCT(ParticipantData, (), (participant))

struct ParticipantIdData {
  ParticipantId participant_id;
};
BOOST_DESCRIBE_STRUCT(ParticipantIdData, (), (participant_id))

struct JobProgress {
  SessionId session_id;
  TakeId take_id;
  jobs::JobId job_id;
  jobs::JobState state = jobs::JobState::queued;
  std::string stage;
  double progress = 0;
  std::optional<double> eta_s;
  std::optional<std::string> error;
};
BOOST_DESCRIBE_STRUCT(JobProgress, (), (session_id, take_id, job_id, state, stage, progress, eta_s, error))

template <class T>
std::string event(std::string_view name, const T& data) {
  boost::json::object out;
  out["event"] = name;
  out["data"] = wire::to_json(data);
  return wire::print_json(out);
}

}  // namespace

std::string take_event(std::string_view name, const Take& take) { return event(name, TakeData{take}); }

std::string marker_event(std::string_view name, const Marker& marker) { return event(name, MarkerData{marker}); }

std::string session_changed_event(SessionId session, SessionState state) {
  return event("sessionChanged", SessionChanged{session, state});
}

std::string session_event(std::string_view name, SessionId session) { return event(name, SessionData{session}); }

std::string participant_event(std::string_view name, const Participant& participant) {
  return event(name, ParticipantData{participant});
}

std::string participant_event(std::string_view name, ParticipantId participant) {
  return event(name, ParticipantIdData{participant});
}

std::string job_progress_event(SessionId session, TakeId take, const jobs::Job& job) {
  return event("jobProgress",
               JobProgress{session, take, job.id, job.state, job.stage, job.progress, job.eta_s, job.error});
}

void Studio::Core::publish(db::Transaction& tx, SessionId session, std::string payload) const {
  tx.after_commit(
      [this, topic = session_topic(session), payload = std::move(payload)] { d.bus.publish(topic, payload); });
}

void Studio::Core::publish_here(db::Transaction& tx, SessionId session, std::string payload) const {
  tx.after_commit(
      [this, topic = session_topic(session), payload = std::move(payload)] { d.bus.publish_here(topic, payload); });
}

}  // namespace greenroom::studio

// What those who follow a session are told: {"event": name, "data": ...} on the session's topic, each name with its
// data. api/realtime passes it on to clients as it is and puts it into the event document.
#pragma once
#include <boost/json/object.hpp>
#include <map>

#include "jobs/job.hpp"
#include "studio/session_values.hpp"

namespace greenroom::studio {

struct TakeNotice {
  Take take;
};
BOOST_DESCRIBE_STRUCT(TakeNotice, (), (take))

struct MarkerNotice {
  Marker marker;
};
BOOST_DESCRIBE_STRUCT(MarkerNotice, (), (marker))

struct SessionNotice {
  SessionId session_id;
};
BOOST_DESCRIBE_STRUCT(SessionNotice, (), (session_id))

struct SessionChangedNotice {
  SessionId session_id;
  SessionState state = SessionState::scheduled;
};
BOOST_DESCRIBE_STRUCT(SessionChangedNotice, (), (session_id, state))

struct ParticipantNotice {
  Participant participant;
};
BOOST_DESCRIBE_STRUCT(ParticipantNotice, (), (participant))

struct ParticipantIdNotice {
  ParticipantId participant_id;
};
BOOST_DESCRIBE_STRUCT(ParticipantIdNotice, (), (participant_id))

struct JobProgressNotice {
  SessionId session_id;
  TakeId take_id;
  jobs::JobId job_id;
  jobs::JobState state = jobs::JobState::queued;
  std::string stage;
  double progress = 0;  // of 1
  std::optional<double> eta_s;
  std::optional<std::string> error;
};
BOOST_DESCRIBE_STRUCT(JobProgressNotice, (), (session_id, take_id, job_id, state, stage, progress, eta_s, error))

template <class Data>
struct SessionEvent {
  std::string_view name;
  std::string with(const Data& data) const;  // the message
};

namespace events {
inline constexpr SessionEvent<TakeNotice> take_started{"takeStarted"}, take_paused{"takePaused"},
    take_resumed{"takeResumed"}, take_stopped{"takeStopped"};
inline constexpr SessionEvent<MarkerNotice> marker_added{"markerAdded"}, marker_changed{"markerChanged"},
    marker_removed{"markerRemoved"};
inline constexpr SessionEvent<SessionNotice> session_ended{"sessionEnded"}, permissions_changed{"permissionsChanged"};
inline constexpr SessionEvent<SessionChangedNotice> session_changed{"sessionChanged"};
inline constexpr SessionEvent<ParticipantNotice> participant_waiting{"participantWaiting"},
    participant_changed{"participantChanged"};
inline constexpr SessionEvent<ParticipantIdNotice> participant_admitted{"participantAdmitted"},
    participant_removed{"participantRemoved"};
inline constexpr SessionEvent<JobProgressNotice> job_progress{"jobProgress"};
}  // namespace events

// All of them, by name, with the schema of what they say.
std::map<std::string_view, wire::SchemaOf> session_events();

}  // namespace greenroom::studio

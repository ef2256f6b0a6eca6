#include "studio/session_events.hpp"

#include "wire/json.hpp"

namespace greenroom::studio {

template <class Data>
std::string SessionEvent<Data>::with(const Data& data) const {
  return wire::print_json(boost::json::object{{"event", name}, {"data", wire::to_json(data)}});
}

namespace {

template <class Data>
std::pair<const std::string_view, wire::SchemaOf> entry(const SessionEvent<Data>& event) {
  return {event.name, &wire::schema<Data>};
}

}  // namespace

std::map<std::string_view, wire::SchemaOf> session_events() {
  using namespace events;
  return {entry(take_started),         entry(take_paused),         entry(take_resumed),
          entry(take_stopped),         entry(marker_added),        entry(marker_changed),
          entry(marker_removed),       entry(session_ended),       entry(permissions_changed),
          entry(session_changed),      entry(participant_waiting), entry(participant_changed),
          entry(participant_admitted), entry(participant_removed), entry(job_progress)};
}

template struct SessionEvent<TakeNotice>;
template struct SessionEvent<MarkerNotice>;
template struct SessionEvent<SessionNotice>;
template struct SessionEvent<SessionChangedNotice>;
template struct SessionEvent<ParticipantNotice>;
template struct SessionEvent<ParticipantIdNotice>;
template struct SessionEvent<JobProgressNotice>;

}  // namespace greenroom::studio

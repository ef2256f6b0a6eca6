#include "app/backup_control.hpp"

#include <iterator>
#include <sstream>

namespace greenroom::app {
namespace {

// On the topic backup/<session>: "start <take> <workspace> <participant> ..." or "stop <take>".
constexpr std::string_view prefix = "backup/", start_call = "start ", stop_call = "stop ";

std::set<std::string> names_of(const std::vector<studio::ParticipantId>& people) {
  std::set<std::string> out;
  for (const auto& person : people) out.insert(person.str());
  return out;
}

}  // namespace

void BackupControl::connect(bus::Bus& bus, LookUp look_up) {
  bus_ = &bus;
  look_up_ = std::move(look_up);
  calls_ = bus.subscribe(std::string(prefix) + "*", {.wake = [this] { loop_.post([this] { drain(); }); }});
}

// A call that does not reach the others is a gap to them, after which they look up what they should be doing.
void BackupControl::start_backup(studio::SessionId session, const studio::TakeInProgress& take) {
  std::string call = std::string(start_call) + take.id.str() + ' ' + take.workspace.str();
  for (const auto& person : take.agreed) call += ' ' + person.str();
  static_cast<void>(bus_->publish(std::string(prefix) + session.str(), std::move(call)));
}

void BackupControl::stop_backup(studio::SessionId session, studio::TakeId take) {
  static_cast<void>(bus_->publish(std::string(prefix) + session.str(), std::string(stop_call) + take.str()));
}

void BackupControl::drain() {
  const auto drained = calls_.drain();
  for (const auto& message : drained.messages)
    heed(std::string_view(message.topic).substr(prefix.size()), message.payload);
  if (!drained.missed) return;
  log_.warning("backup.missed", {{"calls", std::int64_t(drained.missed)}});
  for (const auto& room : media_.rooms()) look_up_(room);
}

void BackupControl::heed(std::string_view room, std::string_view call) {
  if (call.starts_with(start_call)) {
    std::istringstream words{std::string(call.substr(start_call.size()))};
    std::string take, workspace;
    words >> take >> workspace;
    return start(
        std::string(room),
        {take, base::parse_uuid(workspace).value_or(crypto::Scope()), {std::istream_iterator<std::string>(words), {}}});
  }
  if (call.starts_with(stop_call)) return stop(std::string(room), std::string(call.substr(stop_call.size())));
  log_.error("backup.bad_call", {{"call", call}});
}

void BackupControl::is_in_progress(const std::string& room, const std::optional<studio::TakeInProgress>& take) {
  if (take) return start(room, {take->id.str(), take->workspace.uuid(), names_of(take->agreed)});
  if (const auto known = recording_.find(room); known != recording_.end()) stop(room, std::string(known->second));
}

void BackupControl::start(const std::string& room, MediaPlane::Backup backup) {
  if (!media_.has_room(room)) return;  // it is looked up when the room appears
  recording_[room] = backup.recording;
  media_.start_backup(room, std::move(backup));
}

void BackupControl::stop(const std::string& room, const std::string& take) {
  recording_.erase(room);
  media_.stop_backup(room, take);
}

}  // namespace greenroom::app

#include "app/backup_control.hpp"

namespace greenroom::app {
namespace {

// On the topic backup/<session>: "start <take>" or "stop <take>".
constexpr std::string_view prefix = "backup/", start_call = "start ", stop_call = "stop ";

}  // namespace

void BackupControl::connect(bus::Bus& bus, LookUp look_up) {
  bus_ = &bus;
  look_up_ = std::move(look_up);
  calls_ = bus.subscribe(std::string(prefix) + "*", {.wake = [this] { loop_.post([this] { drain(); }); }});
}

// A call that does not reach the others is a gap to them, after which they look up what they should be doing.
void BackupControl::start_backup(studio::SessionId session, studio::TakeId take) {
  static_cast<void>(bus_->publish(std::string(prefix) + session.str(), std::string(start_call) + take.str()));
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
  if (call.starts_with(start_call)) return start(std::string(room), std::string(call.substr(start_call.size())));
  if (call.starts_with(stop_call)) return stop(std::string(room), std::string(call.substr(stop_call.size())));
  log_.error("backup.bad_call", {{"call", call}});
}

void BackupControl::is_in_progress(const std::string& room, const std::optional<studio::TakeId>& take) {
  if (take) return start(room, take->str());
  if (const auto known = recording_.find(room); known != recording_.end()) stop(room, std::string(known->second));
}

void BackupControl::start(const std::string& room, const std::string& take) {
  if (!media_.has_room(room)) return;  // it is looked up when the room appears
  recording_[room] = take;
  media_.start_backup(room, take);
}

void BackupControl::stop(const std::string& room, const std::string& take) {
  recording_.erase(room);
  media_.stop_backup(room, take);
}

}  // namespace greenroom::app

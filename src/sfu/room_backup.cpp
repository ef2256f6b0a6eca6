// The part of Room that serves recorders: the same forwarding as to a browser, with records in place of datagrams.
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
constexpr std::size_t max_recordings = 4;  // of one room at a time
constexpr std::size_t max_recording_name = 256;
}  // namespace

Room::Answer Room::handle(StartBackup& command, base::Instant now) {
  if (command.recording.empty() || command.recording.size() > max_recording_name) {
    return base::fail(errors::bad_recording, "a recording has a name of at most 256 bytes");
  }
  auto recording = std::ranges::find(recordings_, command.recording, &Recording::name);
  if (recording == recordings_.end()) {
    if (recordings_.size() >= max_recordings) return base::fail(errors::too_many, "too many recordings of this room");
    recording = recordings_.insert(recordings_.end(), Recording{command.recording});
  }
  recording->add(command.people);
  for (const auto& [id, track] : up_tracks_) {
    if (is_to_be_backed_up(*recording, *track)) subscribe_backup(recording->name, *track, now);
  }
  return Done{};
}

// Each branch records what is sent to it, of those whom the recording takes.
bool Room::is_to_be_backed_up(const Recording& recording, const UpTrack& track) const {
  if (track.import || !recording.takes(peers_.at(track.peer())->user_id)) return false;
  return std::ranges::none_of(track.backups, [&](const auto* backup) { return backup->recording() == recording.name; });
}

Room::Answer Room::handle(StopBackup& command, base::Instant now) {
  if (std::erase_if(recordings_, [&](const auto& one) { return one.name == command.recording; }) == 0) {
    return base::fail(errors::no_such_backup, "this room has no such recording");
  }
  std::vector<BackupTrack*> ending;
  for (const auto& [id, track] : backup_tracks_) {
    if (track->recording() == command.recording) ending.push_back(track.get());
  }
  for (auto* track : ending) end_backup(*track, now);
  return Done{};
}

void Room::subscribe_backup(const std::string& recording, UpTrack& track, base::Instant now) {
  const auto id = new_id<BackupTrackId>();
  auto plan = rtc::plan_backup(track.plan(), context_.rng);
  const auto& codec = plan.parameters.codecs.front();
  const auto& peer = *peers_.at(track.peer());
  context_.outputs.say(BackupRecord(BackupTrackStarted{
      recording, id, track.id(), track.peer(), peer.user_id, peer.name, track.kind(), codec.mime_type,
      plan.payload_type, plan.clock_rate, codec.channels.value_or(0), track.app_data(), now}));
  auto backup = std::make_unique<BackupTrack>(id, recording, track, std::move(plan));
  retarget_backup(*backup, now);
  track.backups.push_back(backup.get());
  backup_tracks_.emplace(id, std::move(backup));
}

void Room::end_backup(BackupTrack& track, base::Instant now) {
  context_.outputs.say(BackupRecord(BackupTrackEnded{track.id(), now}));
  std::erase(track.source().backups, &track);
  backup_tracks_.erase(BackupTrackId(track.id()));
}

// A recorder has all the bandwidth there is: the best encoding that is being sent.
void Room::retarget_backup(BackupTrack& track, base::Instant now) {
  auto& source = track.source();
  int best = 0;
  for (std::size_t i = 0; i < source.layers(); ++i) {
    if (source.active(i, now)) best = int(i);
  }
  track.forwarder().selector().set_target({best, 3});
  if (!source.paused) request_missing_keyframe(source, track.forwarder(), now);
}

void Room::back_up(BackupTrack& track, std::uint8_t encoding, const CachedPacket& packet, bool late) {
  const auto before = track.forwarder().selector().current();
  const auto placement = track.forwarder().offer(track.source(), encoding, packet, late);
  if (!placement || packet.size == 0) return;
  const auto buffer = context_.outputs.begin_backup();
  if (buffer.empty()) {
    ++context_.counters.dropped_overflow;
    return;
  }
  const auto size = track.write(buffer, packet, *placement);
  if (size > 0) context_.outputs.commit_backup({track.id(), packet.arrival, {}}, buffer, size);
  if (late && before.spatial < 0) {
    track.source().for_each_after(encoding, packet.seq,
                                  [&](const CachedPacket& next) { back_up(track, encoding, next, false); });
  }
}

}  // namespace greenroom::sfu

// The part of Room that hears who speaks: the level of each producer of sound, and the active speaker.
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
constexpr base::Duration level_interval = std::chrono::milliseconds(300);
constexpr int silence = 127, speech = 50;  // dB below full scale (RFC 6464)
constexpr int lead_to_switch = 2;          // intervals that another voice must be the loudest before it is the speaker
constexpr base::Duration moment = std::chrono::seconds(2);  // of speech; each change of favour may cost key frames
}  // namespace

void Room::tell_levels(base::Instant now) {
  if (now < next_levels_) return;
  next_levels_ = now + level_interval;
  AudioLevels event{id_, {}};
  for (const auto& [id, track] : up_tracks_) {
    if (track->kind() != wire::MediaKind::audio) continue;
    const int level = track->take_audio_level();
    if (level < silence && !track->paused) event.levels.push_back({track->peer(), id, -level});
  }
  std::ranges::sort(event.levels, std::greater{}, &AudioLevel::level_db);
  choose_speaker(event.levels, now);
  if (!event.levels.empty()) context_.outputs.say(Event(std::move(event)));
}

// The loudest becomes the speaker when it stays the loudest, so that a cough does not take the stage.
void Room::choose_speaker(const std::vector<AudioLevel>& loudest_first, base::Instant now) {
  std::optional<PeerId> loudest;
  if (!loudest_first.empty() && loudest_first.front().level_db > -speech) loudest = loudest_first.front().peer;
  speaker_lead_ = loudest == candidate_ ? speaker_lead_ + 1 : 1;
  candidate_ = loudest;
  const bool first = !speaker_ && loudest;
  const int lead = loudest ? lead_to_switch : 5 * lead_to_switch;  // a pause for breath is no silence
  if (candidate_ != speaker_ && (first || speaker_lead_ >= lead)) {
    speaker_ = candidate_;
    speaker_since_ = now;
    context_.outputs.say(Event(ActiveSpeaker{id_, speaker_}));
  }
  if (speaker_ && now - speaker_since_ >= moment) favoured_ = speaker_;
}

}  // namespace greenroom::sfu

// The part of Room that hears who speaks: the level of each producer of sound, and the active speaker. Of a room on
// several shards the home hears all branches and tells them whom to favour, so that everything is said once.
#include <algorithm>

#include "sfu/room.hpp"

namespace greenroom::sfu {
namespace {
constexpr base::Duration level_interval = std::chrono::milliseconds(300);
constexpr int silence = 127, speech = 50;  // dB below full scale (RFC 6464)
constexpr int lead_to_switch = 2;          // intervals that another voice must be the loudest before it is the speaker
constexpr std::size_t max_piped_levels = 16;  // of a branch, the loudest: more people do not speak at once
constexpr base::Duration moment = std::chrono::seconds(2);  // of speech; each change of favour may cost key frames
}  // namespace

void Room::tell_levels(base::Instant now) {
  if (now < next_levels_) return;
  next_levels_ = now + level_interval;
  AudioLevels event{id_, {}};
  for (const auto& [id, track] : up_tracks_) {
    if (track->kind() != wire::MediaKind::audio || track->import) continue;
    const int level = track->take_audio_level();
    if (level < silence && !track->paused) event.levels.push_back({track->peer(), id, -level});
  }
  std::ranges::sort(event.levels, std::greater{}, &AudioLevel::level_db);
  if (tell_home(event.levels)) return;
  add_branches(event.levels, now);
  choose_speaker(event.levels, now);
  tell_branches();
  if (!event.levels.empty()) context_.outputs.say(Event(std::move(event)));
}

bool Room::tell_home(std::span<const AudioLevel> levels) {
  if (!branches_.home) return false;
  levels = levels.first(std::min(levels.size(), max_piped_levels));
  const base::ByteView bytes(reinterpret_cast<const std::uint8_t*>(levels.data()), levels.size_bytes());
  context_.pipes.write(*branches_.home, PipedLevels{branches_.number}, bytes);
  return true;
}

void Room::on_piped_levels(ShardIndex from, base::ByteView bytes, base::Instant now) {
  static_assert(std::is_trivially_copyable_v<AudioLevel>);
  auto& heard = heard_[from];
  heard.at = now;
  heard.levels.resize(bytes.size() / sizeof(AudioLevel));
  if (bytes.empty()) return;
  std::memcpy(static_cast<void*>(heard.levels.data()), bytes.data(), heard.levels.size() * sizeof(AudioLevel));
}

void Room::add_branches(std::vector<AudioLevel>& levels, base::Instant now) const {
  for (const auto& [from, heard] : heard_) {
    if (now - heard.at < 2 * level_interval) levels.insert(levels.end(), heard.levels.begin(), heard.levels.end());
  }
  if (!heard_.empty()) std::ranges::sort(levels, std::greater{}, &AudioLevel::level_db);
}

void Room::tell_branches() {
  const PipedSpeaker speaker{branches_.number, favoured_.has_value(), favoured_.value_or(PeerId())};
  for (const auto other : branches_.others) context_.pipes.write(other, speaker);
}

void Room::on_piped(const PipedSpeaker& speaker) {
  favoured_ = speaker.any ? std::optional(speaker.peer) : std::nullopt;
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

#include "media/leave_out.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "media/error.hpp"

namespace greenroom::media {
namespace {

constexpr double forever = std::numeric_limits<double>::infinity();

// What stays between two pauses, and by how much it moves forward.
struct Kept {
  double from_s = -forever;
  double until_s = forever;
  double shift_s = 0;
};

std::vector<Kept> kept_between(std::span<const Stretch> pauses, double duration_s) {
  std::vector<Kept> kept{{}};
  for (const auto& pause : pauses) {
    const double from = std::clamp(pause.from_s, 0.0, duration_s), until = std::clamp(pause.until_s, 0.0, duration_s);
    if (!(until > from)) continue;
    kept.back().until_s = from;
    kept.push_back({until, forever, kept.back().shift_s + (until - from)});
  }
  return kept;
}

std::vector<AudioPiece> cut(const std::vector<AudioPiece>& pieces, std::span<const Kept> kept) {
  std::vector<AudioPiece> out;
  for (const auto& piece : pieces) {
    const auto frame_at = [&](double t) {
      return std::int64_t(std::clamp(std::ceil((t - piece.start_s) / piece.step_s), 0.0, double(piece.frames)));
    };
    for (const auto& part : kept) {
      const auto first = frame_at(part.from_s), end = frame_at(part.until_s);
      if (end <= first) continue;
      AudioPiece left = piece;
      left.first_frame += first;
      left.frames = end - first;
      left.start_s += double(first) * piece.step_s - part.shift_s;
      out.push_back(left);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.start_s < b.start_s; });
  return out;
}

// In their order, which says what shows where several cover an instant.
std::vector<VideoPiece> cut(const std::vector<VideoPiece>& pieces, std::span<const Kept> kept) {
  std::vector<VideoPiece> out;
  for (const auto& piece : pieces) {
    for (const auto& part : kept) {
      double start = std::max(piece.start_s, part.from_s);
      const double end = std::min(piece.end_s, part.until_s);
      if (!(end > start)) continue;
      if (part.shift_s > 0 && start - part.from_s <= opening_hold_s) start = part.from_s;
      out.push_back({piece.stem, piece.offset_s - part.shift_s, start - part.shift_s, end - part.shift_s});
    }
  }
  return out;
}

// A moment within a pause is where the pause was.
double moved(double at_s, std::span<const Kept> kept) {
  for (const auto& part : kept)
    if (at_s < part.until_s) return std::max(at_s, part.from_s) - part.shift_s;
  return at_s;
}

}  // namespace

base::Status leave_out(Plan& plan, std::span<const Stretch> pauses) {
  const auto kept = kept_between(pauses, plan.duration_s);
  if (kept.size() == 1) return {};
  plan.duration_s -= kept.back().shift_s;
  plan.samples = std::int64_t(std::llround(plan.duration_s * output_rate));
  plan.frames = std::int64_t(std::llround(plan.duration_s * plan.settings.fps));
  if (plan.frames < 1) return base::fail(bad_plan, "The take was paused from its start to its end.");
  const auto cut_voice = [&](VoicePlan& voice) {
    voice.local = cut(voice.local, kept);
    voice.backup = cut(voice.backup, kept);
  };
  for (auto& who : plan.participants) {
    cut_voice(who.voice);
    if (who.raw) cut_voice(*who.raw);
    who.camera = cut(who.camera, kept);
  }
  plan.screens = cut(plan.screens, kept);
  for (auto& chapter : plan.chapters) chapter.start_s = moved(chapter.start_s, kept);
  return {};
}

}  // namespace greenroom::media

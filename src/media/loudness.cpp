#include "media/loudness.hpp"

#include <ebur128.h>

#include <cmath>

#include "base/assert.hpp"

namespace greenroom::media {

struct LoudnessMeter::State {
  ebur128_state* meter = ebur128_init(2, 48'000, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
  ~State() { ebur128_destroy(&meter); }
};

LoudnessMeter::LoudnessMeter() : state_(std::make_unique<State>()) { GREENROOM_ASSERT(state_->meter != nullptr); }
LoudnessMeter::~LoudnessMeter() = default;

void LoudnessMeter::add(std::span<const float> stereo) {
  ebur128_add_frames_float(state_->meter, stereo.data(), stereo.size() / 2);
}

Loudness LoudnessMeter::result() const {
  Loudness out;
  ebur128_loudness_global(state_->meter, &out.lufs);
  if (!std::isfinite(out.lufs) || out.lufs < silence_lufs) out.lufs = silence_lufs;
  double peak = 0, left = 0, right = 0;
  ebur128_true_peak(state_->meter, 0, &left);
  ebur128_true_peak(state_->meter, 1, &right);
  peak = std::max(left, right);
  out.true_peak_db = peak > 0 ? std::max(20 * std::log10(peak), silence_lufs) : silence_lufs;
  return out;
}

}  // namespace greenroom::media

// Loudness by ITU-R BS.1770 / EBU R128 (libebur128), of a stereo stream at 48 kHz.
#pragma once
#include <memory>
#include <span>

namespace greenroom::media {

inline constexpr double silence_lufs = -70;

struct Loudness {
  double lufs = silence_lufs;          // integrated; silence_lufs when nothing passed the gate
  double true_peak_db = silence_lufs;  // dBTP, 4x oversampled
};

class LoudnessMeter {
 public:
  LoudnessMeter();
  ~LoudnessMeter();
  void add(std::span<const float> stereo);  // interleaved
  Loudness result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::media

#include <algorithm>
#include <cmath>

#include "media/audio_source.hpp"
#include "media/render_audio.hpp"
#include "media/resample.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using base::Status;

constexpr std::int64_t chunk_frames = 8'192;

// Walks a stem's frames in file order and keeps a window of them, channel by channel, for the interpolator.
class StemCursor {
 public:
  explicit StemCursor(std::unique_ptr<AudioSource> source) : source_(std::move(source)) {}

  void begin(const AudioPiece& piece) {
    piece_ = piece;
    first_ = piece.first_frame;
    window_.assign(std::size_t(piece.channels), {});
    take_pending();
  }

  // After this the window holds every frame of the piece in [from, to) that the file has.
  Status need(std::int64_t from, std::int64_t to) {
    drop_before(from);
    const std::int64_t wanted = std::min(to, piece_.first_frame + piece_.frames);
    while (end() < wanted && !ended_ && !pending_reaches_the_end()) {
      GREENROOM_TRY(pending_, source_->next());
      ended_ = !pending_.has_value();
      take_pending();
    }
    return {};
  }

  std::span<const float> channel(int index) const {
    return window_[std::size_t(std::min<int>(index, piece_.channels - 1))];
  }
  std::int64_t first() const { return first_; }

 private:
  std::int64_t end() const { return first_ + std::int64_t(window_[0].size()); }

  // What lies behind the piece is the next one's: it must not be read over.
  bool pending_reaches_the_end() const {
    return pending_ && pending_->first_frame + pending_->frames() >= piece_.first_frame + piece_.frames;
  }

  void drop_before(std::int64_t frame) {
    const auto count = std::clamp<std::int64_t>(frame - first_, 0, std::int64_t(window_[0].size()));
    if (count < 65'536) return;  // moving the rest down is the cost: seldom
    for (auto& channel : window_) channel.erase(channel.begin(), channel.begin() + count);
    first_ += count;
  }

  // Appends the pending chunk's part of the piece. The chunk stays: the next piece may begin inside it.
  void take_pending() {
    if (!pending_) return;
    const std::int64_t stop = std::min(pending_->first_frame + pending_->frames(), piece_.first_frame + piece_.frames);
    for (std::int64_t frame = end(); frame < stop; ++frame)
      for (std::size_t c = 0; c < window_.size(); ++c) window_[c].push_back(sample(frame, c));
  }

  float sample(std::int64_t frame, std::size_t channel) const {
    if (frame < pending_->first_frame) return 0;  // a hole inside a piece: damage
    const auto at = std::size_t(frame - pending_->first_frame) * std::size_t(pending_->channels);
    return pending_->samples[at + std::min(channel, std::size_t(pending_->channels) - 1)];
  }

  std::unique_ptr<AudioSource> source_;
  AudioPiece piece_;
  std::vector<std::vector<float>> window_{1};
  std::int64_t first_ = 0;
  std::optional<AudioChunk> pending_;
  bool ended_ = false;
};

struct PieceRenderer {
  const AudioPiece& piece;
  StemCursor& cursor;
  SampleFile& out;
  Interpolator interpolator;

  PieceRenderer(const AudioPiece& p, StemCursor& c, SampleFile& o)
      : piece(p), cursor(c), out(o), interpolator(1.0 / output_rate / p.step_s) {
    cursor.begin(piece);
  }

  double position(std::int64_t n) const {
    return double(piece.first_frame) + (double(n) / output_rate - piece.start_s) / piece.step_s;
  }

  Status render(SampleSpan range) {
    for (std::int64_t n = range.first; n < range.end; n += chunk_frames)
      GREENROOM_CHECK_OK(render_chunk(n, std::min(n + chunk_frames, range.end)));
    return {};
  }

  Status render_chunk(std::int64_t from, std::int64_t to) {
    const int reach = interpolator.reach() + 1;
    GREENROOM_CHECK_OK(cursor.need(std::int64_t(position(from)) - reach, std::int64_t(position(to)) + reach));
    const auto channels = out.channels();
    std::vector<float> samples(std::size_t((to - from) * channels));
    for (int c = 0; c < channels; ++c) {
      const auto source = cursor.channel(c);
      for (std::int64_t n = from; n < to; ++n)
        samples[std::size_t((n - from) * channels + c)] = interpolator.at(source, position(n) - double(cursor.first()));
    }
    return out.write(from, samples);
  }
};

SampleSpan span_of(const AudioPiece& piece, std::int64_t total) {
  const auto first = std::int64_t(std::ceil(piece.start_s * output_rate - 1e-6));
  const auto end = std::int64_t(std::ceil(piece.end_s() * output_rate - 1e-6));
  return {std::clamp<std::int64_t>(first, 0, total), std::clamp<std::int64_t>(end, 0, total)};
}

}  // namespace

Result<SampleSpans> render_pieces(const Plan& plan, std::span<const AudioPiece> pieces, SampleFile& out) {
  std::map<std::size_t, std::unique_ptr<StemCursor>> cursors;
  SampleSpans sounding;
  std::int64_t written = 0;
  for (const auto& piece : pieces) {
    auto& cursor = cursors[piece.stem];
    if (!cursor) {
      const auto& stem = plan.stems[piece.stem];
      GREENROOM_TRY(auto source, AudioSource::open(stem.path, stem.content_type));
      cursor = std::make_unique<StemCursor>(std::move(source));
    }
    auto span = span_of(piece, out.frames());
    span.first = std::max(span.first, written);
    if (span.end <= span.first) continue;
    GREENROOM_CHECK_OK(PieceRenderer(piece, *cursor, out).render(span));
    written = span.end;
    sounding.push_back(span);
  }
  return joined(std::move(sounding));
}

}  // namespace greenroom::media

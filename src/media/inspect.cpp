#include "media/inspect.hpp"

extern "C" {
#include <libavformat/avformat.h>
}

#include <cmath>
#include <fstream>
#include <numbers>

#include "base/bytes.hpp"
#include "media/audio_source.hpp"
#include "media/detail/av.hpp"
#include "media/loudness.hpp"
#include "media/plan.hpp"
#include "media/tone.hpp"
#include "media/video_source.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using base::Status;

// The order of the top-level boxes of an MP4 (ISO/IEC 14496-12 §4.2).
bool index_comes_first(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<std::uint8_t, 16> head{};
  for (std::uint64_t at = 0; in.seekg(std::streamoff(at)) && in.read(reinterpret_cast<char*>(head.data()), 16);) {
    const auto type = base::as_text(base::ByteView(head).subspan(4, 4));
    if (type == "moov") return true;
    if (type == "mdat") return false;
    const std::uint64_t size = base::load_u32(head.data());
    const std::uint64_t length = size == 1 ? base::load_u64(head.data() + 8) : size;
    if (length < 8) return false;
    at += length;
  }
  return false;
}

void describe(const AVFormatContext& input, Inspection& out) {
  for (unsigned i = 0; i < input.nb_streams; ++i) {
    const auto& stream = *input.streams[i];
    const auto& codec = *stream.codecpar;
    const double length = stream.duration == AV_NOPTS_VALUE ? 0 : double(stream.duration) * av_q2d(stream.time_base);
    if (codec.codec_type == AVMEDIA_TYPE_VIDEO) {
      out.video_codec = avcodec_get_name(codec.codec_id);
      out.video_s = length, out.width = codec.width, out.height = codec.height;
      if (stream.avg_frame_rate.den > 0) out.fps = av_q2d(stream.avg_frame_rate);
    } else if (codec.codec_type == AVMEDIA_TYPE_AUDIO) {
      out.audio_codec = avcodec_get_name(codec.codec_id);
      out.audio_s = length, out.sample_rate = codec.sample_rate, out.channels = codec.ch_layout.nb_channels;
    }
  }
}

void read_chapters(const AVFormatContext& input, Inspection& out) {
  for (unsigned i = 0; i < input.nb_chapters; ++i) {
    const auto& chapter = *input.chapters[i];
    const double unit = av_q2d(chapter.time_base);
    const auto* title = av_dict_get(chapter.metadata, "title", nullptr, 0);
    out.chapters.push_back({double(chapter.start) * unit, double(chapter.end) * unit, title ? title->value : ""});
  }
}

Status read_pictures(const std::filesystem::path& file, const InspectOptions& options, Inspection& out) {
  GREENROOM_TRY(auto source, VideoSource::open(file));
  const auto tiles = grid_layout({out.width, out.height}, options.tiles, options.gap);
  out.tiles.resize(tiles.size());
  for (;;) {
    GREENROOM_TRY(const auto time, source->next());
    if (!time) break;
    source->take();
    ++out.video_frames;
    out.frame_times_s.push_back(*time);
    if (tiles.empty()) continue;
    auto luma = source->luma();
    const GrayView view{luma.pixels, luma.width, luma.height, luma.width};
    for (std::size_t i = 0; i < tiles.size(); ++i) out.tiles[i].numbers.push_back(read_timecode(view, tiles[i]));
  }
  for (auto& tile : out.tiles) judge(tile);
  return {};
}

void add_stereo(const AudioChunk& chunk, LoudnessMeter& meter) {
  if (chunk.channels == 2) return meter.add(chunk.samples);
  std::vector<float> stereo;
  for (float value : chunk.samples) stereo.insert(stereo.end(), {value, value});
  meter.add(stereo);
}

Status read_sound(const std::filesystem::path& file, const InspectOptions& options, Inspection& out) {
  GREENROOM_TRY(auto source, AudioSource::open(file, ""));
  LoudnessMeter meter;
  std::vector<ToneMeter> tones;
  for (double hz : options.tones_hz) tones.emplace_back(hz, output_rate, options.tone_window_s);
  for (;;) {
    GREENROOM_TRY(const auto chunk, source->next());
    if (!chunk) break;
    out.audio_samples = chunk->first_frame + chunk->frames();
    add_stereo(*chunk, meter);
    for (auto& tone : tones)
      for (std::int64_t i = 0; i < chunk->frames(); ++i) tone.add(chunk->samples[std::size_t(i * chunk->channels)]);
  }
  const auto loudness = meter.result();
  out.lufs = loudness.lufs, out.true_peak_db = loudness.true_peak_db;
  for (auto& tone : tones) out.tone_db.push_back(tone.windows());
  return {};
}

}  // namespace

void judge(TileTimecodes& tile) {
  std::optional<std::uint16_t> before;
  int unread = 0;
  for (const auto& number : tile.numbers) {
    if (!number) {
      unread += before ? 1 : 0;
      continue;
    }
    tile.unread += std::exchange(unread, 0);
    if (!tile.first) tile.first = number;
    tile.last = number;
    if (before) {
      const int step = int(*number) - int(*before);
      tile.backward += step < 0;
      tile.repeats += step == 0;
      tile.jumps += step > timecode_allowed_step;
    }
    before = number;
  }
}

Result<Inspection> inspect(const std::filesystem::path& file, const InspectOptions& options) {
  Inspection out;
  {
    GREENROOM_TRY(const auto input, detail::open_input(file.string()));
    describe(*input, out);
    read_chapters(*input, out);
  }
  out.faststart = index_comes_first(file);
  if (!out.video_codec.empty()) GREENROOM_CHECK_OK(read_pictures(file, options, out));
  if (!out.audio_codec.empty()) GREENROOM_CHECK_OK(read_sound(file, options, out));
  return out;
}

}  // namespace greenroom::media

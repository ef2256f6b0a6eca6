#include "media/synthetic.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>

#include "base/rng.hpp"
#include "media/detail/output.hpp"
#include "media/timecode.hpp"
#include "wire/stem_block.hpp"

namespace greenroom::media::synthetic {
namespace {

using base::Result;
using base::Status;
using Gaps = std::vector<std::pair<double, double>>;

bool missing(const Gaps& gaps, double at) {
  return std::any_of(gaps.begin(), gaps.end(), [at](const auto& gap) { return at >= gap.first && at < gap.second; });
}

// One period of noise as a table: a microphone of minutes asks for millions of values.
constexpr double period_s = 1.37;
constexpr int table_rate = 192'000;

std::vector<float> noise_period(std::uint64_t seed) {
  base::SeededRng rng(seed);
  std::vector<float> table(std::size_t(period_s * table_rate));
  for (int i = 0; i < 40; ++i) {
    const double cycles = std::round((200 + 3800 * rng.unit()) * period_s), phase = 2 * std::numbers::pi * rng.unit();
    for (std::size_t n = 0; n < table.size(); ++n)
      table[n] += float(0.02 * std::sin(2 * std::numbers::pi * cycles * double(n) / double(table.size()) + phase));
  }
  table.push_back(table.front());
  return table;
}

void configure_camera(AVCodecContext& codec, const Camera& camera) {
  codec.width = camera.size.width;
  codec.height = camera.size.height;
  codec.pix_fmt = AV_PIX_FMT_YUV420P;
  codec.time_base = {1, 1000};
  codec.framerate = {int(camera.fps), 1};
  codec.gop_size = 100;
  codec.bit_rate = 1'500'000;
  codec.thread_count = 2;
  av_opt_set(codec.priv_data, "deadline", "realtime", 0);
  av_opt_set(codec.priv_data, "cpu-used", "8", 0);
  av_opt_set(codec.priv_data, "preset", "ultrafast", 0);
  if (std::string_view(camera.encoder) == "libx264") av_opt_set(codec.priv_data, "tune", "zerolatency", 0);
}

void draw(AVFrame& frame, int number) {
  for (int y = 0; y < frame.height; ++y)
    std::fill_n(frame.data[0] + std::ptrdiff_t(y) * frame.linesize[0], frame.width,
                std::uint8_t(60 + (y + number * 2) % frame.height * 100 / frame.height));
  for (int p = 1; p < 3; ++p)
    for (int y = 0; y < frame.height / 2; ++y)
      std::fill_n(frame.data[p] + std::ptrdiff_t(y) * frame.linesize[p], frame.width / 2, std::uint8_t(128));
  const auto size = std::size_t(frame.linesize[0]) * std::size_t(frame.height);
  draw_timecode({{frame.data[0], size}, frame.width, frame.height, frame.linesize[0]}, std::uint16_t(number));
}

}  // namespace

Sound voice(std::uint64_t seed) {
  return [table = noise_period(seed)](double t) {
    const double at = (t / period_s - std::floor(t / period_s)) * double(table.size() - 1);
    const auto i = std::min(std::size_t(at), table.size() - 2);
    return double(table[i]) + (at - double(i)) * double(table[i + 1] - table[i]);
  };
}

Sound tone(double hz, double amplitude) {
  return [=](double t) { return amplitude * std::sin(2 * std::numbers::pi * hz * t); };
}

Status write_microphone(const std::filesystem::path& path, const Microphone& mic, const Sound& sound, double take_ms) {
  base::SeededRng rng(99);
  const double rate = (mic.true_rate > 0 ? mic.true_rate : mic.rate) * (1 - mic.ppm * 1e-6);
  const auto block = std::int64_t(mic.block_s * mic.rate), total = std::int64_t(mic.length_s * rate);
  std::ofstream file(path, std::ios::binary);
  for (std::int64_t first = 0; first < total; first += block) {
    const auto frames = std::min(block, total - first);
    if (missing(mic.gaps, double(first) / rate)) continue;
    std::vector<float> samples;
    for (std::int64_t f = first; f < first + frames; ++f)
      samples.insert(samples.end(), std::size_t(mic.channels), float(sound(mic.start_s + double(f) / rate)));
    base::Bytes payload, bytes;
    wire::encode_s24(samples, payload);
    const double captured =
        take_ms + (mic.start_s + double(first) / rate) * 1000 + (rng.unit() - 0.5) * 2 * mic.jitter_ms;
    wire::write_stem_block(
        {std::uint8_t(mic.channels), std::uint32_t(mic.rate), std::uint32_t(frames), std::uint64_t(first), captured},
        payload, bytes);
    file.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
  }
  return {};
}

Status write_camera(const std::filesystem::path& path, const Camera& camera) {
  base::SeededRng rng(7);
  GREENROOM_TRY(auto output, detail::Output::create(path, "matroska"));
  GREENROOM_TRY(const int stream,
                output.add_encoder(camera.encoder, [&](auto& codec) { configure_camera(codec, camera); }));
  AVDictionary* options = nullptr;
  av_dict_set_int(&options, "live", camera.live, 0);
  const auto header = output.write_header(&options);
  av_dict_free(&options);
  GREENROOM_CHECK_OK(header);
  for (int i = 0; i < camera.frames; ++i) {
    GREENROOM_TRY(auto frame, detail::make_video_frame(output.encoder(stream)));
    draw(*frame, camera.first_number + i);
    const double jitter = i ? (rng.unit() - 0.5) * 2 * camera.jitter_s : 0;
    frame->pts = std::llround((i / camera.fps + jitter) * 1000);
    GREENROOM_CHECK_OK(output.encode(stream, frame.get()));
  }
  return output.finish();
}

Result<std::vector<ClockAnchor>> write_backup(const std::filesystem::path& path, const Backup& backup,
                                              const Sound& sound, double take_ms) {
  constexpr int frame_size = 960, rate = 48'000;
  GREENROOM_TRY(auto output, detail::Output::create(path, "matroska"));
  GREENROOM_CHECK_OK(output.add_encoder("libopus", [](AVCodecContext& codec) {
    codec.sample_rate = rate;
    codec.time_base = {1, rate};
    codec.sample_fmt = AV_SAMPLE_FMT_FLT;
    codec.bit_rate = 48'000;
    av_channel_layout_default(&codec.ch_layout, 1);
  }));
  GREENROOM_CHECK_OK(output.write_header());
  std::vector<ClockAnchor> anchors;
  for (std::int64_t first = 0; first + frame_size <= std::int64_t(backup.length_s * rate); first += frame_size) {
    const double at = double(first) / rate;
    if (missing(backup.gaps, at)) continue;
    if (first % (50 * frame_size) == 0)
      anchors.push_back({first, take_ms + (backup.start_s + at) * 1000 + backup.delay_ms});
    GREENROOM_TRY(auto frame, detail::make_audio_frame(output.encoder(0), frame_size));
    auto* out = reinterpret_cast<float*>(frame->data[0]);
    for (int i = 0; i < frame_size; ++i) out[i] = float(sound(backup.start_s + at + double(i) / rate));
    frame->pts = first;
    GREENROOM_CHECK_OK(output.encode(0, frame.get()));
  }
  GREENROOM_CHECK_OK(output.finish());
  return anchors;
}

}  // namespace greenroom::media::synthetic

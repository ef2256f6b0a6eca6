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
#include "media/matroska.hpp"
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
constexpr int table_rate = 96'000;

std::vector<float> noise_period(std::uint64_t seed) {
  base::SeededRng rng(seed);
  std::vector<float> sine(std::size_t(period_s * table_rate)), table(sine.size());
  for (std::size_t n = 0; n < sine.size(); ++n)
    sine[n] = float(0.0075 * std::sin(2 * std::numbers::pi * double(n) / double(sine.size())));
  for (int i = 0; i < 300; ++i) {
    const auto cycles = std::size_t((200 + 3800 * rng.unit()) * period_s);
    std::size_t at = rng.below(sine.size());
    for (float& value : table) {
      value += sine[at];
      at += cycles;
      if (at >= sine.size()) at -= sine.size();
    }
  }
  table.push_back(table.front());
  return table;
}

constexpr int opus_frame = 960, opus_rate = 48'000;

void configure_camera(AVCodecContext& codec, const Camera& camera) {
  codec.width = camera.size.width;
  codec.height = camera.size.height;
  codec.pix_fmt = AV_PIX_FMT_YUV420P;
  codec.time_base = {1, 1000};
  codec.framerate = {int(camera.fps), 1};
  codec.gop_size = 100;
  codec.bit_rate = 1'500'000;
  codec.thread_count = 1;  // libvpx spins while its threads wait for one another
  av_opt_set(codec.priv_data, "deadline", "realtime", 0);
  av_opt_set(codec.priv_data, "cpu-used", "8", 0);
  av_opt_set(codec.priv_data, "usage", "realtime", 0);  // of libaom
  av_opt_set(codec.priv_data, "lag-in-frames", "0", 0);
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

Result<std::vector<EncodedFrame>> encoded(detail::CodecPtr codec, int frames,
                                          const std::function<Result<detail::FramePtr>(int)>& make) {
  std::vector<EncodedFrame> out;
  const auto packet = detail::make_packet();
  for (int i = 0; i <= frames; ++i) {
    detail::FramePtr frame;
    if (i < frames) {
      GREENROOM_TRY(frame, make(i));
    }
    GREENROOM_CHECK_OK(detail::av_check(avcodec_send_frame(codec.get(), frame.get()), "encoding"));
    while (avcodec_receive_packet(codec.get(), packet.get()) == 0) {
      const double time = double(packet->pts) * av_q2d(codec->time_base);
      out.push_back({time, (packet->flags & AV_PKT_FLAG_KEY) != 0, {packet->data, packet->data + packet->size}});
      av_packet_unref(packet.get());
    }
  }
  return out;
}

Result<detail::CodecPtr> open_encoder(const char* name, const std::function<void(AVCodecContext&)>& configure) {
  detail::quiet();
  const AVCodec* codec = avcodec_find_encoder_by_name(name);
  detail::CodecPtr context(codec ? avcodec_alloc_context3(codec) : nullptr);
  if (!context) return base::fail(codec_failed, std::string("no encoder ") + name);
  configure(*context);
  GREENROOM_CHECK_OK(detail::av_check(avcodec_open2(context.get(), codec, nullptr), name));
  return context;
}

void configure_opus(AVCodecContext& codec) {
  codec.sample_rate = opus_rate;
  codec.time_base = {1, opus_rate};
  codec.sample_fmt = AV_SAMPLE_FMT_FLT;
  codec.bit_rate = 48'000;
  av_channel_layout_default(&codec.ch_layout, 1);
}

std::int64_t camera_pts(const Camera& camera, int i, base::Rng& rng) {
  const double jitter = i ? (rng.unit() - 0.5) * 2 * camera.jitter_s : 0;
  const double hole = i < camera.hole_before ? 0 : camera.hole_s;
  return std::llround((i / camera.fps + hole + jitter) * 1000);
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

Result<std::vector<EncodedFrame>> encode_voice(const Sound& sound, double start_s, double length_s) {
  GREENROOM_TRY(auto codec, open_encoder("libopus", configure_opus));
  const auto& context = *codec;
  return encoded(std::move(codec), int(length_s * opus_rate) / opus_frame, [&](int i) -> Result<detail::FramePtr> {
    GREENROOM_TRY(auto frame, detail::make_audio_frame(context, opus_frame));
    auto* out = reinterpret_cast<float*>(frame->data[0]);
    for (int k = 0; k < opus_frame; ++k) out[k] = float(sound(start_s + double(i * opus_frame + k) / opus_rate));
    frame->pts = i * opus_frame;
    return frame;
  });
}

Status write_opus_microphone(const std::filesystem::path& path, const Microphone& mic, const Sound& sound) {
  base::SeededRng rng(98);
  const double pace = 1 / (1 - mic.ppm * 1e-6);  // seconds that pass while the device counts one
  GREENROOM_TRY(const auto frames,
                encode_voice([&](double t) { return sound(mic.start_s + t * pace); }, 0, mic.length_s));
  GREENROOM_TRY(auto writer, MatroskaWriter::open(path, {"audio/opus", opus_rate, 1, {}}));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const double at = double(i) * opus_frame / opus_rate * pace;
    if (missing(mic.gaps, at)) continue;
    const double jitter = i ? (rng.unit() - 0.5) * 2e-3 * mic.jitter_ms : 0;
    GREENROOM_CHECK_OK(writer.write(frames[i].data, at + jitter, double(opus_frame) / opus_rate, true));
  }
  return writer.finish();
}

Result<std::vector<EncodedFrame>> encode_camera(const Camera& camera) {
  base::SeededRng rng(7);
  GREENROOM_TRY(auto codec, open_encoder(camera.encoder, [&](auto& c) { configure_camera(c, camera); }));
  const auto& context = *codec;
  return encoded(std::move(codec), camera.frames, [&](int i) -> Result<detail::FramePtr> {
    GREENROOM_TRY(auto frame, detail::make_video_frame(context));
    draw(*frame, camera.first_number + i);
    frame->pts = camera_pts(camera, i, rng);
    return frame;
  });
}

Status write_camera(const std::filesystem::path& path, const Camera& camera) {
  base::SeededRng rng(7);
  GREENROOM_TRY(auto output, detail::Output::create(path, camera.mp4 ? "mp4" : "matroska"));
  GREENROOM_TRY(const int stream,
                output.add_encoder(camera.encoder, [&](auto& codec) { configure_camera(codec, camera); }));
  AVDictionary* options = nullptr;
  if (camera.mp4) {
    av_dict_set(&options, "movflags", "empty_moov+default_base_moof", 0);
    av_dict_set_int(&options, "frag_duration", 1'000'000, 0);
  } else {
    av_dict_set_int(&options, "live", camera.live, 0);
  }
  const auto header = output.write_header(&options);
  av_dict_free(&options);
  GREENROOM_CHECK_OK(header);
  for (int i = 0; i < camera.frames; ++i) {
    GREENROOM_TRY(auto frame, detail::make_video_frame(output.encoder(stream)));
    draw(*frame, camera.first_number + i);
    frame->pts = camera_pts(camera, i, rng);
    GREENROOM_CHECK_OK(output.encode(stream, frame.get()));
  }
  return output.finish();
}

Result<std::vector<ClockAnchor>> write_backup(const std::filesystem::path& path, const Backup& backup,
                                              const Sound& sound, double take_ms) {
  GREENROOM_TRY(const auto frames, encode_voice(sound, backup.start_s, backup.length_s));
  GREENROOM_TRY(auto writer, MatroskaWriter::open(path, {"audio/opus", opus_rate, 1, {}}));
  std::vector<ClockAnchor> anchors;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const double at = double(i) * opus_frame / opus_rate;
    if (missing(backup.gaps, at)) continue;
    if (i % 50 == 0)
      anchors.push_back({std::int64_t(i) * opus_frame, take_ms + (backup.start_s + at) * 1000 + backup.delay_ms});
    GREENROOM_CHECK_OK(writer.write(frames[i].data, at, double(opus_frame) / opus_rate, true));
  }
  GREENROOM_CHECK_OK(writer.finish());
  return anchors;
}

}  // namespace greenroom::media::synthetic

#include "media/encode.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

#include <cmath>

#include "media/detail/output.hpp"
#include "media/error.hpp"

namespace greenroom::media {

using base::Result;
using base::Status;
using detail::FramePtr;

namespace {

constexpr int rate = 48'000;
constexpr int flac_block = 4'096;

void copy_picture(const Picture& picture, AVFrame& frame) {
  for (int p = 0; p < 3; ++p) {
    const auto& plane = picture.planes[std::size_t(p)];
    for (int y = 0; y < plane.height; ++y)
      std::memcpy(frame.data[p] + std::ptrdiff_t(y) * frame.linesize[p], plane.row(y), std::size_t(plane.width));
  }
}

// Collects samples of any amount into blocks of the encoder's size.
class Blocks {
 public:
  Blocks(int channels, int block) : channels_(std::size_t(channels)), block_(std::size_t(block)) {}
  template <class F>
  Status add(std::span<const float> interleaved, F&& send) {
    held_.insert(held_.end(), interleaved.begin(), interleaved.end());
    std::size_t at = 0;
    for (; held_.size() - at >= block_ * channels_; at += block_ * channels_)
      GREENROOM_CHECK_OK(send(std::span<const float>(held_).subspan(at, block_ * channels_)));
    held_.erase(held_.begin(), held_.begin() + std::ptrdiff_t(at));
    return {};
  }
  template <class F>
  Status rest(F&& send) {
    if (held_.empty()) return {};
    const auto last = std::exchange(held_, {});
    return send(std::span<const float>(last));
  }

 private:
  std::size_t channels_;
  std::size_t block_;
  std::vector<float> held_;
};

void configure_h264(AVCodecContext& codec, const Mp4Settings& settings) {
  codec.width = settings.size.width;
  codec.height = settings.size.height;
  codec.pix_fmt = AV_PIX_FMT_YUV420P;
  codec.time_base = {1, settings.fps};
  codec.framerate = {settings.fps, 1};
  codec.gop_size = settings.fps * settings.keyframe_s;
  codec.keyint_min = codec.gop_size;
  codec.color_primaries = AVCOL_PRI_BT709;
  codec.color_trc = AVCOL_TRC_BT709;
  codec.colorspace = AVCOL_SPC_BT709;
  codec.color_range = AVCOL_RANGE_MPEG;
  codec.profile = FF_PROFILE_H264_HIGH;
  av_opt_set(codec.priv_data, "preset", "veryfast", 0);
  av_opt_set(codec.priv_data, "crf", "21", 0);
  av_opt_set(codec.priv_data, "x264-params", "scenecut=0", 0);  // key frames exactly every keyframe_s
}

void configure_aac(AVCodecContext& codec, int bps) {
  codec.sample_rate = rate;
  codec.time_base = {1, rate};
  codec.sample_fmt = AV_SAMPLE_FMT_FLTP;
  codec.bit_rate = bps;
  av_channel_layout_default(&codec.ch_layout, 2);
}

void configure_flac(AVCodecContext& codec, int channels) {
  codec.sample_rate = rate;
  codec.time_base = {1, rate};
  codec.sample_fmt = AV_SAMPLE_FMT_S32;
  codec.bits_per_raw_sample = 24;
  codec.frame_size = flac_block;
  av_channel_layout_default(&codec.ch_layout, channels);
}

// libav frees them with the format.
Status add_chapters(AVFormatContext& format, const std::vector<Chapter>& chapters) {
  if (chapters.empty()) return {};
  const auto no_memory = [] { return base::fail(codec_failed, "out of memory"); };
  format.chapters = static_cast<AVChapter**>(av_calloc(chapters.size(), sizeof(AVChapter*)));
  if (!format.chapters) return no_memory();
  for (const auto& chapter : chapters) {
    auto* made = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
    if (!made) return no_memory();
    format.chapters[format.nb_chapters++] = made;
    made->id = format.nb_chapters;
    made->time_base = {1, 1000};
    made->start = std::llround(chapter.start_s * 1000), made->end = std::llround(chapter.end_s * 1000);
    if (av_dict_set(&made->metadata, "title", chapter.title.c_str(), 0) < 0) return no_memory();
  }
  return {};
}

}  // namespace

struct Mp4Writer::State {
  detail::Output output;
  int video = 0;
  int audio = 0;
  std::int64_t frames = 0;
  std::int64_t samples = 0;
  Blocks blocks{2, 1'024};

  Status send_audio(std::span<const float> stereo) {
    const int count = int(stereo.size() / 2);
    GREENROOM_TRY(auto frame, detail::make_audio_frame(output.encoder(audio), count));
    auto* left = reinterpret_cast<float*>(frame->data[0]);
    auto* right = reinterpret_cast<float*>(frame->data[1]);
    for (int i = 0; i < count; ++i) left[i] = stereo[std::size_t(2 * i)], right[i] = stereo[std::size_t(2 * i + 1)];
    frame->pts = samples;
    samples += count;
    return output.encode(audio, frame.get());
  }
};

Mp4Writer::Mp4Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Mp4Writer::~Mp4Writer() = default;

Result<std::unique_ptr<Mp4Writer>> Mp4Writer::create(const std::filesystem::path& file, const Mp4Settings& settings) {
  GREENROOM_TRY(auto output, detail::Output::create(file, "mp4"));
  auto state = std::make_unique<State>(State{std::move(output)});
  GREENROOM_TRY(state->video, state->output.add_encoder("libx264", [&](auto& c) { configure_h264(c, settings); }));
  GREENROOM_TRY(state->audio, state->output.add_encoder("aac", [&](auto& c) { configure_aac(c, settings.audio_bps); }));
  GREENROOM_CHECK_OK(add_chapters(state->output.format(), settings.chapters));
  AVDictionary* options = nullptr;
  av_dict_set(&options, "movflags", "+faststart", 0);
  const auto written = state->output.write_header(&options);
  av_dict_free(&options);
  GREENROOM_CHECK_OK(written);
  return std::unique_ptr<Mp4Writer>(new Mp4Writer(std::move(state)));
}

Status Mp4Writer::write(const Picture& picture) {
  GREENROOM_TRY(auto frame, detail::make_video_frame(state_->output.encoder(state_->video)));
  copy_picture(picture, *frame);
  frame->pts = state_->frames++;
  return state_->output.encode(state_->video, frame.get());
}

Status Mp4Writer::write(std::span<const float> stereo) {
  return state_->blocks.add(stereo, [this](auto block) { return state_->send_audio(block); });
}

Status Mp4Writer::finish() {
  GREENROOM_CHECK_OK(state_->blocks.rest([this](auto block) { return state_->send_audio(block); }));
  return state_->output.finish();
}

struct FlacWriter::State {
  detail::Output output;
  int channels = 1;
  std::int64_t samples = 0;
  Blocks blocks{1, flac_block};

  Status send(std::span<const float> interleaved) {
    const int count = int(interleaved.size()) / channels;
    GREENROOM_TRY(auto frame, detail::make_audio_frame(output.encoder(0), count));
    auto* out = reinterpret_cast<std::int32_t*>(frame->data[0]);
    for (std::size_t i = 0; i < interleaved.size(); ++i) {
      const long value = std::lround(double(interleaved[i]) * 8'388'608.0);
      out[i] = std::int32_t(std::clamp(value, -8'388'608l, 8'388'607l)) * 256;
    }
    frame->pts = samples;
    samples += count;
    return output.encode(0, frame.get());
  }
};

FlacWriter::FlacWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
FlacWriter::~FlacWriter() = default;

Result<std::unique_ptr<FlacWriter>> FlacWriter::create(const std::filesystem::path& file, int channels) {
  GREENROOM_TRY(auto output, detail::Output::create(file, "flac"));
  auto state = std::make_unique<State>(State{std::move(output), channels, 0, Blocks(channels, flac_block)});
  GREENROOM_CHECK_OK(state->output.add_encoder("flac", [&](auto& codec) { configure_flac(codec, channels); }));
  GREENROOM_CHECK_OK(state->output.write_header());
  return std::unique_ptr<FlacWriter>(new FlacWriter(std::move(state)));
}

Status FlacWriter::write(std::span<const float> interleaved) {
  return state_->blocks.add(interleaved, [this](auto block) { return state_->send(block); });
}

Status FlacWriter::finish() {
  GREENROOM_CHECK_OK(state_->blocks.rest([this](auto block) { return state_->send(block); }));
  return state_->output.finish();
}

Status write_jpeg(const std::filesystem::path& file, const Picture& picture) {
  GREENROOM_TRY(auto output, detail::Output::create(file, "mjpeg"));
  GREENROOM_TRY(const int stream, output.add_encoder("mjpeg", [&](AVCodecContext& codec) {
    codec.width = picture.size().width;
    codec.height = picture.size().height;
    codec.pix_fmt = AV_PIX_FMT_YUVJ420P;
    codec.time_base = {1, 25};
    codec.flags |= AV_CODEC_FLAG_QSCALE;
    codec.global_quality = FF_QP2LAMBDA * 3;
  }));
  GREENROOM_CHECK_OK(output.write_header());
  GREENROOM_TRY(auto frame, detail::make_video_frame(output.encoder(stream)));
  Picture full = picture;  // JPEG is full range
  for (auto& value : full.planes[0].pixels) value = std::uint8_t(std::clamp((int(value) - 16) * 255 / 219, 0, 255));
  copy_picture(full, *frame);
  frame->pts = 0;
  frame->quality = FF_QP2LAMBDA * 3;
  GREENROOM_CHECK_OK(output.encode(stream, frame.get()));
  return output.finish();
}

}  // namespace greenroom::media

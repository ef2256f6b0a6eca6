#include "media/audio_source.hpp"

#include <cmath>
#include <fstream>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

#include "media/detail/av.hpp"
#include "wire/stem_block.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using Chunk = std::optional<AudioChunk>;

constexpr std::size_t read_size = 256 * 1024;
constexpr int decoded_rate = 48'000;       // containers are decoded to this rate
constexpr double pts_tolerance_s = 0.005;  // containers round their times to a millisecond
// A browser writes when it captured each packet, by its own clock and with its own haste: what is less late than this
// against the packets before is no hole, and the device's clock may run away from the browser's without ever making
// one.
constexpr double capture_tolerance_s = 0.1;
constexpr double capture_memory = 64;  // packets: some seconds
// RFC 7845 §5.1: the decoder's output lags by the encoder's look-ahead, 312 samples of libopus.
constexpr double opus_look_ahead_s = 312.0 / 48'000;

bool is_of_browser(std::string_view content_type) {
  return content_type.starts_with("audio/webm") || content_type.starts_with("audio/x-matroska");
}

class StemBlockSource final : public AudioSource {
 public:
  explicit StemBlockSource(std::ifstream file) : file_(std::move(file)), piece_(read_size) {}

  Result<Chunk> next() override {
    for (;;) {
      while (auto item = reader_.next()) {
        if (auto* block = std::get_if<wire::StemBlock>(&*item)) return chunk_of(*block);
        damaged_ += std::get<wire::StemFault>(*item).length;
      }
      if (!read_more()) return Chunk();
    }
  }
  std::uint64_t damaged_bytes() const override { return damaged_; }

 private:
  bool read_more() {
    file_.read(reinterpret_cast<char*>(piece_.data()), std::streamsize(piece_.size()));
    const auto got = std::size_t(file_.gcount());
    reader_.append(base::ByteView(piece_).first(got));
    return got > 0;
  }

  static AudioChunk chunk_of(const wire::StemBlock& block) {
    const auto& h = block.header;
    AudioChunk chunk{std::int64_t(h.first_frame), int(h.sample_rate), h.channels, {}, h.captured_at_ms};
    chunk.samples.resize(std::size_t(h.frames) * h.channels);
    wire::decode_s24(block.payload, chunk.samples);
    return chunk;
  }

  std::ifstream file_;
  base::Bytes piece_;
  wire::StemBlockReader reader_;
  std::uint64_t damaged_ = 0;
};

class LibavSource final : public AudioSource {
 public:
  static Result<std::unique_ptr<AudioSource>> open(const std::string& path, bool of_browser) {
    GREENROOM_TRY(auto input, detail::open_input(path));
    GREENROOM_TRY(auto decoder, detail::open_decoder(*input, AVMEDIA_TYPE_AUDIO));
    return std::unique_ptr<AudioSource>(new LibavSource(std::move(input), std::move(decoder), of_browser));
  }

  double delay_s() const override {
    const auto& codec = *input_->streams[decoder_.stream]->codecpar;
    const bool says = codec.initial_padding > 0 || decoder_.codec->delay > 0;
    return codec.codec_id == AV_CODEC_ID_OPUS && !says ? opus_look_ahead_s : 0;
  }

  Result<Chunk> next() override {
    for (;;) {
      const int received = avcodec_receive_frame(decoder_.codec.get(), frame_.get());
      if (received == 0) {
        GREENROOM_TRY(auto chunk, convert());
        if (!chunk.samples.empty()) return Chunk(std::move(chunk));
      } else if (received != AVERROR(EAGAIN) || !feed()) {
        return Chunk();
      }
    }
  }

 private:
  LibavSource(detail::InputPtr input, detail::OpenDecoder decoder, bool of_browser)
      : input_(std::move(input)),
        of_browser_(of_browser),
        decoder_(std::move(decoder)),
        frame_(detail::make_frame()),
        packet_(detail::make_packet()) {}

  // One packet into the decoder, or the end of the file: a read error there is a file cut short, which is its end. A
  // packet the decoder refuses is a hole.
  bool feed() {
    if (ended_) return false;
    while (av_read_frame(input_.get(), packet_.get()) >= 0) {
      const bool ours = packet_->stream_index == decoder_.stream;
      if (ours) avcodec_send_packet(decoder_.codec.get(), packet_.get());
      av_packet_unref(packet_.get());
      if (ours) return true;
    }
    ended_ = true;
    return avcodec_send_packet(decoder_.codec.get(), nullptr) >= 0;
  }

  Result<AudioChunk> convert() {
    GREENROOM_CHECK_OK(prepare_converter());
    AudioChunk chunk{position(), decoded_rate, channels_, {}, {}, stated_s()};
    const int capacity = swr_get_out_samples(swr_.get(), frame_->nb_samples);
    chunk.samples.resize(std::size_t(std::max(capacity, 0)) * std::size_t(channels_));
    auto* out = reinterpret_cast<std::uint8_t*>(chunk.samples.data());
    const int made = swr_convert(swr_.get(), &out, capacity, const_cast<const std::uint8_t**>(frame_->extended_data),
                                 frame_->nb_samples);
    GREENROOM_CHECK_OK(detail::av_check(made, "converting sound"));
    chunk.samples.resize(std::size_t(made) * std::size_t(channels_));
    next_frame_ = chunk.first_frame + made;
    return chunk;
  }

  base::Status prepare_converter() {
    if (swr_ && frame_->sample_rate == rate_ && frame_->ch_layout.nb_channels == in_channels_ &&
        frame_->format == format_)
      return {};
    rate_ = frame_->sample_rate, in_channels_ = frame_->ch_layout.nb_channels, format_ = frame_->format;
    if (channels_ == 0) channels_ = std::min(2, in_channels_);
    AVChannelLayout out;
    av_channel_layout_default(&out, channels_);
    SwrContext* raw = nullptr;
    const int code = swr_alloc_set_opts2(&raw, &out, AV_SAMPLE_FMT_FLT, decoded_rate, &frame_->ch_layout,
                                         AVSampleFormat(format_), rate_, 0, nullptr);
    swr_.reset(raw);
    GREENROOM_CHECK_OK(detail::av_check(code, "converting sound"));
    return detail::av_check(swr_init(swr_.get()), "converting sound");
  }

  // Samples are counted; the container's time moves the count only when it says that something is missing.
  std::int64_t position() {
    const auto seconds = stated_s();
    if (!seconds) return next_frame_;
    const double ahead = *seconds * decoded_rate - double(next_frame_) - ahead_;
    if (ahead > (of_browser_ ? capture_tolerance_s : pts_tolerance_s) * decoded_rate)
      return next_frame_ + std::int64_t(std::llround(ahead));
    if (of_browser_) ahead_ += ahead / capture_memory;
    return next_frame_;
  }

  std::optional<double> stated_s() const {
    const auto pts = frame_->best_effort_timestamp;
    if (pts == AV_NOPTS_VALUE) return std::nullopt;
    return double(pts) * av_q2d(input_->streams[decoder_.stream]->time_base);
  }

  detail::InputPtr input_;
  const bool of_browser_;
  detail::OpenDecoder decoder_;
  detail::FramePtr frame_;
  detail::PacketPtr packet_;
  detail::SwrPtr swr_;
  int rate_ = 0, in_channels_ = 0, format_ = -1, channels_ = 0;
  std::int64_t next_frame_ = 0;
  double ahead_ = 0;  // samples: how far the browser's clock has come against the device's
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<AudioSource>> AudioSource::open(const std::filesystem::path& file,
                                                       std::string_view content_type) {
  if (content_type != wire::stem_block_content_type)
    return LibavSource::open(file.string(), is_of_browser(content_type));
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return base::fail(file_io, "A stem's file cannot be opened.", file.string());
  return std::unique_ptr<AudioSource>(new StemBlockSource(std::move(stream)));
}

}  // namespace greenroom::media

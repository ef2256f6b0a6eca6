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
  static Result<std::unique_ptr<AudioSource>> open(const std::string& path) {
    GREENROOM_TRY(auto input, detail::open_input(path));
    GREENROOM_TRY(auto decoder, detail::open_decoder(*input, AVMEDIA_TYPE_AUDIO));
    return std::unique_ptr<AudioSource>(new LibavSource(std::move(input), std::move(decoder)));
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
  LibavSource(detail::InputPtr input, detail::OpenDecoder decoder)
      : input_(std::move(input)),
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
    AudioChunk chunk{position(), decoded_rate, channels_, {}, {}};
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
  std::int64_t position() const {
    const auto pts = frame_->best_effort_timestamp;
    if (pts == AV_NOPTS_VALUE) return next_frame_;
    const double seconds = double(pts) * av_q2d(input_->streams[decoder_.stream]->time_base);
    const auto stated = std::int64_t(std::llround(seconds * decoded_rate));
    const bool jumps = std::abs(double(stated - next_frame_)) > pts_tolerance_s * decoded_rate;
    return jumps && stated > next_frame_ ? stated : next_frame_;
  }

  detail::InputPtr input_;
  detail::OpenDecoder decoder_;
  detail::FramePtr frame_;
  detail::PacketPtr packet_;
  detail::SwrPtr swr_;
  int rate_ = 0, in_channels_ = 0, format_ = -1, channels_ = 0;
  std::int64_t next_frame_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<AudioSource>> AudioSource::open(const std::filesystem::path& file,
                                                       std::string_view content_type) {
  if (content_type != wire::stem_block_content_type) return LibavSource::open(file.string());
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return base::fail(file_io, "A stem's file cannot be opened.", file.string());
  return std::unique_ptr<AudioSource>(new StemBlockSource(std::move(stream)));
}

}  // namespace greenroom::media

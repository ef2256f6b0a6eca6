#include "media/detail/output.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace greenroom::media::detail {

using base::Result;
using base::Status;

Result<Output> Output::create(const std::filesystem::path& file, const char* format) {
  quiet();
  AVFormatContext* raw = nullptr;
  GREENROOM_CHECK_OK(av_check(avformat_alloc_output_context2(&raw, nullptr, format, file.c_str()), "output format"));
  Output output{OutputPtr(raw)};
  if (!(raw->oformat->flags & AVFMT_NOFILE))
    GREENROOM_CHECK_OK(av_check(avio_open(&raw->pb, file.c_str(), AVIO_FLAG_WRITE), file.string(), file_io));
  raw->flags |= AVFMT_FLAG_BITEXACT;  // no version of the writer inside: the same plan gives the same bytes
  return output;
}

Result<CodecPtr> Output::prepare(const char* name) {
  const AVCodec* codec = avcodec_find_encoder_by_name(name);
  if (!codec) return base::fail(codec_failed, fmt::format("This build of FFmpeg has no encoder {}.", name));
  CodecPtr context(avcodec_alloc_context3(codec));
  if (!context) return base::fail(codec_failed, "out of memory");
  return context;
}

Result<int> Output::open(CodecPtr codec, AVDictionary** options) {
  if (format_->oformat->flags & AVFMT_GLOBALHEADER) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  GREENROOM_CHECK_OK(
      av_check(avcodec_open2(codec.get(), codec->codec, options), fmt::format("opening {}", codec->codec->name)));
  AVStream* stream = avformat_new_stream(format_.get(), nullptr);
  if (!stream) return base::fail(codec_failed, "out of memory");
  GREENROOM_CHECK_OK(av_check(avcodec_parameters_from_context(stream->codecpar, codec.get()), "stream"));
  stream->time_base = codec->time_base;
  stream->avg_frame_rate = codec->framerate;
  encoders_.push_back(std::move(codec));
  return stream->index;
}

Status Output::encode(int stream, AVFrame* frame) {
  GREENROOM_CHECK_OK(av_check(avcodec_send_frame(encoders_[std::size_t(stream)].get(), frame), "encoding"));
  return drain(stream);
}

Status Output::drain(int stream) {
  auto& codec = *encoders_[std::size_t(stream)];
  for (;;) {
    const int code = avcodec_receive_packet(&codec, packet_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
    GREENROOM_CHECK_OK(av_check(code, "encoding"));
    packet_->stream_index = stream;
    if (packet_->duration == 0 && codec.codec_type == AVMEDIA_TYPE_VIDEO) packet_->duration = 1;
    av_packet_rescale_ts(packet_.get(), codec.time_base, format_->streams[stream]->time_base);
    GREENROOM_CHECK_OK(av_check(av_interleaved_write_frame(format_.get(), packet_.get()), "writing", file_io));
  }
}

Status Output::write_header(AVDictionary** options) {
  return av_check(avformat_write_header(format_.get(), options), "writing", file_io);
}

Status Output::finish() {
  for (std::size_t i = 0; i < encoders_.size(); ++i) GREENROOM_CHECK_OK(encode(int(i), nullptr));
  GREENROOM_CHECK_OK(av_check(av_write_trailer(format_.get()), "writing", file_io));
  if (format_->pb) {
    GREENROOM_CHECK_OK(av_check(format_->pb->error, "writing", file_io));
    GREENROOM_CHECK_OK(av_check(avio_closep(&format_->pb), "writing", file_io));
  }
  return {};
}

Result<FramePtr> make_audio_frame(const AVCodecContext& encoder, int samples) {
  auto frame = make_frame();
  frame->format = encoder.sample_fmt;
  frame->sample_rate = encoder.sample_rate;
  frame->nb_samples = samples;
  GREENROOM_CHECK_OK(av_check(av_channel_layout_copy(&frame->ch_layout, &encoder.ch_layout), "sound"));
  GREENROOM_CHECK_OK(av_check(av_frame_get_buffer(frame.get(), 0), "sound"));
  return frame;
}

Result<FramePtr> make_video_frame(const AVCodecContext& encoder) {
  auto frame = make_frame();
  frame->format = encoder.pix_fmt;
  frame->width = encoder.width;
  frame->height = encoder.height;
  GREENROOM_CHECK_OK(av_check(av_frame_get_buffer(frame.get(), 0), "picture"));
  return frame;
}

}  // namespace greenroom::media::detail

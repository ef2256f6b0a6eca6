#include "media/detail/av.hpp"

#include <mutex>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include "base/assert.hpp"

namespace greenroom::media::detail {

void AvDelete::operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
void AvDelete::operator()(AVFilterGraph* p) const { avfilter_graph_free(&p); }
void AvDelete::operator()(AVFrame* p) const { av_frame_free(&p); }
void AvDelete::operator()(AVPacket* p) const { av_packet_free(&p); }
void AvDelete::operator()(SwrContext* p) const { swr_free(&p); }
void AvDelete::operator()(SwsContext* p) const { sws_freeContext(p); }
void InputDelete::operator()(AVFormatContext* p) const { avformat_close_input(&p); }
void OutputDelete::operator()(AVFormatContext* p) const {
  if (p->pb && !(p->oformat->flags & AVFMT_NOFILE)) avio_closep(&p->pb);
  avformat_free_context(p);
}

FramePtr make_frame() {
  FramePtr frame(av_frame_alloc());
  GREENROOM_ASSERT(frame != nullptr);
  return frame;
}

PacketPtr make_packet() {
  PacketPtr packet(av_packet_alloc());
  GREENROOM_ASSERT(packet != nullptr);
  return packet;
}

std::string av_message(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

base::Status av_check(int code, std::string_view doing, base::ErrorCode as) {
  if (code >= 0) return {};
  return base::fail(as, fmt::format("{}: {}", doing, av_message(code)));
}

void quiet() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

base::Result<InputPtr> open_input(const std::string& path) {
  quiet();
  AVFormatContext* raw = nullptr;
  // Only the file itself: a playlist or a URL inside an upload must not make us open anything else.
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  av_dict_set(&options, "format_whitelist", "matroska,webm,mov,mp4,ogg,wav,flac,mp3,aac,mjpeg,ivf", 0);
  const int opened = avformat_open_input(&raw, path.c_str(), nullptr, &options);
  av_dict_free(&options);
  if (opened < 0)
    return base::fail(not_media,
                      "The file is not a recording that we can read (it is no WebM, Matroska, MP4, Ogg, WAV or FLAC).",
                      path + ": " + av_message(opened));
  InputPtr input(raw);
  if (const int found = avformat_find_stream_info(raw, nullptr); found < 0)
    return base::fail(not_media, "The file holds no media that we can read.", path + ": " + av_message(found));
  return input;
}

base::Result<OpenDecoder> open_decoder(AVFormatContext& input, int media_type) {
  const AVCodec* codec = nullptr;
  const int index = av_find_best_stream(&input, AVMediaType(media_type), -1, -1, &codec, 0);
  if (index < 0 || codec == nullptr)
    return base::fail(no_such_stream,
                      media_type == AVMEDIA_TYPE_VIDEO ? "The file has no picture that we can decode."
                                                       : "The file has no sound that we can decode.",
                      input.url ? input.url : "");
  OpenDecoder out{CodecPtr(avcodec_alloc_context3(codec)), index};
  GREENROOM_CHECK_OK(
      av_check(avcodec_parameters_to_context(out.codec.get(), input.streams[index]->codecpar), "decoder"));
  out.codec->pkt_timebase = input.streams[index]->time_base;
  out.codec->thread_count = 1;  // several files are decoded side by side; frames of one are small
  GREENROOM_CHECK_OK(av_check(avcodec_open2(out.codec.get(), codec, nullptr), "decoder"));
  return out;
}

}  // namespace greenroom::media::detail

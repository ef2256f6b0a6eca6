// The wall around libav: owning pointers to its objects by their names alone, so that its headers stay in .cpp files,
// and its error codes as ours.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "media/error.hpp"

struct AVCodecContext;
struct AVFilterGraph;
struct AVFormatContext;
struct AVFrame;
struct AVPacket;
struct AVStream;
struct SwrContext;
struct SwsContext;

namespace greenroom::media::detail {

struct AvDelete {
  void operator()(AVCodecContext* p) const;
  void operator()(AVFilterGraph* p) const;
  void operator()(AVFrame* p) const;
  void operator()(AVPacket* p) const;
  void operator()(SwrContext* p) const;
  void operator()(SwsContext* p) const;
};
struct InputDelete {
  void operator()(AVFormatContext* p) const;
};
struct OutputDelete {
  void operator()(AVFormatContext* p) const;
};

using CodecPtr = std::unique_ptr<AVCodecContext, AvDelete>;
using FilterGraphPtr = std::unique_ptr<AVFilterGraph, AvDelete>;
using FramePtr = std::unique_ptr<AVFrame, AvDelete>;
using PacketPtr = std::unique_ptr<AVPacket, AvDelete>;
using SwrPtr = std::unique_ptr<SwrContext, AvDelete>;
using SwsPtr = std::unique_ptr<SwsContext, AvDelete>;
using InputPtr = std::unique_ptr<AVFormatContext, InputDelete>;
using OutputPtr = std::unique_ptr<AVFormatContext, OutputDelete>;

FramePtr make_frame();
PacketPtr make_packet();

// libav speaks to stderr by default; what matters comes back as return values.
void quiet();

// libav's own words for a negative return value.
std::string av_message(int code);
// Ok for zero and above.
base::Status av_check(int code, std::string_view doing, base::ErrorCode as = codec_failed);

// Opens a media file and finds its streams; the error names what is wrong with the file in a person's words.
base::Result<InputPtr> open_input(const std::string& path);
// A decoder for the best stream of a kind (AVMediaType); answers its index beside it.
struct OpenDecoder {
  CodecPtr codec;
  int stream = -1;
};
base::Result<OpenDecoder> open_decoder(AVFormatContext& input, int media_type);

}  // namespace greenroom::media::detail

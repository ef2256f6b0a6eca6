// A file being written by libav: streams with their encoders, packets interleaved by time. finish() writes the index;
// without it the file is not a result.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "media/detail/av.hpp"

struct AVCodec;
struct AVDictionary;

namespace greenroom::media::detail {

class Output {
 public:
  // `format` is libav's name of the container.
  static base::Result<Output> create(const std::filesystem::path& file, const char* format);
  // Opens the encoder with `configure(context)` done before, and makes a stream for it; answers its index.
  template <class F>
  base::Result<int> add_encoder(const char* name, F&& configure, AVDictionary** options = nullptr) {
    GREENROOM_TRY(auto codec, prepare(name));
    configure(*codec);
    return open(std::move(codec), options);
  }
  // Null flushes the encoder.
  base::Status encode(int stream, AVFrame* frame);
  base::Status write_header(AVDictionary** options = nullptr);
  base::Status finish();
  AVCodecContext& encoder(int stream) { return *encoders_[std::size_t(stream)]; }
  AVFormatContext& format() { return *format_; }

 private:
  explicit Output(OutputPtr format) : format_(std::move(format)), packet_(make_packet()) {}
  static base::Result<CodecPtr> prepare(const char* name);
  base::Result<int> open(CodecPtr codec, AVDictionary** options);
  base::Status drain(int stream);
  OutputPtr format_;
  PacketPtr packet_;
  std::vector<CodecPtr> encoders_;
};

// A frame with buffers for samples or a picture, as the encoder wants them.
base::Result<FramePtr> make_audio_frame(const AVCodecContext& encoder, int samples);
base::Result<FramePtr> make_video_frame(const AVCodecContext& encoder);

}  // namespace greenroom::media::detail

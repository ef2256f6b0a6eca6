#include "media/video_source.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

#include "media/detail/av.hpp"

namespace greenroom::media {

using base::Result;

struct VideoSource::State {
  detail::InputPtr input;
  detail::OpenDecoder decoder;
  detail::FramePtr ahead = detail::make_frame();
  detail::FramePtr frame = detail::make_frame();  // the current one
  detail::PacketPtr packet = detail::make_packet();
  detail::SwsPtr scaler;
  bool ended = false;

  double seconds(std::int64_t pts) const { return double(pts) * av_q2d(input->streams[decoder.stream]->time_base); }

  bool feed() {
    if (ended) return false;
    while (av_read_frame(input.get(), packet.get()) >= 0) {
      const bool ours = packet->stream_index == decoder.stream;
      if (ours) avcodec_send_packet(decoder.codec.get(), packet.get());
      av_packet_unref(packet.get());
      if (ours) return true;
    }
    ended = true;
    return avcodec_send_packet(decoder.codec.get(), nullptr) >= 0;
  }

  bool is_bt709() const { return frame->colorspace == AVCOL_SPC_BT709; }

  // Reads `from` of the current frame, writes planes of size `to`.
  base::Status scale(Rect from, Picture& out) {
    const auto format = AVPixelFormat(frame->format);
    scaler.reset(sws_getCachedContext(scaler.release(), from.width, from.height, format, out.size().width,
                                      out.size().height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, nullptr, nullptr, nullptr));
    if (!scaler) return base::fail(codec_failed, "A picture has a format that we cannot scale.");
    std::uint8_t* source[4] = {};
    for (int p = 0; p < 4 && frame->data[p]; ++p) source[p] = frame->data[p] + offset_of(from, p);
    std::uint8_t* planes[4] = {out.planes[0].row(0), out.planes[1].row(0), out.planes[2].row(0), nullptr};
    const int strides[4] = {out.planes[0].width, out.planes[1].width, out.planes[2].width, 0};
    return detail::av_check(sws_scale(scaler.get(), source, frame->linesize, 0, from.height, planes, strides),
                            "scaling");
  }

  // Crops are even, so that 4:2:0 chroma starts on a whole sample; other formats are shown whole.
  std::ptrdiff_t offset_of(Rect from, int plane) const {
    const int shift = plane == 0 ? 0 : 1;
    return std::ptrdiff_t(from.y >> shift) * frame->linesize[plane] + (from.x >> shift);
  }

  bool can_crop() const { return frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P; }
};

VideoSource::VideoSource(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoSource::~VideoSource() = default;

Result<std::unique_ptr<VideoSource>> VideoSource::open(const std::filesystem::path& file) {
  GREENROOM_TRY(auto input, detail::open_input(file.string()));
  GREENROOM_TRY(auto decoder, detail::open_decoder(*input, AVMEDIA_TYPE_VIDEO));
  auto state = std::make_unique<State>();
  state->input = std::move(input);
  state->decoder = std::move(decoder);
  return std::unique_ptr<VideoSource>(new VideoSource(std::move(state)));
}

Result<std::optional<double>> VideoSource::next() {
  auto& s = *state_;
  for (;;) {
    const int received = avcodec_receive_frame(s.decoder.codec.get(), s.ahead.get());
    if (received == 0 && s.ahead->width > 1 && s.ahead->height > 1) return s.seconds(s.ahead->best_effort_timestamp);
    if (received == 0) continue;
    if (received == AVERROR_EOF || !s.feed()) return std::optional<double>();
  }
}

void VideoSource::take() {
  av_frame_unref(state_->frame.get());
  av_frame_move_ref(state_->frame.get(), state_->ahead.get());
}

Size VideoSource::size() const { return {state_->frame->width, state_->frame->height}; }

Result<Picture> VideoSource::render(Size tile, Fit fit, Colour background) {
  const auto where = place(size(), {0, 0, tile.width, tile.height}, state_->can_crop() ? fit : Fit::contain);
  Picture inside = make_picture({where.to.width, where.to.height}, background);
  GREENROOM_CHECK_OK(state_->scale(where.from, inside));
  if (!state_->is_bt709()) convert_601_to_709(inside);
  if (inside.size() == tile) return inside;
  Picture out = make_picture(tile, background);
  paste(inside, out, where.to.x, where.to.y);
  return out;
}

Plane VideoSource::luma() const {
  const auto& frame = *state_->frame;
  Plane plane{{}, frame.width, frame.height};
  plane.pixels.resize(std::size_t(frame.width) * std::size_t(frame.height));
  for (int y = 0; y < frame.height; ++y)
    std::memcpy(plane.row(y), frame.data[0] + std::ptrdiff_t(y) * frame.linesize[0], std::size_t(frame.width));
  return plane;
}

}  // namespace greenroom::media

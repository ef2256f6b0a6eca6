#include "media/matroska.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <cmath>

#include "base/text.hpp"
#include "media/detail/av.hpp"
#include "media/error.hpp"
#include "wire/av1.hpp"

namespace greenroom::media {
namespace {

using base::Result;
using base::Status;

AVCodecID codec_id(std::string_view mime_type) {
  const auto type = base::lower(mime_type);
  if (type == "audio/opus") return AV_CODEC_ID_OPUS;
  if (type == "video/vp8") return AV_CODEC_ID_VP8;
  if (type == "video/vp9") return AV_CODEC_ID_VP9;
  if (type == "video/h264") return AV_CODEC_ID_H264;
  if (type == "video/av1") return AV_CODEC_ID_AV1;
  return AV_CODEC_ID_NONE;
}

// RFC 7845 §5.1, with no pre-skip: a backup starts in the middle of a stream, nothing is to be thrown away.
base::Bytes opus_head(int channels, int sample_rate) {
  base::Bytes head{'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, std::uint8_t(channels), 0, 0};
  for (int shift = 0; shift < 32; shift += 8) head.push_back(std::uint8_t(std::uint32_t(sample_rate) >> shift));
  head.insert(head.end(), {0, 0, 0});  // gain, mapping family
  return head;
}

// The parameter sets at the head of an Annex B access unit: the container wants them before the first picture.
base::Bytes parameter_sets(base::ByteView unit) {
  base::Bytes out;
  constexpr std::array<std::uint8_t, 4> code{0, 0, 0, 1};
  auto at = std::search(unit.begin(), unit.end(), code.begin(), code.end());
  while (at != unit.end()) {
    const auto next = std::search(at + 4, unit.end(), code.begin(), code.end());
    const int type = at + 4 < unit.end() ? at[4] & 0x1F : 0;
    if (type == 7 || type == 8) out.insert(out.end(), at, next);
    at = next;
  }
  return out;
}

// Likewise of AV1, whose sequence header is the first OBU of a key frame (AV1 in Matroska, CodecPrivate).
base::Bytes sequence_header(base::ByteView unit) {
  base::ByteReader in(unit);
  const auto head = in.u8();
  if (head & 0x04) in.u8();
  const auto size = head & 0x02 ? wire::read_leb128(in) : std::nullopt;
  if (!in.ok() || (head >> 3 & 0xF) != wire::obu_sequence_header || !size || *size > in.left()) return {};
  in.take(std::size_t(*size));
  return {unit.begin(), unit.end() - std::ptrdiff_t(in.left())};
}

Size size_of(AVCodecID codec, base::ByteView frame) {
  Size size;
  const detail::CodecPtr context(avcodec_alloc_context3(avcodec_find_decoder(codec)));
  AVCodecParserContext* parser = av_parser_init(codec);
  if (!context || !parser) return size;
  parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  std::uint8_t* out = nullptr;
  int out_size = 0;
  base::Bytes padded(frame.begin(), frame.end());
  padded.resize(frame.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  av_parser_parse2(parser, context.get(), &out, &out_size, padded.data(), int(frame.size()), 0, 0, 0);
  size = {parser->width, parser->height};
  av_parser_close(parser);
  return size;
}

}  // namespace

struct MatroskaWriter::State {
  detail::OutputPtr output;
  detail::PacketPtr packet = detail::make_packet();
  AVStream* stream = nullptr;
  bool started = false;

  Status set_extradata(const base::Bytes& bytes) {
    auto& codec = *stream->codecpar;
    codec.extradata = static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (!codec.extradata) return base::fail(codec_failed, "out of memory");
    std::copy(bytes.begin(), bytes.end(), codec.extradata);
    codec.extradata_size = int(bytes.size());
    return {};
  }

  // The header waits for the first frame, which alone may know the picture's size and parameters.
  Status start(base::ByteView frame) {
    auto& codec = *stream->codecpar;
    if (codec.codec_type == AVMEDIA_TYPE_VIDEO && codec.width == 0) {
      const auto size = size_of(codec.codec_id, frame);
      codec.width = std::max(size.width, 2), codec.height = std::max(size.height, 2);
    }
    if (codec.codec_id == AV_CODEC_ID_H264) GREENROOM_CHECK_OK(set_extradata(parameter_sets(frame)));
    if (codec.codec_id == AV_CODEC_ID_AV1) GREENROOM_CHECK_OK(set_extradata(sequence_header(frame)));
    started = true;
    return detail::av_check(avformat_write_header(output.get(), nullptr), "writing a backup track", file_io);
  }
};

MatroskaWriter::MatroskaWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
MatroskaWriter::MatroskaWriter(MatroskaWriter&&) noexcept = default;
MatroskaWriter& MatroskaWriter::operator=(MatroskaWriter&&) noexcept = default;
MatroskaWriter::~MatroskaWriter() = default;

Result<MatroskaWriter> MatroskaWriter::open(const std::filesystem::path& file, const MatroskaTrack& track) {
  detail::quiet();
  const auto id = codec_id(track.mime_type);
  if (id == AV_CODEC_ID_NONE)
    return base::fail(no_such_stream, "Tracks of this codec cannot be written: " + track.mime_type);
  auto state = std::make_unique<State>();
  AVFormatContext* raw = nullptr;
  GREENROOM_CHECK_OK(
      detail::av_check(avformat_alloc_output_context2(&raw, nullptr, "matroska", file.c_str()), "matroska"));
  state->output.reset(raw);
  GREENROOM_CHECK_OK(detail::av_check(avio_open(&raw->pb, file.c_str(), AVIO_FLAG_WRITE), file.string(), file_io));
  state->stream = avformat_new_stream(raw, nullptr);
  if (!state->stream) return base::fail(codec_failed, "out of memory");
  auto& codec = *state->stream->codecpar;
  codec.codec_id = id;
  codec.codec_type = id == AV_CODEC_ID_OPUS ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO;
  codec.width = track.size.width, codec.height = track.size.height;
  if (id == AV_CODEC_ID_OPUS) {
    const int channels = std::clamp(track.channels, 1, 2);
    codec.sample_rate = track.sample_rate;
    av_channel_layout_default(&codec.ch_layout, channels);
    GREENROOM_CHECK_OK(state->set_extradata(opus_head(channels, track.sample_rate)));
  }
  return MatroskaWriter(std::move(state));
}

Status MatroskaWriter::write(base::ByteView frame, double time_s, double duration_s, bool key) {
  if (!state_->started) GREENROOM_CHECK_OK(state_->start(frame));
  auto& packet = *state_->packet;
  GREENROOM_CHECK_OK(detail::av_check(av_new_packet(&packet, int(frame.size())), "writing a backup track"));
  std::copy(frame.begin(), frame.end(), packet.data);
  const double ticks = 1 / av_q2d(state_->stream->time_base);
  packet.pts = packet.dts = std::llround(time_s * ticks);
  packet.duration = std::llround(duration_s * ticks);
  packet.stream_index = 0;
  if (key) packet.flags |= AV_PKT_FLAG_KEY;
  const int written = av_write_frame(state_->output.get(), &packet);
  av_packet_unref(&packet);
  return detail::av_check(written, "writing a backup track", file_io);
}

Status MatroskaWriter::finish() {
  if (!state_->started) return base::fail(not_media, "There was nothing to write.");
  GREENROOM_CHECK_OK(detail::av_check(av_write_trailer(state_->output.get()), "writing a backup track", file_io));
  return detail::av_check(avio_closep(&state_->output->pb), "writing a backup track", file_io);
}

}  // namespace greenroom::media

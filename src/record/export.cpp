#include "record/export.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob/encrypted_file.hpp"
#include "media/matroska.hpp"
#include "record/depacketize.hpp"
#include "record/timeline.hpp"
#include "wire/vp8.hpp"

namespace greenroom::record {
namespace {

using base::Result;
using base::Status;

constexpr double quiet_s_min = 0.0025;  // the shortest packet of Opus

// The log's bytes, mapped: hours of video need not fit in memory.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& file) {
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info {};
    if (handle < 0 || ::fstat(handle, &info) != 0 || info.st_size == 0) {
      if (handle >= 0) ::close(handle);
      return base::fail(log_io, "A backup track's log cannot be read.", file.string());
    }
    void* data = ::mmap(nullptr, std::size_t(info.st_size), PROT_READ, MAP_PRIVATE, handle, 0);
    ::close(handle);
    if (data == MAP_FAILED) return base::fail(log_io, "A backup track's log cannot be read.", file.string());
    return MappedFile({static_cast<const std::uint8_t*>(data), std::size_t(info.st_size)});
  }
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
  }
  base::ByteView bytes() const { return bytes_; }

 private:
  explicit MappedFile(base::ByteView bytes) : bytes_(bytes) {}
  base::ByteView bytes_;
};

media::Size first_size(TrackCodec codec, const std::vector<TimedPacket>& packets) {
  if (codec == TrackCodec::vp8)
    for (const auto& packet : packets)
      if (const auto size = wire::vp8_frame_size(packet.payload)) return {size->width, size->height};
  return {};
}

std::vector<Quiet> quiet_in(const TrackPackets& track) {
  std::vector<Quiet> out;
  const double rate = track.header.clock_rate;
  for (std::size_t i = 1; i < track.packets.size(); ++i) {
    const auto& before = track.packets[i - 1];
    const auto& after = track.packets[i];
    const auto ended = before.ticks + opus_duration(before.payload);
    if (after.sequence != before.sequence + 1 || double(after.ticks - ended) < quiet_s_min * rate) continue;
    const Quiet quiet{double(ended) / rate, double(after.ticks) / rate};
    out.push_back({quiet.start_s, quiet.end_s, quiet.end_s - quiet.start_s > dtx_s_max});
  }
  return out;
}

Status write_frames(TrackCodec codec, const TrackPackets& track, const std::filesystem::path& file, Exported& out) {
  const double rate = track.header.clock_rate;
  GREENROOM_TRY(auto writer,
                media::MatroskaWriter::open(file, {track.header.mime_type, int(track.header.clock_rate),
                                                   track.header.channels, first_size(codec, track.packets)}));
  Status status;
  depacketize(codec, track.packets, [&](const Frame& frame) {
    if (!status) return;
    status = writer.write(frame.data, double(frame.ticks) / rate, double(frame.duration) / rate, frame.key);
    ++out.frames;
    out.duration_s = double(frame.ticks + frame.duration) / rate;
  });
  GREENROOM_CHECK_OK(status);
  if (out.frames == 0) return base::fail(unusable_track, "A backup track holds nothing that can be played.");
  return writer.finish();
}

}  // namespace

Result<TrackHeader> read_header(const std::filesystem::path& log, const crypto::StorageKeys& keys) {
  GREENROOM_TRY(const auto content, blob::open_content(log, keys));
  base::Bytes start(log_record_size_max);
  GREENROOM_TRY(const auto got, content->read(0, start));
  LogReader reader(base::ByteView(start).first(got));
  const auto first = reader.next();
  if (const auto* header = first ? std::get_if<TrackHeader>(&*first) : nullptr) return *header;
  return base::fail(not_a_log, "A backup track's log is not readable.", log.string());
}

Result<LogCheck> check_log(const std::filesystem::path& log, const crypto::StorageKeys& keys) {
  GREENROOM_TRY(const auto content, blob::ContentFile::open(log, keys));
  GREENROOM_TRY(const auto file, MappedFile::open(content.path()));
  LogReader reader(file.bytes());
  if (!reader.valid()) return base::fail(not_a_log, "A backup track's log is not readable.", log.string());
  LogCheck out;
  while (const auto record = reader.next()) {
    out.packets += std::holds_alternative<LoggedPacket>(*record);
    out.ended = std::holds_alternative<LoggedEnd>(*record);
  }
  out.valid_bytes = reader.valid_bytes();
  return out;
}

Result<Exported> export_log(const std::filesystem::path& log, const std::filesystem::path& matroska,
                            const crypto::StorageKeys& keys) {
  GREENROOM_TRY(const auto content, blob::ContentFile::open(log, keys, matroska.parent_path()));
  GREENROOM_TRY(const auto file, MappedFile::open(content.path()));
  GREENROOM_TRY(const auto track, read_track(file.bytes()));
  const auto codec = codec_of(track.header.mime_type);
  if (!codec || track.packets.empty() || track.header.clock_rate == 0)
    return base::fail(unusable_track, "A backup track holds nothing that can be played.", log.string());
  const auto timeline = find_timeline(track);
  Exported out{track.header, timeline.started_at_ms, timeline.anchors, {}, track.packets.size(), track.duplicates, 0, 0,
               !track.ended};
  const double rate = track.header.clock_rate;
  for (const auto& gap : missing_packets(track.packets))
    out.gaps.push_back({double(gap.from_ticks) / rate, double(gap.to_ticks) / rate, gap.packets});
  if (codec == TrackCodec::opus) out.quiets = quiet_in(track);
  GREENROOM_CHECK_OK(write_frames(*codec, track, matroska, out));
  return out;
}

}  // namespace greenroom::record

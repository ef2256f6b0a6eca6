#include "work/verify.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "blob/encrypted_file.hpp"
#include "media/audio_source.hpp"
#include "record/export.hpp"
#include "wire/stem_block.hpp"
#include "work/file_facts.hpp"
#include "work/manifest.hpp"

namespace greenroom::work {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t damages_named_max = 20;  // of one file
constexpr float silent = 1e-6f;                // below the smallest step of 24 bits

double seconds(std::int64_t units, std::int64_t rate) { return double(units) / double(rate); }

// Why a file cannot be opened, as a sentence about it.
std::string refusal(const base::Error& error) {
  if (error.code == blob::error_missing) return "is missing";
  if (error.code == crypto::no_storage_key) return "is encrypted under a key that is not given (--storage-key-file)";
  return error.code == crypto::bad_envelope ? "cannot be decrypted: its beginning is damaged" : "cannot be read";
}

base::Result<std::string> text_of(const fs::path& file, const crypto::StorageKeys& keys) {
  const auto content = blob::open_content(file, keys);
  if (!content) return base::fail(bad_manifest, refusal(content.error()));
  const auto size = (*content)->size().value;
  if (size > manifest_bytes_max) return base::fail(bad_manifest, "is too long to be a document of a take");
  std::string text(std::size_t(size), '\0');
  GREENROOM_CHECK_OK((*content)->read(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
  return text;
}

// The blocks of a recording of PCM: how many hold, and where the others are.
struct BlockWalk {
  std::uint64_t blocks = 0;
  std::uint64_t damaged_bytes = 0;
  std::vector<std::string> damages;
};

class BlockWalker {
 public:
  // Of the recording's first `length` bytes.
  static base::Result<BlockWalk> run(const blob::Reader& recording, std::uint64_t length) {
    BlockWalker walker;
    base::Bytes piece(256 * 1024);
    for (std::uint64_t at = 0; at < length;) {
      const auto wanted = std::size_t(std::min<std::uint64_t>(piece.size(), length - at));
      GREENROOM_TRY(const auto got, recording.read(at, base::ByteSpan(piece).first(wanted)));
      if (got == 0) break;
      at += got;
      walker.reader_.append(base::ByteView(piece).first(got));
      while (const auto item = walker.reader_.next()) walker.take(*item);
    }
    walker.close();
    return std::move(walker.walk_);
  }

 private:
  void take(const wire::StemItem& item) {
    if (const auto* fault = std::get_if<wire::StemFault>(&item)) {
      if (!fault_) fault_ = *fault;
      fault_->length = fault->offset + fault->length - fault_->offset;
      walk_.damaged_bytes += fault->length;
      return;
    }
    const auto& header = std::get<wire::StemBlock>(item).header;
    close(double(header.first_frame) / header.sample_rate);
    ++walk_.blocks;
    sound_end_s_ = double(header.first_frame + header.frames) / header.sample_rate;
  }

  // Faults that follow one another are one damage.
  void close(std::optional<double> sound_begins_s = {}) {
    if (!fault_) return;
    const std::string where = sound_begins_s
                                  ? fmt::format("between {:.3f} s and {:.3f} s of it", sound_end_s_, *sound_begins_s)
                                  : fmt::format("after {:.3f} s of it", sound_end_s_);
    if (walk_.damages.size() < damages_named_max)
      walk_.damages.push_back(fmt::format("{} bytes from byte {} on are no whole block: sound is damaged {}",
                                          fault_->length, fault_->offset, where));
    fault_.reset();
  }

  wire::StemBlockReader reader_;
  std::optional<wire::StemFault> fault_;
  double sound_end_s_ = 0;
  BlockWalk walk_;
};

// Where the manifest says that nothing is there, nothing may sound.
class SilenceCheck {
 public:
  explicit SilenceCheck(const StemManifest& manifest) : manifest_(manifest), gap_(manifest.gaps.begin()) {}

  void take(const media::AudioChunk& chunk) {
    for (std::int64_t i = 0; i < chunk.frames() && gap_ != manifest_.gaps.end(); ++i) {
      const auto at = chunk.first_frame + i;
      while (gap_ != manifest_.gaps.end() && gap_->end <= at) ++gap_;
      if (gap_ == manifest_.gaps.end() || at < gap_->first) continue;
      for (int c = 0; c < chunk.channels; ++c)
        if (std::abs(chunk.samples[std::size_t(i * chunk.channels + c)]) > silent && !sounds_) sounds_ = at;
    }
  }
  std::optional<std::int64_t> sounds_at() const { return sounds_; }

 private:
  const StemManifest& manifest_;
  std::vector<ManifestGap>::const_iterator gap_;
  std::optional<std::int64_t> sounds_;
};

class Verifier {
 public:
  Verifier(const fs::path& folder, const crypto::StorageKeys& keys) : folder_(folder), keys_(keys) {}

  Verdict run() {
    if (read_take()) {
      for (const auto& file : take_.files) check_file(file);
      for (const auto& file : take_.files)
        if (file.kind == "manifest") check_manifest(file.path);
      for (const auto& file : take_.files) check_spoken_of(file);
    }
    out_.good = std::all_of(out_.lines.begin(), out_.lines.end(), [](const auto& line) { return line.good; });
    return std::move(out_);
  }

 private:
  void good(const std::string& file, std::string what) { out_.lines.push_back({true, file, std::move(what)}); }
  void bad(const std::string& file, std::string what) { out_.lines.push_back({false, file, std::move(what)}); }

  bool read_take() {
    const auto name = std::string(take_document_name);
    const auto text = text_of(folder_ / name, keys_);
    auto take = text ? read_take_document(*text) : tl::unexpected(text.error());
    if (!take) {
      bad(name, take.error().what);
      return false;
    }
    take_ = std::move(*take);
    out_.take_id = take_.take_id, out_.title = take_.title;
    for (const auto& file : take_.files)
      if (!by_path_.emplace(file.path, &file).second) bad(name, "lists " + file.path + " twice");
    good(name, fmt::format("lists {} files", take_.files.size()));
    return true;
  }

  // ---- files

  void check_file(const TakeFileLine& line) {
    const auto content = blob::open_content(folder_ / line.path, keys_);
    if (!content) {
      missing_.insert(line.path);
      const bool gone = content.error().code == blob::error_missing && !line.location.empty();
      return bad(line.path, refusal(content.error()) + (gone ? "; its bytes were " + line.location : ""));
    }
    const auto size = (*content)->size().value;
    const auto facts = facts_of_file(folder_ / line.path, keys_, line.bytes);
    if (!facts) return bad(line.path, "cannot be read");
    if (size < line.bytes) return bad(line.path, fmt::format("is cut off: {} of {} bytes are there", size, line.bytes));
    if (facts->sha256 != line.sha256) return bad(line.path, "has changed: its SHA-256 is not the one that is listed");
    if (size > line.bytes && !may_grow(line))
      return bad(line.path, fmt::format("has {} bytes more than it had", size - line.bytes));
    good(line.path, fmt::format("is whole: {} bytes, SHA-256 as listed", line.bytes));
  }

  // What a browser had not finished may have gone on since; what was used of it is the same.
  static bool may_grow(const TakeFileLine& line) { return line.kind == "local"; }

  // ---- manifests

  void check_manifest(const std::string& name) {
    if (missing_.contains(name)) return;
    const auto text = text_of(folder_ / name, keys_);
    const auto manifest = text ? read_manifest(*text) : tl::unexpected(text.error());
    if (!manifest) return bad(name, manifest.error().what);
    const auto before = out_.lines.size();
    for (const auto& sentence : contradictions(*manifest)) bad(name, sentence);
    if (manifest->take_id != take_.take_id) bad(name, "is of another take");
    check_length(name, *manifest);
    if (manifest->finished) check_finished(name, *manifest);
    for (const auto& recording : manifest->recordings) check_recording(name, recording);
    const bool fine = std::all_of(out_.lines.begin() + std::ptrdiff_t(before), out_.lines.end(),
                                  [](const auto& line) { return line.good; });
    if (fine) good(name, summary(*manifest));
  }

  void check_length(const std::string& name, const StemManifest& manifest) {
    double length_ms = take_.stopped_at_ms - take_.started_at_ms;
    for (const auto& pause : take_.pauses)
      length_ms -=
          std::max(0.0, std::min(pause.until_ms, take_.stopped_at_ms) - std::max(pause.from_ms, take_.started_at_ms));
    const double units = length_ms * double(manifest.rate) / 1000;
    if (std::abs(units - double(manifest.expected)) > 1)
      bad(name, fmt::format("is {:.3f} s long, and the take is {:.3f} s", seconds(manifest.expected, manifest.rate),
                            length_ms / 1000));
  }

  void check_finished(const std::string& name, const StemManifest& manifest) {
    const auto& finished = *manifest.finished;
    if (!agrees(name, finished.file, finished.bytes, finished.sha256) || missing_.contains(finished.file)) return;
    const auto content = blob::ContentFile::open(folder_ / finished.file, keys_);
    if (!content) return bad(finished.file, refusal(content.error()));
    auto source = media::AudioSource::open(content->path(), "");
    if (!source) return bad(finished.file, "cannot be played");
    SilenceCheck silence(manifest);
    std::int64_t samples = 0;
    for (;;) {
      const auto chunk = (*source)->next();
      if (!chunk) return bad(finished.file, "cannot be played to its end");
      if (!*chunk) break;
      samples = (*chunk)->first_frame + (*chunk)->frames();
      silence.take(**chunk);
    }
    if (samples != manifest.expected)
      bad(finished.file, fmt::format("has {} samples of {}", samples, manifest.expected));
    if (silence.sounds_at())
      bad(finished.file, fmt::format("sounds at {:.3f} s, where its manifest says that nothing is",
                                     seconds(*silence.sounds_at(), manifest.rate)));
  }

  // That the take lists the same file with the same bytes.
  bool agrees(const std::string& name, const std::string& file, std::uint64_t bytes, const std::string& sha256) {
    const auto line = by_path_.find(file);
    spoken_of_.insert(file);
    if (line == by_path_.end()) {
      bad(name, "speaks of " + file + ", which is none of the take's files");
      return false;
    }
    if (line->second->bytes == bytes && line->second->sha256 == sha256) return true;
    bad(name, "says something else of " + file + " than the take does");
    return false;
  }

  void check_recording(const std::string& name, const ManifestRecording& recording) {
    if (!agrees(name, recording.file, recording.bytes, recording.sha256) || missing_.contains(recording.file)) return;
    const auto path = folder_ / recording.file;
    if (recording.content_type == wire::stem_block_content_type) return check_blocks(path, recording);
    if (recording.origin == "backup") check_log(path, recording);
  }

  void check_blocks(const fs::path& path, const ManifestRecording& recording) {
    const auto content = blob::open_content(path, keys_);
    const auto walk = content ? BlockWalker::run(**content, recording.bytes) : tl::unexpected(content.error());
    if (!walk) return bad(recording.file, refusal(walk.error()));
    const bool as_it_was = walk->damaged_bytes == recording.damaged_bytes.value_or(0);
    for (const auto& damage : walk->damages) {
      if (as_it_was)
        good(recording.file, damage + ", as when the take was made");
      else
        bad(recording.file, damage);
    }
    if (recording.blocks && walk->blocks != *recording.blocks)
      bad(recording.file, fmt::format("holds {} of its {} blocks", walk->blocks, *recording.blocks));
    else
      good(recording.file, fmt::format("holds {} blocks with their checksums", walk->blocks));
  }

  void check_log(const fs::path& path, const ManifestRecording& recording) {
    const auto checked = record::check_log(path, keys_);
    if (!checked) return bad(recording.file, "is not readable as a log of packets");
    if (checked->valid_bytes < recording.bytes && recording.complete)
      return bad(recording.file, fmt::format("holds up to byte {} of {}", checked->valid_bytes, recording.bytes));
    good(recording.file, fmt::format("holds {} packets with their checksums", checked->packets));
  }

  static std::string summary(const StemManifest& manifest) {
    std::map<SpanOrigin, std::int64_t> by_origin;
    for (const auto& interval : manifest.intervals) by_origin[interval.from] += interval.end - interval.first;
    std::string out = fmt::format("agrees with its files: {:.3f} of {:.3f} s are there",
                                  seconds(manifest.present, manifest.rate), seconds(manifest.expected, manifest.rate));
    if (by_origin[SpanOrigin::backup] > 0)
      out += fmt::format(", {:.3f} s of them from the server's backup",
                         seconds(by_origin[SpanOrigin::backup], manifest.rate));
    std::map<GapCause, std::int64_t> by_cause;
    for (const auto& gap : manifest.gaps) by_cause[gap.cause] += gap.end - gap.first;
    for (const auto& [cause, units] : by_cause)
      out += fmt::format("; {:.3f} s {}", seconds(units, manifest.rate), words_for(cause));
    return out;
  }

  static const char* words_for(GapCause cause) {
    switch (cause) {
      case GapCause::mute:
        return "muted";
      case GapCause::dtx:
        return "of silence that was not sent";
      case GapCause::lost:
        return "lost on the way";
      case GapCause::damaged:
        return "damaged";
      case GapCause::not_recorded:
        return "not recorded";
      case GapCause::unknown:
        break;
    }
    return "missing for reasons unknown";
  }

  // Recordings and voices of which no manifest tells would be checked by their hashes alone.
  void check_spoken_of(const TakeFileLine& line) {
    static constexpr std::array<std::string_view, 4> kinds{"local", "backup", "stem", "raw_stem"};
    const bool wanted = std::ranges::find(kinds, line.kind) != kinds.end();
    if (wanted && !spoken_of_.contains(line.path)) bad(line.path, "is in no manifest");
  }

  const fs::path folder_;
  const crypto::StorageKeys& keys_;
  TakeDocument take_;
  std::map<std::string, const TakeFileLine*> by_path_;
  std::set<std::string> missing_, spoken_of_;
  Verdict out_;
};

}  // namespace

Verdict verify_take(const fs::path& folder, const crypto::StorageKeys& keys) { return Verifier(folder, keys).run(); }

}  // namespace greenroom::work

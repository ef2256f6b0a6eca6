#include "work/manifest.hpp"

#include <algorithm>

#include "wire/json.hpp"

namespace greenroom::work {
namespace {

template <class Document>
base::Result<Document> read(std::string_view text, std::string_view format) {
  if (text.size() > manifest_bytes_max) return base::fail(bad_manifest, "The document is too long to be one.");
  auto read = wire::from_text<Document>(text);
  if (!read) return base::fail(bad_manifest, "The document cannot be read: " + wire::describe(read.error()));
  if (read->format != format) return base::fail(bad_manifest, "The document is of another kind.");
  if (read->version != manifest_version)
    return base::fail(bad_manifest, "The document is of a version that this program does not know.");
  return std::move(*read);
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool within_bounds(std::int64_t value) { return value >= 0 && value <= manifest_length_max; }

base::Status check_file(std::string_view path, std::string_view sha256) {
  if (!is_inner_path(path)) return base::fail(bad_manifest, "The document names a file outside of its folder.");
  if (!is_sha256(sha256)) return base::fail(bad_manifest, "The document has a hash that is none.");
  return {};
}

template <class Span>
bool ascends(const std::vector<Span>& spans, std::int64_t length) {
  std::int64_t at = 0;
  for (const auto& span : spans) {
    if (span.first < at || span.end <= span.first || span.end > length) return false;
    at = span.end;
  }
  return true;
}

// The stretches of nothing, joined: what the gaps have to cover, whatever causes share one.
std::vector<ManifestGap> nothing_in(const std::vector<ManifestInterval>& intervals) {
  std::vector<ManifestGap> out;
  for (const auto& interval : intervals)
    if (interval.from == SpanOrigin::nothing) out.push_back({interval.first, interval.end});
  return out;
}

template <class Span>
std::vector<std::pair<std::int64_t, std::int64_t>> joined(const std::vector<Span>& spans) {
  std::vector<std::pair<std::int64_t, std::int64_t>> out;
  for (const auto& span : spans) {
    if (!out.empty() && out.back().second == span.first)
      out.back().second = span.end;
    else
      out.emplace_back(span.first, span.end);
  }
  return out;
}

bool tiles(const StemManifest& manifest) {
  std::int64_t at = 0;
  for (const auto& interval : manifest.intervals) {
    if (interval.first != at || interval.end <= interval.first) return false;
    at = interval.end;
  }
  return at == manifest.expected;
}

void check_recording(const ManifestRecording& recording, std::vector<std::string>& out) {
  if (!recording.frames || !recording.expected) return;
  std::int64_t missing = 0;
  for (const auto& gap : recording.gaps) missing += gap.end - gap.first;
  if (*recording.frames + missing != *recording.expected)
    out.push_back(fmt::format("the gaps of {} do not add up: {} frames and {} missing are not {}", recording.file,
                              *recording.frames, missing, *recording.expected));
}

}  // namespace

base::Result<StemManifest> read_manifest(std::string_view text) {
  GREENROOM_TRY(auto manifest, read<StemManifest>(text, manifest_format));
  if (manifest.rate < 1 || manifest.rate > 192'000 || !within_bounds(manifest.expected) ||
      !within_bounds(manifest.present))
    return base::fail(bad_manifest, "The document has a length that no take has.");
  if (manifest.finished) GREENROOM_CHECK_OK(check_file(manifest.finished->file, manifest.finished->sha256));
  if (!ascends(manifest.intervals, manifest_length_max) || !ascends(manifest.gaps, manifest_length_max))
    return base::fail(bad_manifest, "The document's intervals are not in order.");
  for (const auto& recording : manifest.recordings) {
    GREENROOM_CHECK_OK(check_file(recording.file, recording.sha256));
    if (!within_bounds(recording.frames.value_or(0)) || !within_bounds(recording.expected.value_or(0)) ||
        !ascends(recording.gaps, manifest_length_max))
      return base::fail(bad_manifest, "The document has a recording whose frames are not in order.");
  }
  return manifest;
}

base::Result<TakeDocument> read_take_document(std::string_view text) {
  GREENROOM_TRY(auto take, read<TakeDocument>(text, take_format));
  for (const auto& file : take.files) {
    GREENROOM_CHECK_OK(check_file(file.path, file.sha256));
    if (!file.location.empty() && !is_inner_path(file.location))
      return base::fail(bad_manifest, "The document names a place outside of the data folder.");
  }
  return take;
}

bool is_inner_path(std::string_view path) {
  if (path.empty() || path.size() > 400) return false;
  while (!path.empty()) {
    const auto part = path.substr(0, path.find('/'));
    const auto plain = [](char c) { return std::uint8_t(c) >= 0x20 && c != '\\' && c != 0x7F; };
    if (part.empty() || part.front() == '.' || !std::all_of(part.begin(), part.end(), plain)) return false;
    if (part.size() == path.size()) return true;
    path.remove_prefix(part.size() + 1);
  }
  return false;  // it ended with a slash
}

std::int64_t present_in(const std::vector<ManifestInterval>& intervals) {
  std::int64_t sum = 0;
  for (const auto& interval : intervals)
    if (interval.from != SpanOrigin::nothing) sum += interval.end - interval.first;
  return sum;
}

std::vector<std::string> contradictions(const StemManifest& manifest) {
  std::vector<std::string> out;
  if (!tiles(manifest)) out.emplace_back("its intervals leave stretches out, or overlap");
  const auto present = present_in(manifest.intervals);
  if (present != manifest.present)
    out.push_back(fmt::format("it says that {} of {} are present, and its intervals add up to {}", manifest.present,
                              manifest.expected, present));
  if (joined(manifest.gaps) != joined(nothing_in(manifest.intervals)))
    out.emplace_back("its gaps are not where its intervals say that nothing is");
  for (const auto& recording : manifest.recordings) check_recording(recording, out);
  return out;
}

}  // namespace greenroom::work

#include "work/compose.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "media/error.hpp"
#include "media/execute.hpp"
#include "record/export.hpp"
#include "record/recorder.hpp"
#include "wire/json.hpp"
#include "wire/stem_block.hpp"
#include "work/describe_take.hpp"
#include "work/report.hpp"

namespace greenroom::work {
namespace {

using base::Result;
using base::Status;

constexpr double gather_share = 0.1;
constexpr std::string_view log_content_type = "application/x-greenroom-log";
constexpr std::size_t name_length_max = 60;

media::Source source_of(studio::Source source) {
  switch (source) {
    case studio::Source::mic:
      return media::Source::mic;
    case studio::Source::raw_mic:
      return media::Source::raw_mic;
    case studio::Source::camera:
      return media::Source::camera;
    case studio::Source::screen:
      return media::Source::screen;
  }
  return media::Source::camera;
}

// What browsers record; plain tools know the containers, and docs/recordings.md says what is in the others.
std::string_view extension_of(std::string_view content_type) {
  if (content_type == wire::stem_block_content_type) return ".grpb";
  if (content_type.starts_with("video/mp4")) return ".mp4";
  return content_type.find("matroska") == std::string_view::npos ? ".webm" : ".mkv";
}

// No two files of a take have one name.
class Names {
 public:
  std::string make(const std::string& stem, std::string_view extension) {
    for (int copy = 1;; ++copy) {
      auto name = stem + (copy == 1 ? "" : "-" + std::to_string(copy)) + std::string(extension);
      if (used_.insert(name).second) return name;
    }
  }

 private:
  std::set<std::string> used_;
};

std::optional<media::Source> source_of(std::string_view name) {
  if (name == "mic") return media::Source::mic;
  if (name == "camera") return media::Source::camera;
  if (name == "screen") return media::Source::screen;
  return std::nullopt;
}

// Finds, exports and surveys every stem. What cannot be used is noted, not fatal.
class Gatherer {
 public:
  Gatherer(const studio::ComposeInput& input, const ComposeContext& context) : input_(input), context_(context) {}

  Status run() {
    take.started_at_ms = input_.started_at_ms;
    take.stopped_at_ms = input_.stopped_at_ms;
    for (const auto& pause : input_.pauses)
      take.pauses.push_back({pause.from_ms, pause.until_ms.value_or(input_.stopped_at_ms)});
    for (const auto& marker : input_.markers) take.markers.push_back({marker.at_ms, marker.label});
    for (const auto& who : input_.participants) take.participants.push_back({who.id.str(), who.name});
    for (std::size_t i = 0; i < input_.stems.size(); ++i) {
      context_.progress("gather", gather_share * double(i) / double(input_.stems.size()));
      if (context_.cancelled()) return base::fail(media::cancelled, "The work was cancelled.");
      add(input_.stems[i]);
    }
    add_unlisted_logs();
    if (away_) return tl::unexpected(*away_);
    if (!facts.empty()) return {};
    const auto reason = unusable.empty() ? std::string("Nothing was recorded in this take.") : unusable.front().reason;
    return base::fail(error_nothing_usable, reason);
  }

  media::TakeInput take;
  std::vector<media::StemFacts> facts;
  std::vector<UnusableLine> unusable;
  std::vector<KnownStem> stems;

 private:
  void add(const studio::ComposeStem& stem) {
    media::StemInput in{stem.id.str(),          stem.participant_id.str(),
                        source_of(stem.source), {},
                        stem.content_type,      {},
                        stem.started_at_ms,     {}};
    in.origin = stem.origin == studio::Origin::backup ? media::Origin::backup : media::Origin::local;
    KnownStem known{std::move(in), stem.location, {}, {}};
    known.complete = stem.state == studio::StemState::complete;
    known.consented_at = stem.consented_at;
    survey(std::move(known));
  }

  // A server that died may have written logs that it never told the studio of.
  void add_unlisted_logs() {
    std::set<std::string> listed, people;
    for (const auto& stem : input_.stems) listed.insert(std::filesystem::path(stem.location).filename().string());
    for (const auto& who : input_.participants) people.insert(who.id.str());
    for (const auto& log : record::find_logs(context_.data / "backup", input_.take_id.str())) {
      const auto header = record::read_header(log, context_.keys);
      if (!header) note(header.error());
      if (!header || listed.contains(log.filename().string()) || !people.contains(header->participant)) continue;
      const auto source = source_of(header->source);
      if (!source) continue;
      media::StemInput in{
          header->track, header->participant, *source, media::Origin::backup, header->mime_type, {}, 0, {}};
      KnownStem known{std::move(in), std::filesystem::relative(log, context_.data).string(), {}, {}};
      known.consented_at = consent_of(header->participant);
      survey(std::move(known));
    }
  }

  std::optional<base::WallTime> consent_of(const std::string& participant) const {
    for (const auto& stem : input_.stems)
      if (stem.participant_id.str() == participant && stem.consented_at) return stem.consented_at;
    return std::nullopt;
  }

  void note(const base::Error& error) {
    if (error.code.kind == base::ErrorKind::unavailable) away_ = error;
  }

  void survey(KnownStem known) {
    auto& stem = known.stem;
    const bool backup = stem.origin == media::Origin::backup;
    known.file = source_file_name(stem);
    const auto fetched = backup ? fetch_backup(known) : fetch_upload(known);
    if (!fetched) note(fetched.error());
    auto surveyed = fetched ? media::survey(stem) : Result<media::StemFacts>(tl::unexpect, fetched.error());
    if (surveyed) {
      facts.push_back(std::move(*surveyed));
    } else {
      known.unusable = surveyed.error().what;
      unusable.push_back(
          {stem.id, stem.participant, source_name(stem.source), backup ? "backup" : "local", *known.unusable});
    }
    if (backup) stem.content_type = std::string(log_content_type);  // what lies there, not what was made of it
    if (!known.facts.sha256.empty()) stems.push_back(std::move(known));
  }

  std::string source_file_name(const media::StemInput& stem) {
    std::string name = "participant";
    for (const auto& who : input_.participants)
      if (who.id.str() == stem.participant) name = file_name_from(who.name, name);
    const bool backup = stem.origin == media::Origin::backup;
    return names_.make(fmt::format("sources/{}-{}{}", name, file_name_from(source_name(stem.source), "source"),
                                   backup ? "-backup" : ""),
                       backup ? ".grlog" : extension_of(stem.content_type));
  }

  Status fetch_upload(KnownStem& known) {
    GREENROOM_TRY(const auto name, blob::Name::parse(known.location));
    GREENROOM_TRY(known.stem.path, context_.blobs.fetch(name, context_.folder));
    GREENROOM_TRY(known.facts, facts_of_file(known.stem.path));
    return {};
  }

  Status fetch_backup(KnownStem& known) {
    const auto log = context_.data / known.location;
    auto& stem = known.stem;
    GREENROOM_TRY(known.facts, facts_of_file(log, context_.keys));
    stem.path = context_.folder / (stem.id + ".mkv");
    GREENROOM_TRY(auto exported, record::export_log(log, stem.path, context_.keys));
    known.complete = !exported.torn;
    for (const auto& gap : exported.gaps) known.gaps.push_back({gap.start_s, gap.end_s, GapCause::lost});
    for (const auto& quiet : exported.quiets)
      known.gaps.push_back({quiet.start_s, quiet.end_s, quiet.muted ? GapCause::mute : GapCause::dtx});
    std::sort(known.gaps.begin(), known.gaps.end(), [](const auto& a, const auto& b) { return a.start_s < b.start_s; });
    stem.started_at_ms = exported.started_at_ms;
    if (media::is_sound(stem.source)) stem.anchors = std::move(exported.anchors);
    stem.content_type = "video/x-matroska";
    return {};
  }

  const studio::ComposeInput& input_;
  const ComposeContext& context_;
  std::optional<base::Error> away_;  // the storage, or a key: the take waits rather than going without a recording
  Names names_;
};

Result<std::filesystem::path> write_document(const boost::json::value& document, const std::string& name,
                                             const std::filesystem::path& folder) {
  const auto path = folder / name;
  std::ofstream file(path);
  file << wire::print_json_pretty(document) << "\n";
  file.close();
  if (!file) return base::fail(media::file_io, "A document cannot be written.", path.string());
  return path;
}

std::vector<MadeFile> list_files(const studio::ComposeInput& input, const media::Report& report,
                                 const std::filesystem::path& report_file, Names& names) {
  using studio::AssetKind;
  const double length = report.duration_s;
  std::vector<MadeFile> files;
  files.push_back({AssetKind::composite,
                   report.composite,
                   names.make(file_name_from(input.title, "episode"), ".mp4"),
                   "video/mp4",
                   {},
                   length});
  for (const auto& who : report.participants) {
    const auto id = studio::ParticipantId::parse(who.id);
    const auto name = file_name_from(who.name, "participant");
    const auto add = [&](AssetKind kind, const media::VoiceReport& voice, const std::string& stem) {
      files.push_back(
          {kind, voice.flac, names.make(stem, ".flac"), "audio/flac", id ? std::optional(*id) : std::nullopt, length});
    };
    add(AssetKind::stem, who.voice, name);
    if (who.raw) add(AssetKind::raw_stem, *who.raw, name + "-raw");
  }
  files.push_back({AssetKind::thumbnail, report.thumbnail, names.make("thumbnail", ".jpg"), "image/jpeg", {}, {}});
  files.push_back({AssetKind::peaks, report.peaks, names.make("peaks", ".json"), "application/json", {}, {}});
  files.push_back({AssetKind::report, report_file, names.make("report", ".json"), "application/json", {}, {}});
  return files;
}

// Adds the documents of the take to its files: a manifest each, and the list of them all.
struct Describer {
  const studio::ComposeInput& input;
  const media::Plan& plan;
  const std::vector<media::StemFacts>& facts;
  const media::Report& report;
  const std::vector<KnownStem>& stems;
  const std::filesystem::path& folder;
  Names& names;
  std::vector<MadeFile>& files;
  std::vector<FinishedVoice> voices = {};
  std::vector<TakeFileLine> lines = {};

  Status run() {
    GREENROOM_CHECK_OK(hash_results());
    for (const auto& manifest : describe_stems({input, plan, facts, report, stems, voices}))
      GREENROOM_CHECK_OK(add(manifest));
    for (const auto& stem : stems)
      lines.push_back({stem.file, stem.stem.origin == media::Origin::local ? "local" : "backup", stem.facts.bytes,
                       stem.facts.sha256, stem.location});
    const auto name = std::string(take_document_name);
    GREENROOM_TRY(auto path, write_document(wire::to_json(describe_take(input, std::move(lines))), name, folder));
    files.push_back({studio::AssetKind::manifest, std::move(path), name, "application/json", {}, {}});
    return {};
  }

 private:
  Status hash_results() {
    for (const auto& file : files) {
      GREENROOM_TRY(auto known, facts_of_file(file.path));
      lines.push_back({file.name, std::string(wire::enum_name(file.kind)), known.bytes, known.sha256, {}});
      if (file.kind == studio::AssetKind::stem || file.kind == studio::AssetKind::raw_stem)
        voices.push_back({file.path, file.name, std::move(known)});
    }
    return {};
  }

  Status add(const StemManifest& manifest) {
    const auto name = names.make(fmt::format("{}-{}", file_name_from(manifest.participant, "participant"),
                                             file_name_from(manifest.source, "source")),
                                 manifest_suffix);
    GREENROOM_TRY(auto path, write_document(wire::to_json(manifest), name, folder));
    GREENROOM_TRY(const auto known, facts_of_file(path));
    lines.push_back({name, "manifest", known.bytes, known.sha256, {}});
    const auto id = studio::ParticipantId::parse(manifest.participant_id);
    files.push_back({studio::AssetKind::manifest,
                     std::move(path),
                     name,
                     "application/json",
                     id ? std::optional(*id) : std::nullopt,
                     {}});
    return {};
  }
};

}  // namespace

std::string file_name_from(std::string_view words, std::string_view fallback) {
  std::string out;
  for (char c : words) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (plain)
      out.push_back(c);
    else if (!out.empty() && out.back() != '-')
      out.push_back('-');
    if (out.size() >= name_length_max) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? std::string(fallback) : out;
}

Result<Composed> compose(const studio::ComposeInput& input, const media::OutputSettings& settings,
                         const ComposeContext& context) {
  Gatherer gathered(input, context);
  GREENROOM_CHECK_OK(gathered.run());
  GREENROOM_TRY(const auto plan, media::make_plan(gathered.take, gathered.facts, settings));
  const media::Execution execution{context.folder,
                                   [&](std::string_view stage, double fraction) {
                                     context.progress(stage, gather_share + (1 - gather_share) * fraction);
                                   },
                                   context.cancelled};
  GREENROOM_TRY(const auto report, media::execute(plan, execution));
  const auto told = make_report(plan, gathered.take, report, std::move(gathered.unusable));
  GREENROOM_TRY(const auto report_file, write_document(wire::to_json(told), "report.json", context.folder));
  Names names;
  Composed out{list_files(input, report, report_file, names), {}};
  for (const auto& stem : gathered.stems)
    out.sources.push_back({stem.file, stem.location, stem.stem.origin == media::Origin::backup});
  GREENROOM_CHECK_OK(
      Describer{input, plan, gathered.facts, report, gathered.stems, context.folder, names, out.files}.run());
  return out;
}

}  // namespace greenroom::work

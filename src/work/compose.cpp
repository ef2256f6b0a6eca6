#include "work/compose.hpp"

#include <boost/json/serialize.hpp>
#include <fstream>
#include <set>

#include "media/error.hpp"
#include "media/execute.hpp"
#include "record/export.hpp"
#include "record/recorder.hpp"
#include "wire/json.hpp"
#include "work/report.hpp"

namespace greenroom::work {
namespace {

using base::Result;
using base::Status;

constexpr double gather_share = 0.1;
constexpr std::size_t name_length_max = 60;

media::Source source_of(studio::Source source) {
  switch (source) {
    case studio::Source::mic:
      return media::Source::mic;
    case studio::Source::camera:
      return media::Source::camera;
    case studio::Source::screen:
      return media::Source::screen;
  }
  return media::Source::camera;
}

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
    for (const auto& who : input_.participants) take.participants.push_back({who.id.str(), who.name});
    for (std::size_t i = 0; i < input_.stems.size(); ++i) {
      context_.progress("gather", gather_share * double(i) / double(input_.stems.size()));
      if (context_.cancelled()) return base::fail(media::cancelled, "The work was cancelled.");
      add(input_.stems[i]);
    }
    add_unlisted_logs();
    if (!facts.empty()) return {};
    const auto reason = unusable.empty() ? std::string("Nothing was recorded in this take.") : unusable.front().reason;
    return base::fail(error_nothing_usable, reason);
  }

  media::TakeInput take;
  std::vector<media::StemFacts> facts;
  std::vector<UnusableLine> unusable;

 private:
  void add(const studio::ComposeStem& stem) {
    media::StemInput in{stem.id.str(),          stem.participant_id.str(),
                        source_of(stem.source), {},
                        stem.content_type,      {},
                        stem.started_at_ms,     {}};
    in.origin = stem.origin == studio::Origin::backup ? media::Origin::backup : media::Origin::local;
    survey(std::move(in), stem.location);
  }

  // A server that died may have written logs that it never told the studio of.
  void add_unlisted_logs() {
    std::set<std::string> listed, people;
    for (const auto& stem : input_.stems) listed.insert(std::filesystem::path(stem.location).filename().string());
    for (const auto& who : input_.participants) people.insert(who.id.str());
    for (const auto& log : record::find_logs(context_.data / "backup", input_.take_id.str())) {
      const auto header = record::read_header(log);
      if (!header || listed.contains(log.filename().string()) || !people.contains(header->participant)) continue;
      const auto source = source_of(header->source);
      if (!source) continue;
      media::StemInput in{
          header->track, header->participant, *source, media::Origin::backup, header->mime_type, {}, 0, {}};
      survey(std::move(in), std::filesystem::relative(log, context_.data).string());
    }
  }

  void survey(media::StemInput stem, const std::string& location) {
    const auto known =
        stem.origin == media::Origin::backup ? fetch_backup(stem, location) : fetch_upload(stem, location);
    auto surveyed = known ? media::survey(stem) : Result<media::StemFacts>(tl::unexpect, known.error());
    if (surveyed)
      facts.push_back(std::move(*surveyed));
    else
      unusable.push_back({stem.id, stem.participant, stem.source == media::Source::mic ? "mic" : "camera",
                          stem.origin == media::Origin::local ? "local" : "backup", surveyed.error().what});
  }

  Status fetch_upload(media::StemInput& stem, const std::string& location) {
    GREENROOM_TRY(const auto name, blob::Name::parse(location));
    GREENROOM_TRY(stem.path, context_.blobs.fetch(name, context_.folder));
    return {};
  }

  Status fetch_backup(media::StemInput& stem, const std::string& location) {
    stem.path = context_.folder / (stem.id + ".mkv");
    GREENROOM_TRY(auto exported, record::export_log(context_.data / location, stem.path));
    stem.started_at_ms = exported.started_at_ms;
    if (stem.source == media::Source::mic) stem.anchors = std::move(exported.anchors);
    stem.content_type = "video/x-matroska";
    return {};
  }

  const studio::ComposeInput& input_;
  const ComposeContext& context_;
};

// No two files of an episode have one name.
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

Result<std::filesystem::path> write_report(const TakeReport& report, const std::filesystem::path& folder) {
  const auto path = folder / "report.json";
  std::ofstream file(path);
  file << boost::json::serialize(wire::to_json(report)) << "\n";
  file.close();
  if (!file) return base::fail(media::file_io, "The report cannot be written.", path.string());
  return path;
}

std::vector<MadeFile> list_files(const studio::ComposeInput& input, const media::Report& report,
                                 const std::filesystem::path& report_file) {
  using studio::AssetKind;
  Names names;
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
    files.push_back({AssetKind::stem, who.flac, names.make(file_name_from(who.name, "participant"), ".flac"),
                     "audio/flac", id ? std::optional(*id) : std::nullopt, length});
  }
  files.push_back({AssetKind::thumbnail, report.thumbnail, names.make("thumbnail", ".jpg"), "image/jpeg", {}, {}});
  files.push_back({AssetKind::peaks, report.peaks, names.make("peaks", ".json"), "application/json", {}, {}});
  files.push_back({AssetKind::report, report_file, names.make("report", ".json"), "application/json", {}, {}});
  return files;
}

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

Result<std::vector<MadeFile>> compose(const studio::ComposeInput& input, const media::OutputSettings& settings,
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
  GREENROOM_TRY(const auto report_file,
                write_report(make_report(plan, gathered.take, report, std::move(gathered.unusable)), context.folder));
  return list_files(input, report, report_file);
}

}  // namespace greenroom::work

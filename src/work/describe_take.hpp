// From what a compose job knows at its end to the documents of the take: a manifest of each person's microphone, camera
// and screen, and the list of files. Pure: plan, report and facts in, values out; work/compose writes them.
#pragma once
#include <string>
#include <vector>

#include "media/execute.hpp"
#include "studio/values.hpp"
#include "work/file_facts.hpp"
#include "work/manifest.hpp"

namespace greenroom::work {

// Seconds of a recording's own time line of which its maker knows why nothing is there.
struct KnownGap {
  double start_s = 0;
  double end_s = 0;
  GapCause cause = GapCause::unknown;
};

// One recording as the job found it, used or not.
struct KnownStem {
  media::StemInput stem;
  std::string location;  // a blob's name, or a path in the data folder
  std::string file;      // its name in the take's folder
  FileFacts facts;
  bool complete = false;
  std::optional<base::WallTime> consented_at = {};
  std::optional<std::string> unusable = {};
  std::vector<KnownGap> gaps = {};  // by time, apart
};

struct FinishedVoice {
  std::filesystem::path made;  // as the media report has it
  std::string file;            // its name in the take's folder
  FileFacts facts;
};

struct TakeKnowledge {
  const studio::ComposeInput& input;
  const media::Plan& plan;
  const std::vector<media::StemFacts>& facts;  // beside plan.stems
  const media::Report& report;
  const std::vector<KnownStem>& stems;
  const std::vector<FinishedVoice>& voices;
};

// By participant in the order of the plan; microphone, the same unprocessed, camera, screen.
std::vector<StemManifest> describe_stems(const TakeKnowledge& known);

TakeDocument describe_take(const studio::ComposeInput& input, std::vector<TakeFileLine> files);

const char* source_name(media::Source source);

}  // namespace greenroom::work

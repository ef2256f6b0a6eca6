// From the stems of a take to its files: gathers what studio names (uploads from blob, backup tracks from their logs),
// lets media plan and execute in a folder of its own, and describes what came out. A stem that cannot be used does not
// cost the others: it is named in the report, and the backup sounds in its place. Runs in a job process.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "blob/store.hpp"
#include "media/plan.hpp"
#include "studio/values.hpp"

namespace greenroom::work {

inline constexpr base::ErrorCode error_nothing_usable{base::ErrorKind::invalid, "work.nothing_usable"};
inline constexpr base::ErrorCode error_job{base::ErrorKind::invalid, "work.unknown_job"};

struct ComposeContext {
  blob::Store& blobs;
  std::filesystem::path data;    // backup logs are under it
  std::filesystem::path folder;  // exists and is empty; on the blobs' file system
  std::function<void(std::string_view stage, double fraction)> progress = [](std::string_view, double) {};
  std::function<bool()> cancelled = [] { return false; };
  crypto::StorageKeys keys = {};  // of the backup logs
};

// A finished file, not yet a blob.
struct MadeFile {
  studio::AssetKind kind = studio::AssetKind::composite;
  std::filesystem::path path;
  std::string name;  // for people: ASCII, no two alike
  std::string content_type;
  std::optional<studio::ParticipantId> participant;
  std::optional<double> duration_s;
};

// A recording that went into it: its name in the take's folder, and where its bytes are.
struct SourceFile {
  std::string name;
  std::string location;  // a blob's name, or of a backup a path in the data folder
  bool backup = false;
};

struct Composed {
  std::vector<MadeFile> files;
  std::vector<SourceFile> sources;
};

base::Result<Composed> compose(const studio::ComposeInput& input, const media::OutputSettings& settings,
                               const ComposeContext& context);

// A name for a file from words of people: letters, digits, dashes; `fallback` when nothing is left.
std::string file_name_from(std::string_view words, std::string_view fallback);

}  // namespace greenroom::work

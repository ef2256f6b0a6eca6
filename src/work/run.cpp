#include "work/run.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/thread_name.hpp"
#include "blob/store.hpp"
#include "crypto/random.hpp"
#include "db/errors.hpp"
#include "jobs/queue.hpp"
#include "media/error.hpp"
#include "studio/studio.hpp"
#include "work/compose.hpp"
#include "work/take_folder.hpp"

namespace greenroom::work {
namespace {

using base::Result;
using base::Status;

constexpr base::Duration report_interval = std::chrono::milliseconds(500);
constexpr double fraction_for_eta = 0.05;  // before, a guess would jump about
constexpr std::string_view take_subject = "take/";

// Keeps the lease while long steps say nothing, on a thread of its own. Losing it means that another attempt has
// begun: the work must stop, and must not touch the job any more.
class LeaseKeeper {
 public:
  LeaseKeeper(jobs::Queue& queue, const jobs::Lease& lease, std::function<base::WallTime()> now)
      : queue_(queue), lease_(lease), now_(std::move(now)), thread_([this](std::stop_token stop) { keep(stop); }) {}

  bool lost() const { return lost_; }
  void note(const Status& status) {
    if (!status && status.error().code == jobs::error_lease_lost) lost_ = true;
  }

 private:
  void keep(const std::stop_token& stop) {
    base::name_this_thread("lease-keeper");
    std::unique_lock lock(mutex_);
    const auto interval = queue_.limits().lease / 4;
    while (!wake_.wait_for(lock, stop, interval, [&] { return stop.stop_requested(); }))
      note(queue_.renew(lease_, now_()));
  }

  jobs::Queue& queue_;
  const jobs::Lease lease_;
  std::function<base::WallTime()> now_;
  std::atomic<bool> lost_{false};
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it stops before the rest goes
};

// Tells the queue how far the work is, not more often than anyone looks.
class ProgressTeller {
 public:
  ProgressTeller(WorkDeps& deps, const jobs::Lease& lease, LeaseKeeper& keeper)
      : deps_(deps), lease_(lease), keeper_(keeper), began_(deps.now()) {}

  void operator()(std::string_view stage, double fraction) {
    const auto now = deps_.now();
    if (stage == stage_ && now - told_ < report_interval) return;
    stage_ = stage, told_ = now;
    keeper_.note(deps_.queue.report(lease_, {fraction, std::string(stage), eta(now, fraction)}, now));
  }

 private:
  std::optional<double> eta(base::WallTime now, double fraction) const {
    if (fraction < fraction_for_eta) return std::nullopt;
    return base::to_seconds(now - began_) * (1 - fraction) / fraction;
  }

  WorkDeps& deps_;
  const jobs::Lease& lease_;
  LeaseKeeper& keeper_;
  const base::WallTime began_;
  base::WallTime told_{};
  std::string stage_;
};

// A folder of this attempt's own; what attempts before it left when they were killed goes first.
class WorkFolder {
 public:
  static Result<WorkFolder> make(const blob::Store& blobs, const jobs::Lease& lease) {
    std::error_code error;
    for (int attempt = 0; attempt <= lease.attempt; ++attempt)
      std::filesystem::remove_all(of(blobs, lease.job, attempt), error);
    const auto path = of(blobs, lease.job, lease.attempt);
    if (!std::filesystem::create_directories(path, error))
      return base::fail(media::file_io, "There is no room for the work in progress.",
                        path.string() + ": " + error.message());
    return WorkFolder(path);
  }
  static std::filesystem::path of(const blob::Store& blobs, jobs::JobId job, int attempt) {
    return blobs.scratch() / fmt::format("job-{}-{}", job.str(), attempt);
  }
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

class ComposeJob {
 public:
  ComposeJob(WorkDeps& deps, const jobs::Lease& lease, studio::TakeId take)
      : deps_(deps), lease_(lease), take_(take), keeper_(deps.queue, lease_, deps.now) {}

  bool lost() const { return keeper_.lost(); }

  Status run() {
    ProgressTeller tell(deps_, lease_, keeper_);
    tell("gather", 0);
    GREENROOM_TRY(const auto input, deps_.studio.compose_input(take_));
    GREENROOM_TRY(const auto folder, WorkFolder::make(deps_.blobs, lease_));
    const ComposeContext context{
        deps_.blobs, deps_.data, folder.path(), std::ref(tell), [this] { return keeper_.lost(); }, deps_.keys};
    GREENROOM_TRY(const auto made, compose(input, deps_.output, context));
    tell("finish", 0.99);
    const auto scope = input.workspace_id.uuid();
    auto shelf = documents_on_shelf(made.files, scope);
    std::vector<studio::NewAsset> assets;
    auto status = keep(made.files, scope, assets);
    if (status && shelf) shelve(made, assets, *shelf);
    if (status) status = deps_.studio.attach_assets(lease_, take_, assets);
    // When nobody knows whether the commit happened, the rows may be there: files without rows are the smaller harm.
    if (!status && status.error().code != db::error_outcome_unknown) {
      if (shelf) shelf->withdraw();
      discard(assets);
    }
    return status;
  }

 private:
  // The take's folder is for people with plain tools: a take is finished without it, too.
  std::optional<TakeFolder> documents_on_shelf(const std::vector<MadeFile>& files, const crypto::Scope& scope) {
    auto folder = TakeFolder::begin(deps_.data, take_.str());
    const auto envelope = [&] {
      return deps_.keys.empty() ? std::nullopt : std::optional(deps_.keys.make_envelope(scope, random_));
    };
    Status status = folder ? Status() : tl::unexpected(folder.error());
    for (const auto& file : files)
      if (status && is_document(file)) status = folder->document(file.name, file.path, envelope());
    if (status) return std::move(*folder);
    log_shelf(status);
    return std::nullopt;
  }

  static bool is_document(const MadeFile& file) {
    return file.kind == studio::AssetKind::manifest || file.kind == studio::AssetKind::report;
  }

  // Before the commit: a take that is ready has its folder.
  void shelve(const Composed& made, const std::vector<studio::NewAsset>& assets, TakeFolder& shelf) {
    Status status;
    for (std::size_t i = 0; i < assets.size() && status; ++i)
      if (!is_document(made.files[i])) status = link(shelf, assets[i].name, assets[i].blob);
    for (const auto& source : made.sources)
      if (status)
        status = source.backup ? shelf.link(source.name, deps_.data / source.location)
                               : link(shelf, source.name, source.location);
    if (status) status = shelf.publish();
    log_shelf(status);
  }

  // What has moved on to S3 already has no link: take.json says its name there.
  Status link(TakeFolder& shelf, const std::string& name, const std::string& blob) {
    GREENROOM_TRY(const auto parsed, blob::Name::parse(blob));
    const auto path = deps_.blobs.path_here(parsed);
    if (!path && path.error().code == blob::error_missing) return {};
    if (!path) return tl::unexpected(path.error());
    return shelf.link(name, *path);
  }

  void log_shelf(const Status& status) {
    if (!status) deps_.log.warning("work.take_folder", {{"take", take_.str()}, {"context", status.error().context}});
  }

  Status keep(const std::vector<MadeFile>& files, const crypto::Scope& scope, std::vector<studio::NewAsset>& assets) {
    for (const auto& file : files) {
      const auto id = studio::AssetId::make(deps_.now(), random_);
      GREENROOM_TRY(const auto name, blob::Name::parse(fmt::format("assets/{}/{}", id.str(), file.name)));
      std::error_code error;
      const auto bytes = std::filesystem::file_size(file.path, error);
      GREENROOM_CHECK_OK(deps_.blobs.adopt(name, file.path, scope));
      assets.push_back({id, file.kind, file.name, file.content_type, error ? 0 : bytes, name.str(), file.participant,
                        file.duration_s});
    }
    return {};
  }

  void discard(const std::vector<studio::NewAsset>& assets) {
    for (const auto& asset : assets)
      if (const auto name = blob::Name::parse(asset.blob)) static_cast<void>(deps_.blobs.remove(*name));
  }

  WorkDeps& deps_;
  const jobs::Lease lease_;
  const studio::TakeId take_;
  crypto::SystemRng random_;
  LeaseKeeper keeper_;
};

// Input that is wrong stays wrong; a full disk or a busy database may pass.
bool is_final(const base::Error& error) {
  using base::ErrorKind;
  const auto kind = error.code.kind;
  return kind == ErrorKind::invalid || kind == ErrorKind::unsupported || kind == ErrorKind::not_found ||
         kind == ErrorKind::corrupt || kind == ErrorKind::too_large;
}

Result<studio::TakeId> take_of(const jobs::Job& job) {
  if (job.kind == "compose" && job.subject.starts_with(take_subject))
    return studio::TakeId::parse(std::string_view(job.subject).substr(take_subject.size()));
  return base::fail(error_job, "This job is of a kind that this version does not know.", job.kind + " " + job.subject);
}

Status perform(WorkDeps& deps, const jobs::Job& job, const jobs::Lease& lease) {
  GREENROOM_TRY(const auto take, take_of(job));
  ComposeJob work(deps, lease, take);
  const auto status = work.run();
  if (!status && work.lost()) return base::fail(jobs::error_lease_lost, "Another attempt has taken over.");
  return status;
}

}  // namespace

base::Status run(WorkDeps& deps, const std::string& job_id) {
  GREENROOM_TRY(const auto id, jobs::JobId::parse(job_id));
  GREENROOM_TRY(const auto job, deps.queue.find(id));
  GREENROOM_TRY(const auto lease, deps.queue.lease(id, deps.now()));
  auto status = perform(deps, job, lease);
  if (status || status.error().code == jobs::error_lease_lost) return status;
  const auto& error = status.error();
  deps.log.error("work.job_failed", {{"job", job_id}, {"code", error.code.name}, {"context", error.context}});
  const auto failed = deps.queue.fail(lease, error.what, is_final(error), deps.now());
  if (!failed) deps.log.error("work.cannot_fail", {{"job", job_id}, {"error", failed.error().what}});
  return status;
}

}  // namespace greenroom::work

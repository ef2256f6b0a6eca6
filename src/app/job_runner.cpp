#include "app/job_runner.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "app/storage.hpp"

namespace greenroom::app {

namespace {

// Addresses go by the environment: unlike arguments, others on this machine cannot read it, and they may hold a
// password.
std::vector<std::string> environment_with(const PlaceConfig& place) {
  auto said = storage_variables(place.storage);
  said.emplace_back("DATABASE_URL", place.database);
  std::vector<std::string> out;
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text(*variable);
    const auto name = text.substr(0, text.find('='));
    if (std::ranges::find(said, name, [](const auto& one) { return one.first; }) == said.end()) out.emplace_back(text);
  }
  for (const auto& [name, value] : said)
    if (!value.empty()) out.push_back(name + "=" + value);
  return out;
}

}  // namespace

JobRunner::JobRunner(PlaceConfig place, jobs::Queue& queue, studio::Studio& studio, base::LogSink& log,
                     const char* program)
    : place_(std::move(place)), queue_(queue), studio_(studio), log_(log), program_(program) {}

JobRunner::~JobRunner() {
  for (const auto& [pid, job] : running_) ::kill(pid, SIGKILL);
  for (const auto& [pid, job] : running_) ::waitpid(pid, nullptr, 0);
}

void JobRunner::turn(base::WallTime now) {
  reap(now);
  if (auto due = queue_.plan(now)) {
    // A process that has been started holds no lease for its first milliseconds: its job still looks due.
    for (const auto& job : *due)
      if (std::none_of(running_.begin(), running_.end(), [&](const auto& child) { return child.second == job; }))
        start(job);
  } else {
    log_.error("jobs.plan", {{"error", due.error().what}, {"context", due.error().context}});
  }
  if (auto published = studio_.publish_job_changes(); !published)
    log_.error("jobs.publish", {{"error", published.error().what}, {"context", published.error().context}});
}

void JobRunner::reap(base::WallTime now) {
  for (auto child = running_.begin(); child != running_.end();) {
    int status = 0;
    if (::waitpid(child->first, &status, WNOHANG) == 0) {
      ++child;
      continue;
    }
    if (status != 0) note_early_end(child->second, status, now);
    child = running_.erase(child);
  }
}

void JobRunner::note_early_end(jobs::JobId job, int status, base::WallTime now) {
  log_.warning("jobs.ended", {{"job", job.str()}, {"status", std::int64_t(status)}});
  const auto lease = queue_.lease(job, now);
  if (!lease) return;  // it had taken it up: it has said so itself, or its lease ends
  const auto why = fmt::format("the worker ended before it began (wait status {})", status);
  if (auto failed = queue_.fail(*lease, why, false, now); !failed)
    log_.error("jobs.fail", {{"job", job.str()}, {"error", failed.error().what}});
}

void JobRunner::start(jobs::JobId job) {
  const std::string id = job.str(), data = place_.data.string();
  const char* argv[] = {"greenroom", "work", "--data", data.c_str(), "--job", id.c_str(), nullptr};
  auto variables = environment_with(place_);
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  pid_t pid = 0;
  if (const int error = ::posix_spawn(&pid, program_, nullptr, nullptr, const_cast<char**>(argv), environment.data())) {
    log_.error("jobs.spawn", {{"job", id}, {"errno", std::int64_t(error)}});
    return;
  }
  running_.emplace(pid, job);
  log_.info("jobs.started", {{"job", id}, {"pid", std::int64_t(pid)}});
}

}  // namespace greenroom::app

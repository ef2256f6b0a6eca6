#include "load/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

namespace greenroom::load {
namespace {

std::uint64_t first_number(const std::filesystem::path& file) {
  std::uint64_t value = 0;
  std::ifstream(file) >> value;
  return value;
}

// "Pss:   1234 kB"
std::uint64_t kilobytes_in(const std::filesystem::path& file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size(), nullptr, 10);
  return 0;
}

base::Duration by_schedstat(const std::filesystem::path& process) {
  std::uint64_t nanoseconds = 0;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(process / "task", gone))
    nanoseconds += first_number(task.path() / "schedstat");
  return base::Duration(nanoseconds / 1000);
}

// proc(5): fields 14 and 15 of stat, behind the name in parentheses.
base::Duration by_ticks(const std::filesystem::path& process) {
  std::ifstream in(process / "stat");
  std::string line;
  std::getline(in, line);
  const auto name_end = line.rfind(')');
  if (name_end == line.npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  std::uint64_t user = 0, system = 0;
  fields >> user >> system;
  return base::Duration((user + system) * 1'000'000 / std::uint64_t(::sysconf(_SC_CLK_TCK)));
}
}  // namespace

base::Duration cpu_time(std::span<const pid_t> pids) {
  base::Duration total{};
  for (const auto pid : pids) {
    const auto process = std::filesystem::path("/proc") / std::to_string(pid);
    const auto fine = by_schedstat(process);
    total += fine.count() > 0 ? fine : by_ticks(process);
  }
  return total;
}

base::Duration own_cpu_time() {
  const std::array<pid_t, 1> self{::getpid()};
  return cpu_time(self);
}

std::uint64_t memory_of(std::span<const pid_t> pids) {
  std::uint64_t total = 0;
  for (const auto pid : pids) {
    const auto process = std::filesystem::path("/proc") / std::to_string(pid);
    const auto proportional = kilobytes_in(process / "smaps_rollup", "Pss:");
    total += 1024 * (proportional > 0 ? proportional : kilobytes_in(process / "status", "VmRSS:"));
  }
  return total;
}

void allow_many_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace greenroom::load

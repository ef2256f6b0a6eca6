#include "app/bench_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

extern char** environ;

namespace greenroom::app {
namespace {
constexpr base::ErrorCode start_failed{base::ErrorKind::io, "app.bench_server_failed"};

std::vector<std::string> arguments(const std::filesystem::path& data, unsigned shards, unsigned split) {
  return {"greenroom",
          "serve",
          "--host",
          "127.0.0.1",
          "--port",
          "0",
          "--data",
          data,
          "--open-rooms",
          "--rate-limit",
          "0",
          "--announced-ip",
          "127.0.0.1",
          "--shards",
          std::to_string(shards),
          "--room-split",
          std::to_string(split),
          "--rtc-min-port",
          "45000",
          "--rtc-max-port",
          "45999",
          "--log-level",
          "error"};
}

// The child's standard output becomes the pipe's end.
base::Result<pid_t> spawn(std::vector<std::string> words, int output) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return base::fail(start_failed, "the server could not be started", std::strerror(failed));
  return pid;
}
}  // namespace

base::Result<std::unique_ptr<BenchServer>> BenchServer::start(unsigned shards, unsigned room_split) {
  std::unique_ptr<BenchServer> server(new BenchServer());
  auto folder = (std::filesystem::temp_directory_path() / "greenroom-bench-XXXXXX").string();
  if (!::mkdtemp(folder.data())) return base::fail(start_failed, "there is no place for a data folder");
  server->data_ = folder;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::fail(start_failed, "no pipe");
  auto pid = spawn(arguments(server->data_, shards, room_split), ends[1]);
  ::close(ends[1]);
  base::Status ready = pid ? base::Status() : tl::unexpected(pid.error());
  if (pid) server->pid_ = *pid, ready = server->wait_until_ready(ends[0]);
  ::close(ends[0]);
  if (!ready) return tl::unexpected(ready.error());
  return server;
}

base::Status BenchServer::wait_until_ready(int output) {
  std::string said;
  std::array<char, 512> piece;
  while (said.find("Ready.") == said.npos) {
    const auto size = ::read(output, piece.data(), piece.size());
    if (size <= 0) return base::fail(start_failed, "the server ended before it was ready");
    said.append(piece.data(), std::size_t(size));
  }
  constexpr std::string_view before = "http://localhost:";
  const auto at = said.find(before);
  if (at == said.npos) return base::fail(start_failed, "the server did not say where it is");
  const auto port = said.substr(at + before.size());
  url_ = "http://127.0.0.1:" + port.substr(0, port.find_first_not_of("0123456789"));
  return {};
}

BenchServer::~BenchServer() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(data_, ignored);
}

}  // namespace greenroom::app

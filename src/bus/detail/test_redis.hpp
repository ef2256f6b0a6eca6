// For tests: a redis-server of one's own on loopback that can be killed, stopped and started again on its port.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

namespace greenroom::bus {

class TestRedis {
 public:
  TestRedis() : port_(free_port()) { start(); }
  ~TestRedis() { kill(); }
  TestRedis(const TestRedis&) = delete;

  static bool installed() { return ::access("/usr/bin/redis-server", X_OK) == 0; }

  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_) + "/0"; }

  void start() {
    const std::string port = std::to_string(port_);
    const char* argv[] = {"redis-server", "--port", port.c_str(), "--bind", "127.0.0.1", "--save",    "",
                          "--appendonly", "no",     "--dir",      "/tmp",   "--logfile", "/dev/null", nullptr};
    ASSERT_EQ(::posix_spawn(&pid_, "/usr/bin/redis-server", nullptr, nullptr, const_cast<char**>(argv), environ), 0);
    ASSERT_TRUE(accepts()) << "redis-server does not listen on " << port_;
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  void freeze() { ::kill(pid_, SIGSTOP); }
  void thaw() { ::kill(pid_, SIGCONT); }

 private:
  static int socket_to(std::uint16_t port, bool listen, std::uint16_t* taken) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool good = (listen ? ::bind(fd, generic, size) : ::connect(fd, generic, size)) == 0;
    if (taken) ::getsockname(fd, generic, &size), *taken = ntohs(address.sin_port);
    ::close(fd);
    return good ? 0 : -1;
  }
  static std::uint16_t free_port() {
    std::uint16_t port = 0;
    socket_to(0, true, &port);
    return port;
  }
  bool accepts() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (socket_to(port_, false, nullptr) != 0) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  const std::uint16_t port_;
  pid_t pid_ = 0;
};

}  // namespace greenroom::bus

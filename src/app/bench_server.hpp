// A `greenroom serve` of our own for a measurement: this very binary as a child process on free ports of the loopback
// address, with a data folder that goes with it. Ended by the destructor.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace greenroom::app {

class BenchServer {
 public:
  static base::Result<std::unique_ptr<BenchServer>> start(unsigned shards, unsigned room_split);
  ~BenchServer();
  BenchServer(const BenchServer&) = delete;
  BenchServer& operator=(const BenchServer&) = delete;

  const std::string& url() const { return url_; }
  pid_t pid() const { return pid_; }

 private:
  BenchServer() = default;
  base::Status wait_until_ready(int output);

  std::string url_;
  std::filesystem::path data_;
  pid_t pid_ = -1;
};

}  // namespace greenroom::app

// The thread that writes backup logs: drains a bounded mailbox into record::Recorder, so that no media thread ever
// waits for a disk. What does not fit the mailbox is refused and counted: a gap that the log's reader will state.
#pragma once
#include <atomic>
#include <filesystem>
#include <semaphore>
#include <thread>

#include "base/log.hpp"
#include "base/mailbox.hpp"
#include "record/recorder.hpp"

namespace greenroom::app {

inline constexpr std::size_t recorder_mailbox_size = 16 * 1024;  // ten seconds of 30 tracks at 50 packets a second

class RecorderThread {
 public:
  RecorderThread(std::filesystem::path root, base::LogSink& log, crypto::StorageKeys keys = {});
  ~RecorderThread();  // writes everything that was handed over

  bool push(record::RecorderInput input);  // any thread; false: refused
  std::uint64_t refused() const { return mailbox_.refused(); }

 private:
  void run();

  record::Recorder recorder_;
  base::Mailbox<record::RecorderInput> mailbox_{recorder_mailbox_size};
  std::atomic<bool> stopping_{false};
  std::binary_semaphore wake_{0};
  std::thread thread_;
};

}  // namespace greenroom::app

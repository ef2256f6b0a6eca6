// Moves sealed bytes to S3 on a thread of its own, for as long as it lives, and knows whether S3 works. serve owns it;
// what it refers to outlives it.
#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "blob/s3_store.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {

class BlobMover {
 public:
  BlobMover(blob::S3Store& store, studio::Studio& studio, base::LogSink& log);

  // What is wrong with S3, in words; empty: nothing, as far as the last turn knows.
  std::optional<std::string> problem() const;

 private:
  void run(const std::stop_token& stop);
  bool turn(const std::stop_token& stop);
  bool note(const base::Status& status);

  blob::S3Store& store_;
  studio::Studio& studio_;
  base::LogSink& log_;
  mutable std::mutex lock_;  // of problem_, and what wake_ waits with
  std::condition_variable_any wake_;
  std::optional<std::string> problem_;
  std::jthread thread_;  // last: it stops before the rest goes
};

}  // namespace greenroom::app

// A short queue before a slow Post: send() takes the mail and returns, one thread of the queue's own sends it, tries
// again after growing pauses while the server is away, and hands what it gives up on to the last resort (files that an
// administrator can read). Owned by app; thread-safe. What waits is in memory: close() (and the destructor) tries each
// once more within its patience, and what is then left goes to the last resort. Nothing is lost silently.
#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"
#include "notify/post.hpp"

namespace greenroom::notify {

struct MailQueueOptions {
  std::size_t waiting_max = 256;  // beyond it a mail goes straight to the last resort
  std::vector<base::Duration> pauses{std::chrono::seconds(2), std::chrono::seconds(10), std::chrono::minutes(1),
                                     std::chrono::minutes(5), std::chrono::minutes(20)};
  base::Duration patience = std::chrono::seconds(5);  // of close()
};

class MailQueue final : public Post {
 public:
  // Both outlive the queue.
  MailQueue(Post& first, Post& last_resort, base::LogSink& log, MailQueueOptions options = {});
  ~MailQueue() override;
  MailQueue(const MailQueue&) = delete;
  MailQueue& operator=(const MailQueue&) = delete;

  base::Status send(const Mail& mail) override;
  void close();
  std::size_t waiting() const;

 private:
  struct Waiting {
    Mail mail;
    std::size_t attempts = 0;
    base::Instant due{};
  };

  void work_until_closed();
  std::optional<Waiting> next();
  void attempt(Waiting waiting);
  bool wait_again(Waiting waiting);
  void give_up(const Mail& mail, std::string_view why);
  bool out_of_patience() const;

  Post& first_;
  Post& last_resort_;
  base::LogSink& log_;
  const MailQueueOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;
  std::optional<base::Instant> close_by_;
  std::thread thread_;
};

}  // namespace greenroom::notify

// Mail where there is no mail server: each becomes a readable .eml file of a folder, and a line of the log with the
// link that it carries. Also the last resort of a MailQueue. Owned by app; thread-safe, writes one small file a mail.
#pragma once
#include <filesystem>
#include <functional>
#include <mutex>

#include "base/log.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "notify/message.hpp"
#include "notify/post.hpp"

namespace greenroom::notify {

inline constexpr std::size_t outbox_files_max = 1000;  // the oldest goes when another comes

struct OutboxOptions {
  std::filesystem::path folder;  // made when missing
  Sender from;
  bool links_in_log = true;  // not behind a mail server: whoever reads the log could sign in as anyone
};

class OutboxPost final : public Post {
 public:
  OutboxPost(OutboxOptions options, std::function<base::WallTime()> clock, base::Rng& rng, base::LogSink& log);
  base::Status send(const Mail& mail) override;

 private:
  base::Status write(const std::string& name, std::string_view message);
  void forget_oldest();

  const OutboxOptions options_;
  const std::function<base::WallTime()> clock_;
  base::Rng& rng_;  // thread-safe
  base::LogSink& log_;
  std::mutex mutex_;
};

}  // namespace greenroom::notify

#include "app/mail.hpp"

#include "net/clock.hpp"
#include "notify/mail_queue.hpp"
#include "notify/outbox_post.hpp"
#include "notify/smtp_post.hpp"

namespace greenroom::app {
namespace {

// The files are written behind the request too: how long an answer takes must not tell whether a mail was sent.
class FolderPost final : public notify::Post {
 public:
  FolderPost(notify::OutboxOptions options, base::Rng& rng, base::LogSink& log)
      : folder_(std::move(options), net::wall_now, rng, log), queue_(folder_, folder_, log) {}
  base::Status send(const notify::Mail& mail) override { return queue_.send(mail); }

 private:
  notify::OutboxPost folder_;
  notify::MailQueue queue_;
};

class MailServerPost final : public notify::Post {
 public:
  MailServerPost(notify::SmtpOptions options, const std::filesystem::path& folder, base::Rng& rng, base::LogSink& log)
      : folder_({folder, options.from, false}, net::wall_now, rng, log),
        server_(std::move(options), net::wall_now, rng),
        queue_(server_, folder_, log) {}
  base::Status send(const notify::Mail& mail) override { return queue_.send(mail); }

 private:
  notify::OutboxPost folder_;
  notify::SmtpPost server_;
  notify::MailQueue queue_;
};

}  // namespace

base::Result<std::unique_ptr<notify::Post>> open_post(const MailConfig& config, const std::filesystem::path& data,
                                                      base::Rng& rng, base::LogSink& log) {
  GREENROOM_TRY(auto from, notify::parse_sender(config.from));
  const auto folder = data / "mail";
  if (config.smtp.empty()) return std::make_unique<FolderPost>(notify::OutboxOptions{folder, from, true}, rng, log);
  notify::SmtpOptions options;
  GREENROOM_TRY(options.server, notify::parse_smtp_url(config.smtp));
  options.from = std::move(from);
  return std::make_unique<MailServerPost>(std::move(options), folder, rng, log);
}

}  // namespace greenroom::app

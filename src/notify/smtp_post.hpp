// Mail through a mail server (RFC 5321), by libcurl: smtp:// with STARTTLS, smtps:// with TLS from the start, a login
// where the URL has one. Blocks for as long as the server takes, within time-outs: app puts a MailQueue before it.
// Thread-safe: each mail is a connection of its own.
// URL: smtp://user:password@host:port. STARTTLS is required unless the server is this machine or the URL ends in
// `?tls=off` (a relay on a private network); `?ca=/path.pem` names whom to trust instead of the system's list.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/rng.hpp"
#include "base/time.hpp"
#include "notify/message.hpp"
#include "notify/post.hpp"

namespace greenroom::notify {

struct SmtpServer {
  std::string url;  // scheme, host and port alone
  std::string user;
  std::string password;
  bool start_tls = true;
  std::string ca_file;  // empty: the system's
};
base::Result<SmtpServer> parse_smtp_url(std::string_view text);

struct SmtpOptions {
  SmtpServer server;
  Sender from;
  base::Duration connect_timeout = std::chrono::seconds(10);
  base::Duration total_timeout = std::chrono::seconds(30);
};

class SmtpPost final : public Post {
 public:
  SmtpPost(SmtpOptions options, std::function<base::WallTime()> clock, base::Rng& rng);
  // mail_refused: the server will never take it; mail_delayed: perhaps later.
  base::Status send(const Mail& mail) override;

 private:
  const SmtpOptions options_;
  const std::function<base::WallTime()> clock_;
  base::Rng& rng_;  // thread-safe
};

}  // namespace greenroom::notify

// Mail as a value, and the one thing that takes it away. app owns the Posts and joins them: without SMTP an OutboxPost
// (files and log), with SMTP a MailQueue before an SmtpPost. Every Post is thread-safe; what a use case holds is a Post
// whose send() is quick: a request neither waits for a mail server nor fails with it.
#pragma once
#include <string>

#include "base/result.hpp"

namespace greenroom::notify {

inline constexpr base::ErrorCode bad_mail{base::ErrorKind::invalid, "notify.bad_mail"};              // never will
inline constexpr base::ErrorCode mail_refused{base::ErrorKind::forbidden, "notify.mail_refused"};    // server: 5xx
inline constexpr base::ErrorCode mail_delayed{base::ErrorKind::unavailable, "notify.mail_delayed"};  // try later
inline constexpr base::ErrorCode mail_not_written{base::ErrorKind::io, "notify.mail_not_written"};   // disk
inline constexpr base::ErrorCode bad_smtp_url{base::ErrorKind::invalid, "notify.bad_smtp_url"};

struct Mail {
  std::string to;       // one address, "ada@example.org"
  std::string subject;  // UTF-8, one line
  std::string text;     // UTF-8, lines end in \n
  std::string html;     // the same said in HTML; empty: text alone
  std::string link;     // what the reader is to follow; shown in the log where there is no mail server
};

class Post {
 public:
  virtual ~Post() = default;
  virtual base::Status send(const Mail& mail) = 0;
};

}  // namespace greenroom::notify

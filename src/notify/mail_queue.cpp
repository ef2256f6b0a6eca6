#include "notify/mail_queue.hpp"

#include "base/thread_name.hpp"
#include "net/clock.hpp"

namespace greenroom::notify {

MailQueue::MailQueue(Post& first, Post& last_resort, base::LogSink& log, MailQueueOptions options)
    : first_(first), last_resort_(last_resort), log_(log), options_(std::move(options)) {
  thread_ = std::thread([this] { work_until_closed(); });
}

MailQueue::~MailQueue() { close(); }

base::Status MailQueue::send(const Mail& mail) {
  {
    const std::lock_guard lock(mutex_);
    if (!close_by_ && waiting_.size() < options_.waiting_max) {
      waiting_.push_back({mail, 0, net::now()});
      changed_.notify_one();
      return {};
    }
  }
  give_up(mail, "the queue is full or closed");
  return {};
}

void MailQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    if (!close_by_) close_by_ = net::now() + options_.patience;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

std::size_t MailQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void MailQueue::work_until_closed() {
  base::name_this_thread("mail");
  while (auto waiting = next()) attempt(*std::move(waiting));
}

// The mail whose turn has come; waits for one. None: closed, and nothing is left. Closing makes all due.
std::optional<MailQueue::Waiting> MailQueue::next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto first = std::min_element(waiting_.begin(), waiting_.end(),
                                        [](const Waiting& a, const Waiting& b) { return a.due < b.due; });
    if (first == waiting_.end()) {
      if (close_by_) return std::nullopt;
      changed_.wait(lock);
    } else if (const auto now = net::now(); close_by_ || first->due <= now) {
      auto taken = std::move(*first);
      waiting_.erase(first);
      return taken;
    } else {
      changed_.wait_for(lock, first->due - now);
    }
  }
}

void MailQueue::attempt(Waiting waiting) {
  if (out_of_patience()) return give_up(waiting.mail, "the server is closing");
  const auto status = first_.send(waiting.mail);
  if (status) return;
  const auto why = status.error().what + ": " + status.error().context;
  const auto mail = waiting.mail;
  if (status.error().code != mail_delayed || !wait_again(std::move(waiting))) return give_up(mail, why);
  log_.warning("mail.delayed", {{"to", mail.to}, {"error", why}});
}

// False when it has waited as often as it may.
bool MailQueue::wait_again(Waiting waiting) {
  const std::lock_guard lock(mutex_);
  if (close_by_ || waiting.attempts == options_.pauses.size()) return false;
  waiting.due = net::now() + options_.pauses[waiting.attempts++];
  waiting_.push_back(std::move(waiting));
  return true;
}

void MailQueue::give_up(const Mail& mail, std::string_view why) {
  log_.error("mail.given_up", {{"to", mail.to}, {"subject", mail.subject}, {"error", why}});
  if (const auto status = last_resort_.send(mail); !status)
    log_.error("mail.lost", {{"to", mail.to}, {"error", status.error().what}, {"context", status.error().context}});
}

bool MailQueue::out_of_patience() const {
  const std::lock_guard lock(mutex_);
  return close_by_ && net::now() >= *close_by_;
}

}  // namespace greenroom::notify

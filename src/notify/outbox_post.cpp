#include "notify/outbox_post.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

namespace greenroom::notify {
namespace {

namespace fs = std::filesystem;

// "20261120T133649.125Z-5f0c….eml": sorts by time.
std::string file_name(const MessageStamp& stamp) {
  std::string name = base::to_rfc3339(stamp.date);
  std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
  return name + '-' + stamp.id.substr(0, 8) + ".eml";
}

base::Status refused(const fs::path& path) {
  return base::fail(mail_not_written, "the mail could not be written",
                    path.string() + ": " + std::generic_category().message(errno));
}

}  // namespace

OutboxPost::OutboxPost(OutboxOptions options, std::function<base::WallTime()> clock, base::Rng& rng, base::LogSink& log)
    : options_(std::move(options)), clock_(std::move(clock)), rng_(rng), log_(log) {}

base::Status OutboxPost::send(const Mail& mail) {
  const auto stamp = make_stamp(options_.from, clock_(), rng_);
  GREENROOM_TRY(const auto message, compose_message(mail, options_.from, stamp, TextEncoding::eight_bit));
  const auto name = file_name(stamp);
  {
    const std::lock_guard lock(mutex_);
    GREENROOM_CHECK_OK(write(name, message));
    forget_oldest();
  }
  const auto file = (options_.folder / name).string();
  const std::string_view link = options_.links_in_log ? std::string_view(mail.link) : "";
  log_.info("mail.written", {{"to", mail.to}, {"subject", mail.subject}, {"link", link}, {"file", file}});
  return {};
}

// Links sign people in: readable by the server's user alone. A file appears under its name when it is whole.
base::Status OutboxPost::write(const std::string& name, std::string_view message) {
  std::error_code error;
  fs::create_directories(options_.folder, error);
  const auto fresh = options_.folder / (name + ".new"), path = options_.folder / name;
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return refused(fresh);
  const bool whole = ::write(fd, message.data(), message.size()) == ssize_t(message.size());
  if (::close(fd) != 0 || !whole || ::rename(fresh.c_str(), path.c_str()) != 0) {
    auto failure = refused(path);
    ::unlink(fresh.c_str());
    return failure;
  }
  return {};
}

void OutboxPost::forget_oldest() {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(options_.folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".eml") files.push_back(entry->path());
  if (files.size() <= outbox_files_max) return;
  std::sort(files.begin(), files.end());
  files.resize(files.size() - outbox_files_max);
  for (const auto& file : files) fs::remove(file, error);
}

}  // namespace greenroom::notify

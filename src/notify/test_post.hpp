// A Post that keeps what it is given, for tests of those who send mail.
#pragma once
#include <mutex>
#include <utility>
#include <vector>

#include "notify/post.hpp"

namespace greenroom::notify {

class TestPost final : public Post {
 public:
  base::Status send(const Mail& mail) override {
    const std::lock_guard lock(mutex_);
    mails_.push_back(mail);
    return {};
  }
  std::vector<Mail> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(mails_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Mail> mails_;
};

}  // namespace greenroom::notify

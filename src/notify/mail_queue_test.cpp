#include "notify/mail_queue.hpp"

#include <future>

#include "notify/test_post.hpp"

namespace greenroom::notify {
namespace {

using namespace std::chrono_literals;

Mail letter_to(std::string to) { return {std::move(to), "x", "y", "", ""}; }

// Fails a number of times, then takes everything.
class LamePost final : public Post {
 public:
  LamePost(int failures, base::ErrorCode code) : failures_(failures), code_(code) {}
  base::Status send(const Mail& given) override {
    ++attempts;
    if (failures_-- > 0) return base::fail(code_, "not now");
    static_cast<void>(taken.send(given));
    if (taken_one) taken_one->set_value();
    return {};
  }
  std::atomic<int> attempts = 0;
  TestPost taken;
  std::promise<void>* taken_one = nullptr;

 private:
  int failures_;
  base::ErrorCode code_;
};

// Holds the first mail until it is let go.
class HeldPost final : public Post {
 public:
  base::Status send(const Mail& given) override {
    if (!std::exchange(began_, true)) began.set_value();
    go.get_future().wait();
    go = {};
    go.set_value();
    return taken.send(given);
  }
  std::promise<void> began, go;
  TestPost taken;

 private:
  bool began_ = false;
};

MailQueueOptions impatient() { return {.waiting_max = 2, .pauses = {1ms, 1ms, 1ms}, .patience = 5s}; }

TEST(MailQueue, tries_again_until_the_server_takes_it) {
  std::promise<void> done;
  LamePost server(3, mail_delayed);
  server.taken_one = &done;
  TestPost folder;
  base::NullLog log;
  MailQueue queue(server, folder, log, impatient());
  ASSERT_TRUE(queue.send(letter_to("a@b")));
  done.get_future().wait();
  queue.close();
  EXPECT_EQ(server.attempts, 4);
  EXPECT_EQ(server.taken.take().size(), 1U);
  EXPECT_TRUE(folder.take().empty());
}

TEST(MailQueue, gives_up_after_the_last_pause) {
  LamePost server(1000, mail_delayed);
  struct : Post {
    std::promise<Mail> got;
    base::Status send(const Mail& given) override { return got.set_value(given), base::Status{}; }
  } folder;
  base::NullLog log;
  MailQueue queue(server, folder, log, impatient());
  ASSERT_TRUE(queue.send(letter_to("a@b")));
  EXPECT_EQ(folder.got.get_future().get().to, "a@b");
  EXPECT_EQ(server.attempts, 4);
}

TEST(MailQueue, does_not_insist_where_the_server_refuses) {
  LamePost server(1000, mail_refused);
  TestPost folder;
  base::NullLog log;
  MailQueue queue(server, folder, log, impatient());
  ASSERT_TRUE(queue.send(letter_to("a@b")));
  queue.close();
  EXPECT_EQ(server.attempts, 1);
  EXPECT_EQ(folder.take().size(), 1U);
}

TEST(MailQueue, a_full_queue_neither_waits_nor_loses) {
  HeldPost server;
  TestPost folder;
  base::NullLog log;
  MailQueue queue(server, folder, log, impatient());
  ASSERT_TRUE(queue.send(letter_to("held@b")));
  server.began.get_future().wait();
  for (const char* to : {"1@b", "2@b", "3@b"}) ASSERT_TRUE(queue.send(letter_to(to)));
  EXPECT_EQ(queue.waiting(), 2U);
  const auto written = folder.take();
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].to, "3@b");
  server.go.set_value();
  queue.close();
  EXPECT_EQ(server.taken.take().size(), 3U) << "closing sends what waits";
}

TEST(MailQueue, closing_while_the_server_is_away_leaves_files) {
  LamePost server(1000, mail_delayed);
  TestPost folder;
  base::NullLog log;
  {
    auto options = impatient();
    options.pauses = {1h};
    MailQueue queue(server, folder, log, options);
    ASSERT_TRUE(queue.send(letter_to("1@b")));
    ASSERT_TRUE(queue.send(letter_to("2@b")));
  }
  EXPECT_EQ(folder.take().size(), 2U);
  EXPECT_GE(server.attempts, 2);
}

TEST(MailQueue, without_patience_closing_writes_files_at_once) {
  LamePost server(1000, mail_delayed);
  TestPost folder;
  base::NullLog log;
  auto options = impatient();
  options.patience = 0s;
  MailQueue queue(server, folder, log, options);
  queue.close();
  ASSERT_TRUE(queue.send(letter_to("late@b")));
  EXPECT_EQ(folder.take().size(), 1U);
  EXPECT_EQ(server.attempts, 0);
}

}  // namespace
}  // namespace greenroom::notify

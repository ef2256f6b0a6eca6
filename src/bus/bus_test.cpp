// The same promises of every backend. A fixture has two ends of one bus: of the local one they are the same, over Redis
// they are what two processes have.
#include "bus/bus.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "base/rng.hpp"
#include "bus/detail/redis_url.hpp"
#include "bus/detail/test_redis.hpp"

namespace greenroom::bus {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

constexpr base::Duration patience = 15s;
base::NullLog no_log;

// One for all tests of the suite; another one's address may be given by the environment.
std::string shared_redis() {
  if (const char* url = std::getenv("GREENROOM_TEST_REDIS"); url && *url) return url;
  static TestRedis own;
  return own.url();
}

std::string fresh_name_space() {
  static std::atomic<int> count = 0;
  return "test" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

RedisOptions options_at(const std::string& url, const std::string& node, const std::string& name_space) {
  RedisOptions options;
  options.url = url;
  options.node = node;
  options.name_space = name_space;
  // Shorter than in earnest, and longer than a busy machine may stand still.
  options.lease = 3s;
  options.back_off_min = 10ms;
  options.back_off_max = 50ms;
  options.settling = 600ms;
  return options;
}

std::unique_ptr<Bus> redis_end(const std::string& url, const std::string& node, const std::string& name_space) {
  auto bus = make_redis_bus(options_at(url, node, name_space), no_log);
  EXPECT_TRUE(bus && (*bus)->settle(patience)) << "no Redis at " << url;
  return *std::move(bus);
}

// A subscription that can be waited for.
class Ear {
 public:
  Ear(Bus& bus, std::string_view topic, std::size_t capacity = 100'000)
      : subscription_(bus.subscribe(topic, {.capacity = capacity, .wake = [this] { woken(); }})) {}

  // The next `count` messages, or fewer when they do not come.
  std::vector<Message> hear(std::size_t count) {
    until([&] { return heard_.size() >= count; });
    return std::exchange(heard_, {});
  }
  std::uint64_t miss() {
    until([&] { return missed_ > 0; });
    return missed_;
  }
  std::uint64_t missed() const { return missed_; }

 private:
  void woken() {
    std::lock_guard guard(lock_);
    news_ = true;
    changed_.notify_all();
  }
  template <class Condition>
  void until(Condition enough) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
      auto drained = subscription_.drain();
      for (auto& message : drained.messages) heard_.push_back(std::move(message));
      missed_ += drained.missed;
      if (enough()) return;
      std::unique_lock guard(lock_);
      if (!changed_.wait_until(guard, deadline, [this] { return std::exchange(news_, false); })) return;
    }
  }

  std::mutex lock_;
  std::condition_variable changed_;
  bool news_ = false;
  std::vector<Message> heard_;
  std::uint64_t missed_ = 0;
  Subscription subscription_;
};

std::vector<std::string> payloads(const std::vector<Message>& messages) {
  std::vector<std::string> out;
  for (const auto& message : messages) out.push_back(message.payload);
  return out;
}

// What is answered on the bus's thread; the answer may come after nobody waits for it any more.
template <class T, class Ask>
base::Result<T> answer_of(Ask ask) {
  auto promise = std::make_shared<std::promise<base::Result<T>>>();
  ask([promise](base::Result<T> answer) { promise->set_value(std::move(answer)); });
  auto future = promise->get_future();
  if (future.wait_for(patience) == std::future_status::ready) return future.get();
  return base::fail({base::ErrorKind::internal, "test.no_answer"}, "no answer came");
}

base::Result<std::vector<Member>> members(Bus& bus, std::string_view topic) {
  return answer_of<std::vector<Member>>([&](auto answer) { bus.members(topic, std::move(answer)); });
}

base::Result<std::string> claim(Bus& bus, std::string_view key, ClaimLost lost = nullptr) {
  return answer_of<std::string>([&](auto answer) { bus.claim(key, std::move(answer), std::move(lost)); });
}

base::Result<std::string> offer(Bus& bus, std::string_view key, std::string_view node) {
  return answer_of<std::string>([&](auto answer) { bus.offer(key, node, std::move(answer)); });
}

// Asks again until the answer satisfies, for what another process does in its own time.
template <class Ask, class Condition>
auto ask_until(Ask ask, Condition satisfied) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto answer = ask();
    if (satisfied(answer) || std::chrono::steady_clock::now() > deadline) return answer;
    std::this_thread::yield();
  }
}

enum class Backend { local, redis };

class BusTest : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (GetParam() == Backend::local) {
      near_ = make_local_bus();
      return;
    }
    if (!TestRedis::installed() && !std::getenv("GREENROOM_TEST_REDIS")) GTEST_SKIP() << "no redis-server";
    const auto name_space = fresh_name_space();
    near_ = redis_end(shared_redis(), "near", name_space);
    far_ = redis_end(shared_redis(), "far", name_space);
  }
  Bus& near() { return *near_; }
  Bus& far() { return far_ ? *far_ : *near_; }
  void settle() {
    ASSERT_TRUE(near().settle(patience));
    ASSERT_TRUE(far().settle(patience));
  }
  std::unique_ptr<Bus> near_, far_;
};

INSTANTIATE_TEST_SUITE_P(Local, BusTest, testing::Values(Backend::local));
INSTANTIATE_TEST_SUITE_P(Redis, BusTest, testing::Values(Backend::redis));

TEST_P(BusTest, DeliversToTheTopicAndToItsParents) {
  Ear one(far(), "session/1"), all(far(), "session/*"), other(far(), "session/2"), own(near(), "session/*");
  settle();
  near().publish("session/1", "a");
  near().publish("else/1", "c");
  near().publish("session/2", "b");
  EXPECT_THAT(payloads(one.hear(1)), ElementsAre("a"));
  EXPECT_THAT(payloads(all.hear(2)), ElementsAre("a", "b"));
  EXPECT_THAT(payloads(other.hear(1)), ElementsAre("b"));
  const auto heard = own.hear(2);
  EXPECT_THAT(payloads(heard), ElementsAre("a", "b"));
  EXPECT_EQ(heard[0].topic, "session/1");
}

TEST_P(BusTest, TopicsAreNoPatternsAndPayloadsAnyBytes) {
  const std::string bytes("\0\r\n$5\xff*", 8);
  Ear odd(far(), "a[b]?/*"), tame(far(), "ab1/*");
  settle();
  near().publish("ab1/x", "1");
  near().publish("a[b]?/x", bytes);
  EXPECT_THAT(payloads(odd.hear(1)), ElementsAre(bytes));
  EXPECT_THAT(payloads(tame.hear(1)), ElementsAre("1"));
}

TEST_P(BusTest, WhatIsPublishedHereStaysHere) {
  Ear own(near(), "t"), others(far(), "t");
  settle();
  near().publish_here("t", "here");
  near().publish("t", "everywhere");
  EXPECT_THAT(payloads(own.hear(2)), ElementsAre("here", "everywhere"));
  EXPECT_EQ(payloads(others.hear(1)).back(), "everywhere");
}

TEST_P(BusTest, AFullQueueDropsTheOldestAndSaysSo) {
  auto small = far().subscribe("t", {.capacity = 2});
  Ear all(far(), "t");
  settle();
  for (auto text : {"1", "2", "3", "4"}) near().publish("t", text);
  ASSERT_EQ(all.hear(4).size(), 4u);
  auto drained = small.drain();
  EXPECT_EQ(drained.missed, 2u);
  EXPECT_EQ(drained.messages[0].payload, "3");
  EXPECT_EQ(small.drain().missed, 0u);
}

TEST_P(BusTest, AnEndedSubscriptionHearsNothingAndMayOutliveTheBus) {
  std::atomic<int> woken = 0;
  {
    auto gone = near().subscribe("t", {.wake = [&] { ++woken; }});
  }
  auto kept = near().subscribe("t", {});
  near().publish("t", "x");
  EXPECT_EQ(woken, 0);
  near_.reset();
  EXPECT_EQ(kept.drain().messages.size(), 1u);
}

TEST_P(BusTest, ManySubscriptionsLeaveNothingBehind) {
  for (int i = 0; i < 2'000; ++i) far().subscribe("session/" + std::to_string(i), {});
  Ear last(far(), "session/7");
  settle();
  near().publish("session/7", "x");
  EXPECT_EQ(last.hear(1).size(), 1u);
}

TEST_P(BusTest, FourPublishersKeepTheirOrder) {
  Ear a(far(), "t"), b(near(), "t");
  settle();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1'000; ++i) near().publish("t", std::to_string(t * 1'000 + i));
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto* ear : {&a, &b}) {
    const auto seen = payloads(ear->hear(4'000));
    ASSERT_EQ(seen.size(), 4'000u);
    std::array<int, 4> last{-1, -1, -1, -1};
    for (const auto& text : seen) {
      const int n = std::stoi(text);
      EXPECT_EQ(n % 1'000, last[std::size_t(n / 1'000)] + 1);
      last[std::size_t(n / 1'000)] = n % 1'000;
    }
    EXPECT_EQ(ear->missed(), 0u);
  }
}

TEST_P(BusTest, MembersComeAndGo) {
  near().announce("rooms", "b", "1");
  near().announce("rooms", "a", "2");
  far().announce("rooms", "c", "");
  near().announce("rooms", "b", "3");
  near().announce("others", "x", "");
  const std::vector<Member> all{{"a", "2"}, {"b", "3"}, {"c", ""}};
  const auto here = [&] { return members(far(), "rooms"); };
  EXPECT_EQ(ask_until(here, [&](const auto& now) { return now && *now == all; }).value(), all);
  near().withdraw("rooms", "a");
  far().withdraw("rooms", "c");
  const std::vector<Member> left{{"b", "3"}};
  EXPECT_EQ(ask_until(here, [&](const auto& now) { return now && *now == left; }).value(), left);
  EXPECT_EQ(members(near(), "empty").value().size(), 0u);
}

TEST_P(BusTest, AClaimNamesItsHolder) {
  EXPECT_EQ(claim(near(), "room/1").value(), near().node());
  EXPECT_EQ(claim(near(), "room/1").value(), near().node());
  EXPECT_EQ(claim(far(), "room/1").value(), near().node());
  near().release("room/1");
  const auto again = [&] { return claim(far(), "room/1"); };
  EXPECT_EQ(ask_until(again, [&](const auto& holder) { return holder == far().node(); }).value(), far().node());
}

TEST_P(BusTest, AnOfferNamesTheHolderToo) {
  EXPECT_EQ(offer(near(), "room/1", far().node()).value(), far().node());
  EXPECT_EQ(claim(near(), "room/1").value(), far().node()) << "before it has claimed it";
  EXPECT_EQ(claim(far(), "room/1").value(), far().node());
  EXPECT_EQ(claim(near(), "room/2").value(), near().node());
  EXPECT_EQ(offer(near(), "room/2", far().node()).value(), near().node()) << "what is somebody's is not given away";
}

TEST(LocalBus, WakesOncePerDrain) {
  auto bus = make_local_bus();
  int woken = 0;
  auto subscription = bus->subscribe("t", {.wake = [&] { ++woken; }});
  bus->publish("t", "1");
  bus->publish("t", "2");
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(subscription.drain().messages.size(), 2u);
  bus->publish("t", "3");
  EXPECT_EQ(woken, 2);
}

// ---- what only several processes can show

class RedisBusTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!TestRedis::installed()) GTEST_SKIP() << "no redis-server";
    redis_.emplace();
  }
  std::unique_ptr<Bus> end(const std::string& node) { return redis_end(redis_->url(), node, "greenroom"); }
  std::optional<TestRedis> redis_;
};

base::Status until_unavailable(Bus& bus) {
  return ask_until([&] { return bus.state(); }, [](const auto& state) { return !state; });
}

TEST_F(RedisBusTest, RedisKilledAndStartedAgain) {
  auto near = end("near"), far = end("far");
  Ear ear(*far, "session/*");
  near->announce("nodes", "near", "");
  ASSERT_EQ(claim(*near, "room").value(), "near");
  ASSERT_TRUE(far->settle(patience));

  redis_->kill();
  EXPECT_EQ(until_unavailable(*near).error().code, error_unavailable);
  until_unavailable(*far);
  Ear own(*near, "session/*");
  EXPECT_EQ(near->publish("session/1", "lost").error().code, error_unavailable);
  EXPECT_THAT(payloads(own.hear(1)), ElementsAre("lost")) << "its own subscribers hear it";
  EXPECT_EQ(claim(*near, "other").error().code, error_unavailable);
  EXPECT_EQ(members(*near, "nodes").error().code, error_unavailable);
  EXPECT_EQ(near->settle(10ms).error().code, error_unavailable);

  redis_->start();  // has forgotten everything
  ASSERT_TRUE(near->settle(patience));
  ASSERT_TRUE(far->settle(patience));
  EXPECT_GE(ear.miss(), 1u);
  ASSERT_TRUE(near->publish("session/1", "heard"));
  EXPECT_THAT(payloads(ear.hear(1)), ElementsAre("heard"));
  EXPECT_EQ(claim(*far, "room").value(), "near") << "claimed again before anybody else could";
  EXPECT_THAT(members(*far, "nodes").value(), ElementsAre(Member{"near", ""}));
}

TEST_F(RedisBusTest, RedisThatFallsSilentIsGone) {
  auto bus = end("near");
  redis_->freeze();
  EXPECT_EQ(until_unavailable(*bus).error().code, error_unavailable);
  redis_->thaw();
  EXPECT_TRUE(bus->settle(patience));
}

TEST_F(RedisBusTest, RedisThatComesLater) {
  redis_->kill();
  auto bus = *make_redis_bus(options_at(redis_->url(), "near", "greenroom"), no_log);
  EXPECT_EQ(bus->state().error().code, error_unavailable);
  Ear ear(*bus, "t");
  redis_->start();
  EXPECT_TRUE(bus->settle(patience));
}

TEST_F(RedisBusTest, WhatAPublisherCouldNotSendOthersLearnOf) {
  auto near = end("near"), far = end("far");
  auto options = options_at(redis_->url(), "narrow", "greenroom");
  options.in_flight_max = 0;
  auto narrow = *make_redis_bus(options, no_log);
  ASSERT_TRUE(narrow->settle(patience));
  Ear ear(*far, "t");
  ASSERT_TRUE(far->settle(patience));
  EXPECT_EQ(narrow->publish("t", "x").error().code, error_full);
  EXPECT_GE(ear.miss(), 1u);
}

TEST_F(RedisBusTest, AProcessThatEndsGivesUpWhatItHad) {
  auto near = end("near"), far = end("far");
  near->announce("nodes", "near", "");
  ASSERT_EQ(claim(*near, "room").value(), "near");
  near.reset();
  EXPECT_EQ(claim(*far, "room").value(), "far");
  EXPECT_EQ(members(*far, "nodes").value().size(), 0u);
}

// Run by the next test in a process of its own, which ends without a goodbye.
TEST(RedisBusChild, DISABLED_ClaimsAndDies) {
  const char* url = std::getenv("GREENROOM_TEST_CHILD_REDIS");
  if (!url) GTEST_SKIP() << "for WhatIsNotRenewedEnds";
  auto bus = redis_end(url, "child", "greenroom");
  bus->announce("nodes", "child", "");
  const bool ours = claim(*bus, "room") == "child";
  ::_exit(ours ? 7 : 1);  // no destructors
}

TEST_F(RedisBusTest, WhatIsNotRenewedEnds) {
  auto near = end("near");
  const std::string url = "GREENROOM_TEST_CHILD_REDIS=" + redis_->url();
  const char* argv[] = {"bus_tests", "--gtest_also_run_disabled_tests", "--gtest_filter=RedisBusChild.*", nullptr};
  const char* environment[] = {url.c_str(), nullptr};
  pid_t child = 0;
  ASSERT_EQ(::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(argv),
                          const_cast<char**>(environment)),
            0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(claim(*near, "room").value(), "child");
  const auto again = [&] { return claim(*near, "room"); };
  EXPECT_EQ(ask_until(again, [](const auto& holder) { return holder == "near"; }).value(), "near");
  const auto here = [&] { return members(*near, "nodes"); };
  EXPECT_EQ(ask_until(here, [](const auto& now) { return now && now->empty(); }).value().size(), 0u);
}

TEST_F(RedisBusTest, AClaimThatAnotherHasTakenIsLost) {
  auto near = end("near");
  std::promise<void> lost;
  ASSERT_EQ(claim(*near, "room", [&] { lost.set_value(); }).value(), "near");
  redis_->kill();
  until_unavailable(*near);
  auto options = options_at(redis_->url(), "far", "greenroom");
  options.settling = 0ms;
  options.back_off_max = 10ms;
  // Far is there first and claims what near had; that near comes back at the same moment is why there is settling.
  redis_->start();
  auto far = *make_redis_bus(options, no_log);
  ASSERT_TRUE(far->settle(patience));
  const auto holder = claim(*far, "room").value();
  ASSERT_TRUE(near->settle(patience));
  if (holder == "far") {
    EXPECT_EQ(lost.get_future().wait_for(patience), std::future_status::ready);
  }
  EXPECT_EQ(claim(*near, "room").value(), holder);
}

TEST(RedisUrl, IsReadWholeOrRefused) {
  const auto whole = parse_redis_url("redis://us%40er:p%3Ass@redis.example:6380/3").value();
  EXPECT_EQ(whole.host, "redis.example");
  EXPECT_EQ(whole.port, 6380);
  EXPECT_EQ(whole.user, "us@er");
  EXPECT_EQ(whole.password, "p:ss");
  EXPECT_EQ(whole.database, 3u);
  EXPECT_EQ(parse_redis_url("redis://localhost").value().port, 6379);
  EXPECT_EQ(parse_redis_url("redis://:secret@[::1]:7").value().host, "::1");
  EXPECT_EQ(parse_redis_url("redis://:secret@[::1]:7").value().password, "secret");
  for (auto bad : {"", "localhost", "http://localhost", "redis://", "redis://h:99999", "redis://h:x", "redis://h/x",
                   "redis://user@h", "redis://u:%4@h", "redis://[::1", "redis://h:"}) {
    const auto address = parse_redis_url(bad);
    ASSERT_FALSE(address) << bad;
    EXPECT_EQ(address.error().code, error_bad_url);
  }
}

}  // namespace
}  // namespace greenroom::bus

#include "net/loop.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <thread>

#include "net/blocking_pool.hpp"
#include "net/clock.hpp"

namespace greenroom::net {
namespace {

using std::chrono::milliseconds;

TEST(Loop, runs_what_is_posted_in_order) {
  Loop loop;
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) loop.post([&order, i] { order.push_back(i); });
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Loop, timers_come_in_order_of_time) {
  Loop loop;
  std::vector<int> order;
  const auto start = loop.now();
  auto second = loop.after(milliseconds(20), [&] {
    order.push_back(2);
    loop.stop();
  });
  auto first = loop.after(milliseconds(5), [&] { order.push_back(1); });
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_GE(loop.now() - start, milliseconds(20));
  EXPECT_FALSE(first.pending());
}

TEST(Loop, cancelled_dropped_and_replaced_timers_do_not_run) {
  Loop loop;
  int ran = 0;
  Timer cancelled = loop.after(milliseconds(1), [&] { ran += 1; });
  Timer replaced = loop.after(milliseconds(1), [&] { ran += 10; });
  {
    Timer dropped = loop.after(milliseconds(1), [&] { ran += 100; });
  }
  Timer detached = loop.after(milliseconds(1), [&] { ran += 1000; });
  EXPECT_TRUE(cancelled.pending());
  cancelled.cancel();
  cancelled.cancel();
  EXPECT_FALSE(cancelled.pending());
  detached.detach();
  replaced = loop.after(milliseconds(10), [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(ran, 1000);
}

TEST(Loop, a_timer_may_cancel_another_that_is_due) {
  Loop loop;
  bool both = false;
  Timer a, b;
  a = loop.after(milliseconds(1), [&] {
    both = !b.pending();
    b.cancel();
  });
  b = loop.after(milliseconds(1), [&] {
    both = !a.pending();
    a.cancel();
  });
  auto end = loop.after(milliseconds(10), [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(both);
}

TEST(Loop, timers_outlive_the_loop_harmlessly) {
  Timer timer;
  {
    Loop loop;
    timer = loop.after(milliseconds(1), [] {});
  }
  EXPECT_FALSE(timer.pending());
  timer.cancel();
}

TEST(Loop, signals_arrive_each_time) {
  Loop loop;
  int count = 0;
  loop.on_signal([&](int signal) {
    EXPECT_EQ(signal, SIGTERM);
    if (++count == 2) return loop.stop();
    std::raise(SIGTERM);
  });
  loop.post([] { std::raise(SIGTERM); });
  loop.run();
  EXPECT_EQ(count, 2);
}

TEST(BlockingPool, completion_runs_on_the_loop) {
  Loop loop;
  BlockingPool pool;
  const auto here = std::this_thread::get_id();
  std::thread::id worked, done;
  EXPECT_TRUE(pool.run([&] { worked = std::this_thread::get_id(); }, loop,
                       [&] {
                         done = std::this_thread::get_id();
                         loop.stop();
                       }));
  loop.run();
  EXPECT_NE(worked, here);
  EXPECT_EQ(done, here);
}

TEST(BlockingPool, values_travel_to_the_loop) {
  Loop loop;
  BlockingPool pool;
  std::string got;
  EXPECT_TRUE(pool.run_then(
      loop, [] { return std::string("rows"); },
      [&](std::string rows) {
        got = std::move(rows);
        loop.stop();
      }));
  loop.run();
  EXPECT_EQ(got, "rows");
}

TEST(BlockingPool, refuses_when_full_and_finishes_what_it_took) {
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  std::promise<void> started;
  std::atomic<int> ran{0};
  {
    BlockingPool pool({1, 2});
    ASSERT_TRUE(pool.run([&, opened] {
      started.set_value();
      opened.wait();
      ++ran;
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.run([&] { ++ran; }));
    EXPECT_TRUE(pool.run([&] { ++ran; }));
    EXPECT_FALSE(pool.run([&] { ++ran; }));
    gate.set_value();
    pool.close();
    EXPECT_FALSE(pool.run([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 3);
}

TEST(Clock, wall_and_monotonic_time_run_together) {
  const auto before = now();
  const auto wall = wall_now();
  const auto system = std::chrono::system_clock::now().time_since_epoch();
  const auto after = now();
  EXPECT_LT(std::chrono::abs(wall.time_since_epoch() - system), std::chrono::seconds(2));
  while (now() - after < milliseconds(5)) {
  }
  const auto before_second = now();
  const auto passed = wall_now() - wall;
  const auto after_second = now();
  EXPECT_GE(passed, before_second - after - milliseconds(1));
  EXPECT_LE(passed, after_second - before + milliseconds(1));
}

}  // namespace
}  // namespace greenroom::net

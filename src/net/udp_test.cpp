#include "net/udp.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "net/clock.hpp"

namespace greenroom::net {
namespace {

const auto loopback = base::Address::v4(127, 0, 0, 1, 0);

base::Instant soon() { return now() + std::chrono::seconds(10); }

template <class F>
std::size_t each(UdpPort& port, F&& fn) {
  return port.drain([&](std::span<const base::Datagram> datagrams) { std::ranges::for_each(datagrams, fn); });
}

// Counts datagrams by number until `count` have come or nothing comes any more.
std::vector<std::uint32_t> receive(UdpPort& port, std::size_t count) {
  std::vector<std::uint32_t> numbers;
  Wake wake;
  while (numbers.size() < count) {
    if (!port.wait(soon(), wake).readable) break;
    each(port, [&](const base::Datagram& datagram) { numbers.push_back(base::load_u32(datagram.bytes.data())); });
  }
  return numbers;
}

void send_numbered(UdpPort& port, const base::Address& to, std::uint32_t number, std::size_t size) {
  std::array<std::uint8_t, 2048> bytes{};
  base::store_u32(bytes.data(), number);
  port.send(to, base::ByteView(bytes).first(size));
}

void round_trip(bool segmentation) {
  UdpOptions options;
  options.segmentation = segmentation;
  auto sender = UdpPort::open(loopback, options).value();
  auto receiver = UdpPort::open(loopback).value();
  constexpr std::uint32_t total = 10'000;
  for (std::uint32_t number = 0; number < total;) {
    const auto batch_end = std::min(number + 500, total);
    for (const auto first = number; number < batch_end; ++number) {
      send_numbered(sender, receiver.local(), number, (number - first) % 50 == 49 ? 700 : 1200);
    }
    sender.flush();
    const auto got = receive(receiver, 500);
    ASSERT_EQ(got.size(), 500u);
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], batch_end - 500 + i);
  }
  EXPECT_EQ(sender.stats().sent, total);
  EXPECT_EQ(sender.stats().dropped, 0u);
  EXPECT_EQ(receiver.stats().received, total);
  EXPECT_LE(sender.stats().send_calls, segmentation ? 60u : total / 40);
  EXPECT_LE(receiver.stats().receive_calls, 400u);
}

TEST(Udp, ten_thousand_datagrams_arrive_in_order_with_segmentation) { round_trip(true); }
TEST(Udp, ten_thousand_datagrams_arrive_in_order_without) { round_trip(false); }

TEST(Udp, keeps_every_size_and_destination_apart) {
  auto sender = UdpPort::open(loopback).value();
  auto a = UdpPort::open(loopback).value(), b = UdpPort::open(loopback).value();
  const std::vector<std::size_t> sizes = {100, 100, 100, 50, 100, 200, 200, 4, 1472, 1472, 2000, 9};
  std::vector<std::size_t> at_a, at_b;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    send_numbered(sender, a.local(), std::uint32_t(i), sizes[i]);
    if (i % 3 == 0) send_numbered(sender, b.local(), std::uint32_t(i), sizes[i]);
  }
  sender.flush();
  EXPECT_EQ(each(a,
                 [&](const base::Datagram& d) {
                   EXPECT_EQ(d.from, sender.local());
                   at_a.push_back(d.bytes.size());
                 }),
            sizes.size());
  EXPECT_EQ(each(b, [&](const base::Datagram& d) { at_b.push_back(d.bytes.size()); }), 4u);
  EXPECT_EQ(at_a, sizes);
  EXPECT_EQ(at_b, (std::vector<std::size_t>{100, 50, 200, 1472}));
}

// A run is sent from where it lies and arrives datagram by datagram, whether the kernel cuts it or we do.
void send_runs(bool segmentation) {
  UdpOptions options;
  options.segmentation = segmentation;
  auto sender = UdpPort::open(loopback, options).value();
  auto a = UdpPort::open(loopback).value(), b = UdpPort::open(loopback).value();
  std::array<std::uint8_t, 5 * 1200> bytes{};
  for (std::size_t i = 0; i < 5; ++i) base::store_u32(&bytes[i * 1200], std::uint32_t(i));
  sender.send_run(a.local(), base::ByteView(bytes).first(4 * 1200 + 700), 1200);
  send_numbered(sender, a.local(), 5, 1200);
  sender.send_run(b.local(), base::ByteView(bytes).first(1200), 1200);
  sender.send_run(b.local(), bytes, 0);             // no size
  sender.send_run(b.local(), base::Bytes(100), 1);  // more than the kernel takes at once
  sender.flush();
  std::vector<std::size_t> sizes;
  std::vector<std::uint32_t> numbers;
  each(a, [&](const base::Datagram& d) {
    EXPECT_EQ(d.from, sender.local());
    sizes.push_back(d.bytes.size());
    numbers.push_back(base::load_u32(d.bytes.data()));
  });
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1200, 1200, 1200, 1200, 700, 1200}));
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(receive(b, 1).size(), 1u);
  EXPECT_EQ(sender.stats().sent, 7u);
  EXPECT_EQ(sender.stats().dropped, 101u);
}
TEST(Udp, runs_arrive_datagram_by_datagram_with_segmentation) { send_runs(true); }
TEST(Udp, runs_arrive_datagram_by_datagram_without) { send_runs(false); }

TEST(Udp, empty_datagrams_and_oversized_ones) {
  auto sender = UdpPort::open(loopback).value();
  auto receiver = UdpPort::open(loopback).value();
  const base::Bytes big(UdpPort::datagram_limit + 1), huge(UdpPort::send_limit + 1);
  sender.send(receiver.local(), {});
  sender.send(receiver.local(), big);
  sender.send(receiver.local(), huge);
  sender.flush();
  std::size_t seen = 0;
  each(receiver, [&](const base::Datagram& datagram) { seen += 1 + datagram.bytes.size(); });
  EXPECT_EQ(seen, 1u);
  EXPECT_EQ(receiver.stats().truncated, 1u);
  EXPECT_EQ(sender.stats().dropped, 1u);
}

TEST(Udp, a_failing_destination_does_not_hold_up_the_others) {
  auto sender = UdpPort::open(loopback).value();
  auto receiver = UdpPort::open(loopback).value();
  for (int i = 0; i < 5; ++i) {
    send_numbered(sender, base::Address::v4(8, 8, 8, 8, 9), 0, 100);  // not reachable from a loopback socket
  }
  send_numbered(sender, base::parse_ip("2001:db8::1", 9).value(), 0, 100);
  send_numbered(sender, base::Address::v4(127, 0, 0, 1, 0), 0, 100);
  send_numbered(sender, receiver.local(), 7, 100);
  sender.flush();
  EXPECT_EQ(receive(receiver, 1), std::vector<std::uint32_t>{7});
  EXPECT_EQ(sender.stats().dropped, 7u);
}

TEST(Udp, more_than_an_arena_flushes_itself) {
  auto sender = UdpPort::open(loopback).value();
  auto receiver = UdpPort::open(loopback).value();
  for (std::uint32_t i = 0; i < 600; ++i) send_numbered(sender, receiver.local(), i, 1400);
  EXPECT_GE(sender.stats().sent, 300u);
  sender.flush();
  EXPECT_EQ(receive(receiver, 600).size(), 600u);
}

TEST(Udp, dual_stack_socket_speaks_to_both_families) {
  auto both = UdpPort::open(base::parse_ip("::", 0).value());
  if (!both) GTEST_SKIP() << "no IPv6 here";
  auto v4 = UdpPort::open(loopback).value();
  send_numbered(v4, base::Address::v4(127, 0, 0, 1, both->local().port), 1, 64);
  v4.flush();
  Wake wake;
  ASSERT_TRUE(both->wait(soon(), wake).readable);
  each(*both, [&](const base::Datagram& datagram) {
    EXPECT_EQ(datagram.from, v4.local());
    send_numbered(*both, datagram.from, 2, 64);
  });
  both->flush();
  EXPECT_EQ(receive(v4, 1), std::vector<std::uint32_t>{2});
}

TEST(Udp, port_in_use_is_an_error) {
  auto first = UdpPort::open(loopback).value();
  const auto second = UdpPort::open(first.local());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, udp_open_failed);
}

// ---- datagrams that can wait

UdpOptions with_unhurried(base::Duration step) {
  UdpOptions options;
  options.unhurried = {.kinds = {{{128, 191}, {192, 223}}, {{0, 3}, {}}}, .step = step};
  return options;
}
constexpr base::Duration very_long = std::chrono::hours(1);

void send_bytes(UdpPort& port, const base::Address& to, base::Bytes bytes) {
  port.send(to, bytes);
  port.flush();
}

using Heads = std::vector<std::uint16_t>;  // the first two bytes of each datagram

Heads drain_heads(UdpPort& port) {
  Heads heads;
  each(port, [&](const base::Datagram& d) { heads.push_back(base::load_u16(d.bytes.data())); });
  return heads;
}

// One socket of the port is left unread: what it holds is the kernel's choice and nothing else's.
TEST(Udp, the_kernel_tells_what_can_wait_by_its_first_two_bytes) {
  auto port = UdpPort::open(loopback, with_unhurried(very_long)).value();
  auto sender = UdpPort::open(loopback).value();
  const auto rtcp = [&] { send_bytes(sender, port.local(), {0x80, 200, 0, 0}); };
  rtcp(), rtcp();
  EXPECT_EQ(drain_heads(port), (Heads{0x80c8, 0x80c8}));  // two at once: from now on it rests
  Heads others;
  for (const int first : {0, 3, 4, 22, 127, 128, 160, 191, 192, 255}) {
    for (const int second : {0, 96, 191, 192, 200, 223, 224, 254}) {
      const auto a = std::uint8_t(first), b = std::uint8_t(second);
      send_bytes(sender, port.local(), {a, b, 0, 0});
      const bool can_wait = first <= 3 || (first >= 128 && first <= 191 && second >= 192 && second <= 223);
      if (!can_wait) others.push_back(std::uint16_t(first << 8 | second));
    }
  }
  send_bytes(sender, port.local(), {0x80});
  send_bytes(sender, port.local(), {});
  Heads seen;
  std::size_t short_ones = 0;
  each(port, [&](const base::Datagram& d) {
    d.bytes.size() < 2 ? void(++short_ones) : seen.push_back(base::load_u16(d.bytes.data()));
  });
  EXPECT_EQ(seen, others);
  EXPECT_EQ(short_ones, 2u);
  EXPECT_EQ(port.stats().received, 2 + others.size() + 2);
}

TEST(Udp, what_comes_alone_is_not_kept_waiting_and_many_are_read_together) {
  const base::Duration step = std::chrono::milliseconds(400);  // nothing here takes so long by chance
  const auto steps = [&] { return now().time_since_epoch() / step; };
  auto port = UdpPort::open(loopback, with_unhurried(step)).value();
  auto sender = UdpPort::open(loopback).value();
  const auto rtcp = [&] { send_bytes(sender, port.local(), {0x81, 206, 0, 0}); };
  Wake wake;
  EXPECT_TRUE(drain_heads(port).empty());
  rtcp();
  EXPECT_TRUE(port.wait(soon(), wake).readable);
  const auto first = steps();
  EXPECT_EQ(drain_heads(port).size(), 1u);
  rtcp();  // at once, or with the next step
  EXPECT_TRUE(port.wait(soon(), wake).readable || steps() > first);
  const auto second = steps();  // it comes soon after the first: from now on the socket rests
  EXPECT_EQ(drain_heads(port).size(), 1u);
  const auto calls = port.stats().receive_calls;
  for (int i = 0; i < 20; ++i) rtcp();
  EXPECT_FALSE(port.wait(soon(), wake).readable);  // ends with the step
  EXPECT_GT(steps(), second);
  EXPECT_EQ(drain_heads(port).size(), 20u);
  EXPECT_LE(port.stats().receive_calls - calls, 2u);
  // Nothing more: the rest ends, and it is listened to again.
  EXPECT_FALSE(port.wait(soon(), wake).readable);
  EXPECT_TRUE(drain_heads(port).empty());
  rtcp();
  EXPECT_TRUE(port.wait(soon(), wake).readable);
  EXPECT_EQ(drain_heads(port).size(), 1u);
}

TEST(Udp, more_than_a_drain_takes_does_not_wait_for_the_next_step) {
  auto port = UdpPort::open(loopback, with_unhurried(very_long)).value();
  auto sender = UdpPort::open(loopback).value();
  const std::size_t sent = 400;
  for (std::size_t i = 0; i < sent; ++i) send_bytes(sender, port.local(), {0x81, 206, 0, 0});
  Wake wake;
  std::size_t seen = 0;
  while (seen < sent && port.wait(soon(), wake).readable) seen += drain_heads(port).size();
  EXPECT_EQ(seen, sent);
}

TEST(Udp, a_port_with_a_second_socket_is_as_much_in_use) {
  auto first = UdpPort::open(loopback, with_unhurried(std::chrono::milliseconds(2))).value();
  EXPECT_FALSE(UdpPort::open(first.local(), with_unhurried(std::chrono::milliseconds(2))));
  EXPECT_FALSE(UdpPort::open(first.local()));
}

TEST(Udp, wait_ends_by_wake_from_another_thread_and_by_deadline) {
  auto port = UdpPort::open(loopback).value();
  Wake wake;
  std::thread other([&] { wake.signal(), wake.signal(); });
  const auto by_wake = port.wait(soon(), wake);
  other.join();
  EXPECT_TRUE(by_wake.woken);
  EXPECT_FALSE(by_wake.readable);
  wake.clear();
  const auto start = now();
  const auto by_deadline = port.wait(start + std::chrono::milliseconds(20), wake);
  EXPECT_FALSE(by_deadline.woken || by_deadline.readable);
  EXPECT_GE(now() - start, std::chrono::milliseconds(20));
  EXPECT_FALSE(port.wait(start, wake).woken);  // a deadline in the past returns at once
}

}  // namespace
}  // namespace greenroom::net

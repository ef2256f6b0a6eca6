#include "net/tcp_media.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "net/detail/udp_address.hpp"

namespace greenroom::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const auto tcp_loopback = base::Address::v4(127, 0, 0, 1, 0);

// A browser's side of one connection, blocking.
class Stranger {
 public:
  explicit Stranger(const base::Address& server, int receive_buffer = 0) {
    const int family = server.is_v4() ? AF_INET : AF_INET6;
    fd_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    SocketAddress at;
    const auto length = to_socket_address(server, family, at);
    EXPECT_EQ(::connect(fd_, &at.any, length), 0);
  }
  ~Stranger() { hang_up(); }
  Stranger(const Stranger&) = delete;
  void hang_up() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void write(const base::Bytes& bytes) { EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), 0), ssize_t(bytes.size())); }
  base::Bytes read(std::size_t size) {
    base::Bytes bytes(size);
    const auto got = ::recv(fd_, bytes.data(), size, MSG_WAITALL);
    bytes.resize(got < 0 ? 0 : std::size_t(got));
    return bytes;
  }

 private:
  int fd_ = -1;
};

class TcpMediaTest : public testing::Test {
 protected:
  void open(TcpMediaOptions options = {}) { tcp = TcpMedia::open(tcp_loopback, options).value(); }
  // Turns as the shard's thread does, until there is news.
  template <class Condition>
  bool turn_until(Condition condition) {
    for (int turns = 0; !condition(); ++turns) {
      pollfd ready{tcp->fd(), POLLIN, 0};
      if (turns == 100'000 || ::poll(&ready, 1, 10'000) <= 0) return false;
      turn();
    }
    return true;
  }
  void turn() {
    tcp->drain(
        now,
        [&](const base::Address& from, base::ByteSpan datagram) {
          last = from;
          heard.emplace_back(datagram.begin(), datagram.end());
          if (answer) tcp->send(from, datagram);
        },
        [&](const base::Address& from) { closed.push_back(from); });
    tcp->flush();
  }
  bool settles(std::size_t connections) {
    return turn_until(
        [&] { return tcp->stats().accepted + tcp->stats().refused >= expected_ && tcp->connections() == connections; });
  }

  std::size_t expected_ = 0;  // connections that have come to the listener, taken or not
  std::optional<TcpMedia> tcp;
  base::Instant now{1000s};
  bool answer = true;
  base::Address last;
  std::vector<base::Bytes> heard;
  std::vector<base::Address> closed;
};

TEST_F(TcpMediaTest, FramesGoBothWays) {
  open();
  Stranger browser(tcp->local());
  browser.write({0, 2, 1, 2, 0, 1});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 1; }));
  EXPECT_EQ(last.protocol, base::Protocol::tcp);
  browser.write({3});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 2; }));
  EXPECT_THAT(heard, ElementsAre(base::Bytes{1, 2}, base::Bytes{3}));
  EXPECT_EQ(browser.read(7), (base::Bytes{0, 2, 1, 2, 0, 1, 3}));
  EXPECT_THAT(closed, IsEmpty());
}

TEST_F(TcpMediaTest, AClosedConnectionIsTold) {
  open();
  Stranger browser(tcp->local());
  browser.write({0, 1, 9});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 1; }));
  browser.hang_up();
  ASSERT_TRUE(turn_until([&] { return !closed.empty(); }));
  EXPECT_THAT(closed, ElementsAre(last));
  EXPECT_EQ(tcp->connections(), 0u);
  tcp->send(last, base::Bytes{1});
  EXPECT_EQ(tcp->stats().dropped, 1u);
}

TEST_F(TcpMediaTest, WhatIsNoFrameEndsTheConnection) {
  open();
  Stranger browser(tcp->local());
  browser.write({'G', 'E', 'T', ' ', '/', ' '});
  ASSERT_TRUE(turn_until([&] { return closed.size() == 1; }));
  EXPECT_THAT(heard, IsEmpty());
  EXPECT_THAT(browser.read(1), IsEmpty());
}

TEST_F(TcpMediaTest, WhoProvesNothingIsCutAndGetsNothing) {
  open();
  answer = false;
  Stranger silent(tcp->local()), talker(tcp->local());
  talker.write({0, 1, 9});
  ASSERT_TRUE(turn_until([&] { return tcp->connections() == 2 && heard.size() == 1; }));
  now += 9s;
  turn();
  EXPECT_EQ(tcp->connections(), 2u);
  tcp->send(last, base::Bytes{7});  // the shard answers who has proven a password
  now += 2s;
  EXPECT_LE(tcp->next_deadline(), now);
  turn();
  EXPECT_EQ(tcp->connections(), 1u);
  EXPECT_THAT(silent.read(1), IsEmpty());
  EXPECT_EQ(talker.read(3), (base::Bytes{0, 1, 7}));
}

TEST_F(TcpMediaTest, WhoSaysNothingForAMinuteIsCut) {
  open();
  Stranger browser(tcp->local());
  browser.write({0, 1, 9});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 1; }));
  now += 59s;
  turn();
  EXPECT_EQ(tcp->connections(), 1u);
  now += 2s;
  turn();
  EXPECT_EQ(tcp->connections(), 0u);
  EXPECT_EQ(closed.size(), 1u);
}

TEST_F(TcpMediaTest, OneAddressHasNoMoreThanItsShare) {
  TcpMediaOptions options;
  options.connections_per_address = 2;
  open(options);
  Stranger first(tcp->local()), second(tcp->local()), third(tcp->local());
  expected_ = 3;
  ASSERT_TRUE(settles(2));
  EXPECT_EQ(tcp->stats().refused, 1u);
  EXPECT_THAT(third.read(1), IsEmpty());
  first.hang_up();
  ASSERT_TRUE(settles(1));
  Stranger fourth(tcp->local());
  expected_ = 4;
  ASSERT_TRUE(settles(2));
  EXPECT_EQ(tcp->stats().refused, 1u);
}

TEST_F(TcpMediaTest, TheOldestStrangerGivesWay) {
  TcpMediaOptions options;
  options.unproven = 2;
  open(options);
  Stranger proven(tcp->local());
  proven.write({0, 1, 1});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 1; }));
  Stranger first(tcp->local()), second(tcp->local()), third(tcp->local());
  expected_ = 4;
  ASSERT_TRUE(settles(3));
  EXPECT_THAT(first.read(1), IsEmpty());
  proven.write({0, 1, 2});
  EXPECT_TRUE(turn_until([&] { return heard.size() == 2; }));
}

TEST_F(TcpMediaTest, VideoIsDroppedForWhoDoesNotReadAndSoundStillGoes) {
  open();
  Stranger browser(tcp->local(), 4096);
  browser.write({0, 1, 9});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 1; }));
  const base::Bytes video(1200, 1), sound(100, 2);
  std::size_t sent = 0;
  for (; tcp->stats().dropped == 0; ++sent) {
    ASSERT_LT(sent, 100'000u);
    tcp->send(last, video);
    tcp->flush();
  }
  const auto dropped = tcp->stats().dropped;
  tcp->send(last, sound);
  tcp->flush();
  EXPECT_EQ(tcp->stats().dropped, dropped);
  for (int i = 0; i < 100'000 && tcp->stats().dropped == dropped; ++i) tcp->send(last, sound);
  EXPECT_GT(tcp->stats().dropped, dropped) << "nothing is without a bound";
  tcp->flush();

  // What was queued arrives whole, frame by frame.
  std::atomic<bool> read_all = false;
  std::vector<std::size_t> sizes;
  std::thread reader([&, queued = tcp->stats().sent] {
    for (std::uint64_t frame = 0; frame < queued; ++frame) {
      const auto length = browser.read(2);
      if (length.size() < 2) break;
      sizes.push_back(std::size_t(length[0]) << 8 | length[1]);
      if (browser.read(sizes.back()).size() < sizes.back()) break;
    }
    read_all = true;
  });
  while (!read_all) {
    pollfd ready{tcp->fd(), POLLIN, 0};
    ::poll(&ready, 1, 10);
    turn();
  }
  reader.join();
  EXPECT_EQ(sizes.size(), tcp->stats().sent);
  for (const auto size : sizes) EXPECT_TRUE(size == 1 || size == video.size() || size == sound.size()) << size;
  EXPECT_EQ(tcp->connections(), 1u);
}

TEST_F(TcpMediaTest, ItListensOnBothFamiliesAtOnce) {
  tcp = TcpMedia::open(base::Address{}).value();
  EXPECT_FALSE(TcpMedia::open(tcp->local())) << "the port is taken";
  Stranger browser(base::Address::v4(127, 0, 0, 1, tcp->local().port));
  browser.write({0, 1, 5});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 1; }));
  EXPECT_TRUE(last.is_v4());
  EXPECT_EQ(browser.read(3), (base::Bytes{0, 1, 5}));
  Stranger other(*base::parse_ip("::1", tcp->local().port));
  other.write({0, 1, 6});
  ASSERT_TRUE(turn_until([&] { return heard.size() == 2; }));
  EXPECT_FALSE(last.is_v4());
  EXPECT_EQ(other.read(3), (base::Bytes{0, 1, 6}));
}

}  // namespace
}  // namespace greenroom::net

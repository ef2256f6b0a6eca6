#include "crypto/dtls.hpp"

#include <malloc.h>
#include <sys/time.h>

#include "base/rng.hpp"
#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/test_dtls_clock.hpp"

extern "C" int gettimeofday(struct timeval* tv, void*) noexcept {
  using greenroom::crypto::virtual_us;
  tv->tv_sec = virtual_us / 1'000'000;
  tv->tv_usec = virtual_us % 1'000'000;
  return 0;
}

namespace greenroom::crypto {
namespace {

constexpr base::WallTime today = base::wall_from_micros(1'700'000'000'000'000);

DtlsCertificate certificate() { return *DtlsCertificate::generate(today); }
base::Instant now() { return virtual_now(); }

// Two endpoints and a network between them that loses, repeats and reorders.
class DtlsPair {
 public:
  DtlsPair() : DtlsPair(certificate(), certificate()) {}
  DtlsPair(const DtlsCertificate& a, const DtlsCertificate& b)
      : client(a, DtlsRole::client, {b.fingerprint()}), server(b, DtlsRole::server, {a.fingerprint()}) {}

  void start() { server.start(now()), client.start(now()); }

  // Runs until nothing happens any more, or for 60 virtual seconds.
  void run(double loss = 0, std::uint64_t seed = 1) {
    base::SeededRng rng(seed);
    const auto end = now() + std::chrono::seconds(60);
    while (now() < end) {
      collect(client, to_server_, loss, rng), collect(server, to_client_, loss, rng);
      if (hand_over(to_server_, server, rng) || hand_over(to_client_, client, rng)) continue;
      const auto next = std::min(client.next_deadline(), server.next_deadline());
      if (next == base::Instant::max()) return;
      virtual_us = std::max(virtual_us + 1, next.time_since_epoch().count());
      client.advance(now()), server.advance(now());
    }
  }

  bool is_connected() const {
    return client.state() == ChannelState::connected && server.state() == ChannelState::connected;
  }

  DtlsEndpoint client;
  DtlsEndpoint server;
  std::size_t largest = 0;
  std::size_t sent = 0;

 private:
  using Queue = std::vector<base::Bytes>;
  void collect(DtlsEndpoint& from, Queue& queue, double loss, base::Rng& rng) {
    base::Bytes datagram(max_handshake_datagram);
    while (const auto size = from.poll_datagram(datagram)) {
      ++sent;
      largest = std::max(largest, size);
      if (rng.unit() >= loss) queue.emplace_back(datagram.begin(), datagram.begin() + std::ptrdiff_t(size));
      if (loss > 0 && rng.unit() < 0.1) queue.emplace_back(datagram.begin(), datagram.begin() + std::ptrdiff_t(size));
    }
  }
  static bool hand_over(Queue& queue, DtlsEndpoint& to, base::Rng& rng) {
    if (queue.empty()) return false;
    const auto pick = queue.begin() + std::ptrdiff_t(rng.below(std::min<std::size_t>(queue.size(), 2)));
    const base::Bytes datagram = std::move(*pick);
    queue.erase(pick);
    to.deliver(datagram, now());
    return true;
  }
  Queue to_server_, to_client_;
};

TEST(DtlsCertificate, HasTheFingerprintOfItsOwn) {
  const auto a = certificate().fingerprint(), b = certificate().fingerprint();
  EXPECT_EQ(a.algorithm, "sha-256");
  EXPECT_EQ(a.value.size(), 32U * 3 - 1);
  EXPECT_EQ(a.value[2], ':');
  EXPECT_NE(a.value, b.value);
}

TEST(Dtls, ConnectsAndAgreesOnKeys) {
  DtlsPair pair;
  pair.start(), pair.run();
  ASSERT_TRUE(pair.is_connected()) << pair.client.failure() << " / " << pair.server.failure();
  const auto &a = *pair.client.srtp_keys(), &b = *pair.server.srtp_keys();
  EXPECT_EQ(a.local.profile, SrtpProfile::aead_aes_128_gcm);
  EXPECT_EQ(a.local.master_key, b.remote.master_key);
  EXPECT_EQ(a.local.master_salt, b.remote.master_salt);
  EXPECT_EQ(a.remote.master_key, b.local.master_key);
  EXPECT_EQ(a.remote.master_salt, b.local.master_salt);
  EXPECT_NE(a.local.master_key, a.remote.master_key);
  EXPECT_EQ(a.local.master_key.size(), 16U);
  EXPECT_EQ(a.local.master_salt.size(), 12U);
}

TEST(Dtls, KeepsDatagramsApartAndSmall) {
  DtlsPair pair;
  pair.start(), pair.run();
  EXPECT_LE(pair.largest, max_handshake_datagram);
  EXPECT_LE(pair.sent, 8U);
  EXPECT_EQ(pair.client.next_deadline(), base::Instant::max());
}

TEST(Dtls, ConnectsOverNetworksThatLoseRepeatAndReorder) {
  const auto a = certificate(), b = certificate();
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    DtlsPair pair(a, b);
    pair.start(), pair.run(0.25, seed);
    ASSERT_TRUE(pair.is_connected()) << "seed " << seed << ": " << pair.client.failure() << " / "
                                     << pair.server.failure();
    EXPECT_EQ(pair.client.srtp_keys()->local.master_key, pair.server.srtp_keys()->remote.master_key);
  }
}

TEST(Dtls, GivesUpWhenNobodyAnswers) {
  DtlsPair pair;
  const auto begin = now();
  pair.start(), pair.run(1.0);
  EXPECT_EQ(pair.client.state(), ChannelState::failed);
  EXPECT_TRUE(pair.client.failure().starts_with("the peer does not answer"));
  EXPECT_LT(now() - begin, std::chrono::seconds(30));
}

TEST(Dtls, RefusesACertificateThatWasNotAnnounced) {
  const auto a = certificate(), b = certificate(), mallory = certificate();
  DtlsPair pair(a, b);
  pair.client = DtlsEndpoint(mallory, DtlsRole::client, {b.fingerprint()});
  pair.start(), pair.run();
  EXPECT_EQ(pair.server.state(), ChannelState::failed);
  EXPECT_EQ(pair.server.failure(), "the peer's certificate has none of the announced fingerprints");
  EXPECT_EQ(pair.client.state(), ChannelState::failed);
  EXPECT_FALSE(pair.server.srtp_keys());
}

TEST(Dtls, TheClientChecksToo) {
  const auto a = certificate(), b = certificate();
  DtlsPair pair(a, b);
  pair.client = DtlsEndpoint(a, DtlsRole::client, {a.fingerprint()});
  pair.start(), pair.run();
  EXPECT_EQ(pair.client.state(), ChannelState::failed);
  EXPECT_NE(pair.server.state(), ChannelState::connected);
}

// RFC 8122 §5: hashes that we do not know are passed over; among several values of a hash one must fit; case is
// nothing.
TEST(Dtls, TakesTheAnnouncementAsRfc8122Says) {
  const auto a = certificate(), b = certificate();
  auto small = b.fingerprint();
  small.value = base::lower(small.value);
  small.algorithm = "SHA-256";
  const std::vector<Fingerprint> announced = {{"md2", "00"}, {"sha-1", "11:22"}, a.fingerprint(), small};
  DtlsPair pair(a, b);
  pair.client = DtlsEndpoint(a, DtlsRole::client, announced);
  pair.start(), pair.run();
  EXPECT_TRUE(pair.is_connected());

  DtlsPair weak(a, b);
  weak.client = DtlsEndpoint(a, DtlsRole::client, {{"sha-1", "11:22"}});
  weak.start(), weak.run();
  EXPECT_EQ(weak.client.state(), ChannelState::failed);
}

TEST(Dtls, NothingAnnouncedMeansNobody) {
  const auto a = certificate(), b = certificate();
  DtlsPair pair(a, b);
  pair.client = DtlsEndpoint(a, DtlsRole::client, {});
  pair.start(), pair.run();
  EXPECT_EQ(pair.client.state(), ChannelState::failed);
}

TEST(Dtls, CloseIsHeard) {
  DtlsPair pair;
  pair.start(), pair.run();
  pair.client.close(now()), pair.run();
  EXPECT_EQ(pair.client.state(), ChannelState::closed);
  EXPECT_EQ(pair.server.state(), ChannelState::closed);
}

TEST(Dtls, GarbageIsPassedOver) {
  DtlsPair pair;
  base::SeededRng rng(5);
  const auto pour = [&] {
    for (int i = 0; i < 50; ++i) {
      base::Bytes garbage(rng.below(200));
      rng.fill(garbage);
      if (!garbage.empty()) garbage[0] = std::uint8_t(20 + garbage[0] % 44);
      pair.server.deliver(garbage, now()), pair.client.deliver(garbage, now());
    }
  };
  pair.start(), pour(), pair.run();
  ASSERT_TRUE(pair.is_connected()) << pair.client.failure() << " / " << pair.server.failure();
  pour(), pair.run();
  EXPECT_TRUE(pair.is_connected());
}

TEST(DtlsChannel, CarriesMediaOnceConnected) {
  const auto a = make_dtls_channel_factory(certificate()), b = make_dtls_channel_factory(certificate());
  const auto client = a->create(DtlsRole::client, b->local_fingerprints());
  const auto server = b->create(DtlsRole::server, a->local_fingerprints());
  base::Bytes packet(100, 0);
  packet[0] = 0x80;
  EXPECT_EQ(client->protect_rtp(packet, 60).error(), Drop::not_connected);
  server->start(now()), client->start(now());
  base::Bytes datagram(max_handshake_datagram);
  for (int i = 0; i < 10; ++i) {
    while (const auto n = client->poll_datagram(datagram)) server->deliver(base::ByteView(datagram).first(n), now());
    while (const auto n = server->poll_datagram(datagram)) client->deliver(base::ByteView(datagram).first(n), now());
  }
  ASSERT_EQ(client->state(), ChannelState::connected) << client->failure();
  ASSERT_EQ(server->state(), ChannelState::connected) << server->failure();
  for (auto* from : {client.get(), server.get()}) {
    auto* to = from == client.get() ? server.get() : client.get();
    base::Bytes rtp(100, 7);
    rtp[0] = 0x80;
    EXPECT_EQ(from->protect_rtp(rtp, 60), 76U);
    EXPECT_EQ(to->unprotect_rtp(base::ByteSpan(rtp).first(76)), 60U);
    EXPECT_EQ(rtp[59], 7);
    base::Bytes rtcp(100, 0);
    rtcp[0] = 0x80, rtcp[1] = 201;
    const auto size = from->protect_rtcp(rtcp, 8);
    ASSERT_TRUE(size);
    EXPECT_EQ(to->unprotect_rtcp(base::ByteSpan(rtcp).first(*size)), 8U);
  }
  client->close(now());
  EXPECT_EQ(client->protect_rtp(packet, 60).error(), Drop::not_connected);
}

TEST(Dtls, CarriesApplicationDataInRecordsThatFitADatagram) {
  DtlsPair pair;
  const base::Bytes small{1, 2, 3}, largest(max_application_data, 7);
  EXPECT_FALSE(pair.client.send_application(small)) << "not connected yet";
  pair.start();
  pair.run();
  ASSERT_TRUE(pair.is_connected());
  EXPECT_TRUE(pair.client.send_application(small));
  EXPECT_TRUE(pair.client.send_application(largest));
  EXPECT_FALSE(pair.client.send_application(base::Bytes(max_application_data + 1)));
  pair.run();
  EXPECT_LE(pair.largest, max_handshake_datagram);
  base::Bytes out(2000);
  EXPECT_EQ(pair.server.poll_application(out), small.size());
  EXPECT_EQ(out[2], 3);
  EXPECT_EQ(pair.server.poll_application(out), largest.size());
  EXPECT_EQ(pair.server.poll_application(out), 0U);
  pair.server.close(now());
  EXPECT_FALSE(pair.server.send_application(small));
}

// The server may speak as soon as it has sent its last flight; on the way its words may overtake that.
TEST(Dtls, TakesDataThatOvertakesTheLastFlight) {
  DtlsPair pair;
  pair.start();
  std::vector<base::Bytes> flight;
  base::Bytes datagram(max_handshake_datagram);
  for (int i = 0; i < 10 && pair.server.state() == ChannelState::connecting; ++i) {
    while (const auto n = pair.client.poll_datagram(datagram))
      pair.server.deliver(base::ByteView(datagram).first(n), now());
    if (pair.server.state() == ChannelState::connected) break;
    while (const auto n = pair.server.poll_datagram(datagram))
      pair.client.deliver(base::ByteView(datagram).first(n), now());
  }
  ASSERT_EQ(pair.server.state(), ChannelState::connected);
  while (const auto n = pair.server.poll_datagram(datagram))
    flight.emplace_back(datagram.begin(), datagram.begin() + std::ptrdiff_t(n));
  ASSERT_TRUE(pair.server.send_application(base::Bytes{1, 2, 3}));
  const auto size = pair.server.poll_datagram(datagram);
  pair.client.deliver(base::ByteView(datagram).first(size), now());
  EXPECT_EQ(pair.client.state(), ChannelState::connecting);
  for (const auto& late : flight) pair.client.deliver(late, now());
  ASSERT_EQ(pair.client.state(), ChannelState::connected);
  EXPECT_EQ(pair.client.poll_application(datagram), 3U);
  pair.client.deliver(base::ByteView(datagram).first(size), now());
  EXPECT_EQ(pair.client.poll_application(datagram), 0U);
}

#if !defined(__SANITIZE_ADDRESS__)
// What a transport without data channels holds for good: keys, and a last flight of under a hundred bytes.
TEST(Dtls, HoldsLittleOnceConnected) {
  const auto a = certificate(), b = certificate();
  std::vector<std::unique_ptr<DtlsPair>> pairs;
  const auto connect = [&] {
    pairs.push_back(std::make_unique<DtlsPair>(a, b));
    pairs.back()->start(), pairs.back()->run();
  };
  connect();
  const auto before = ::mallinfo2().uordblks;
  for (int i = 0; i < 50; ++i) connect();
  EXPECT_LT((::mallinfo2().uordblks - before) / 50, 2 * 1200U);
}
#endif

TEST(Dtls, KeepsABoundedNumberOfRecordsAndDatagrams) {
  DtlsPair pair;
  pair.start();
  pair.run();
  std::size_t taken = 0;
  while (pair.client.send_application(base::Bytes(10)) && taken < 10'000) ++taken;
  EXPECT_EQ(taken, max_queued_datagrams);
  pair.run();
  for (std::size_t i = 0; i < taken; ++i) pair.client.send_application(base::Bytes(10));
  pair.run();
  base::Bytes out(2000);
  std::size_t received = 0;
  while (pair.server.poll_application(out) > 0) ++received;
  EXPECT_EQ(received, max_queued_application_data);
}

}  // namespace
}  // namespace greenroom::crypto

#include "crypto/secure_channel.hpp"

namespace greenroom::crypto {
namespace {

constexpr base::Instant start_time{std::chrono::seconds(1)};

struct Pair {
  std::unique_ptr<SecureChannelFactory> alice = make_null_channel_factory("alice");
  std::unique_ptr<SecureChannelFactory> bob = make_null_channel_factory("bob");
  std::unique_ptr<SecureChannel> client = alice->create(DtlsRole::client, bob->local_fingerprints());
  std::unique_ptr<SecureChannel> server = bob->create(DtlsRole::server, alice->local_fingerprints());
};

// Moves the one waiting datagram; false when there is none.
bool move(SecureChannel& from, SecureChannel& to) {
  std::array<std::uint8_t, max_handshake_datagram> datagram;
  const auto size = from.poll_datagram(datagram);
  if (size > 0) to.deliver(base::ByteView(datagram).first(size), start_time);
  return size > 0;
}

TEST(NullChannel, ConnectsByHelloAndAnswer) {
  Pair pair;
  pair.server->start(start_time), pair.client->start(start_time);
  EXPECT_TRUE(move(*pair.client, *pair.server));
  EXPECT_EQ(pair.server->state(), ChannelState::connected);
  EXPECT_TRUE(move(*pair.server, *pair.client));
  EXPECT_EQ(pair.client->state(), ChannelState::connected);
  EXPECT_EQ(pair.client->next_deadline(), base::Instant::max());
}

TEST(NullChannel, RepeatsALostHelloAndALostAnswer) {
  Pair pair;
  std::array<std::uint8_t, max_handshake_datagram> lost;
  pair.client->start(start_time);
  EXPECT_GT(pair.client->poll_datagram(lost), 0U);
  pair.client->advance(pair.client->next_deadline());
  EXPECT_TRUE(move(*pair.client, *pair.server));
  EXPECT_GT(pair.server->poll_datagram(lost), 0U);
  pair.client->advance(pair.client->next_deadline());
  EXPECT_TRUE(move(*pair.client, *pair.server));
  EXPECT_TRUE(move(*pair.server, *pair.client));
  EXPECT_EQ(pair.client->state(), ChannelState::connected);
}

TEST(NullChannel, GivesUpInTheEnd) {
  Pair pair;
  pair.client->start(start_time);
  for (int i = 0; i < 20 && pair.client->state() == ChannelState::connecting; ++i)
    pair.client->advance(pair.client->next_deadline());
  EXPECT_EQ(pair.client->state(), ChannelState::failed);
}

TEST(NullChannel, RefusesAStranger) {
  Pair pair;
  auto mallory = make_null_channel_factory("mallory")->create(DtlsRole::client, pair.bob->local_fingerprints());
  mallory->start(start_time);
  move(*mallory, *pair.server);
  EXPECT_EQ(pair.server->state(), ChannelState::failed);
  EXPECT_FALSE(pair.server->failure().empty());
}

TEST(NullChannel, NoticesPacketsThatWereNeverSealed) {
  Pair pair;
  std::array<std::uint8_t, 64> packet{0x80};
  EXPECT_EQ(pair.client->protect_rtp(packet, 20).error(), Drop::not_connected);
  pair.client->start(start_time);
  move(*pair.client, *pair.server), move(*pair.server, *pair.client);
  packet[22] = 3;
  const auto size = pair.client->protect_rtp(packet, 23);
  ASSERT_EQ(size, 23U + srtp_max_overhead);
  EXPECT_EQ(pair.server->unprotect_rtp(base::ByteSpan(packet).first(*size)), 23U);
  EXPECT_EQ(packet[22], 3);
  EXPECT_EQ(pair.server->unprotect_rtp(base::ByteSpan(packet).first(23)).error(), Drop::unauthenticated);
  EXPECT_EQ(pair.client->protect_rtp(packet, 60).error(), Drop::no_room);
}

TEST(NullChannel, SaysGoodbye) {
  Pair pair;
  pair.client->start(start_time);
  move(*pair.client, *pair.server), move(*pair.server, *pair.client);
  pair.client->close(start_time);
  move(*pair.client, *pair.server);
  EXPECT_EQ(pair.client->state(), ChannelState::closed);
  EXPECT_EQ(pair.server->state(), ChannelState::closed);
}

TEST(NullChannel, CarriesApplicationData) {
  Pair pair;
  const base::Bytes record{1, 2, 3};
  EXPECT_FALSE(pair.client->send_application(record)) << "not connected yet";
  pair.server->start(start_time), pair.client->start(start_time);
  move(*pair.client, *pair.server), move(*pair.server, *pair.client);
  EXPECT_TRUE(pair.client->send_application(record));
  EXPECT_FALSE(pair.client->send_application(base::Bytes(max_application_data + 1)));
  EXPECT_TRUE(move(*pair.client, *pair.server));
  std::array<std::uint8_t, 2000> out;
  ASSERT_EQ(pair.server->poll_application(out), record.size());
  EXPECT_TRUE(std::equal(record.begin(), record.end(), out.begin()));
  EXPECT_EQ(pair.server->poll_application(out), 0U);
}

}  // namespace
}  // namespace greenroom::crypto

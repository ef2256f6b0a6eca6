#include "crypto/detail/dtls_records.hpp"

#include "base/rng.hpp"
#include "crypto/detail/dtls_session.hpp"

namespace greenroom::crypto {
namespace {

RecordKey key_of(std::uint8_t seed) {
  RecordKey key;
  key.key.fill(seed), key.salt.fill(std::uint8_t(seed + 1));
  return key;
}
RecordKeys ours(RecordCipher cipher) { return {cipher, key_of(1), key_of(7)}; }
RecordKeys theirs(RecordCipher cipher) { return {cipher, key_of(7), key_of(1)}; }

base::Bytes seal(RecordLayer& from, base::ByteView content, RecordType type = RecordType::application_data) {
  base::Bytes out(content.size() + record_max_overhead);
  out.resize(from.seal(type, content, out));
  return out;
}
Sealed open(RecordLayer& to, base::ByteView datagram) {
  base::Bytes out(2048);
  const auto record = take_record(datagram);
  return record ? to.open(*record, out) : tl::unexpected<Drop>(Drop::malformed);
}

class DtlsRecords : public testing::TestWithParam<RecordCipher> {
 protected:
  RecordLayer a{ours(GetParam()), {1, 0xFFFFFFFFFFFFFFFF}};
  RecordLayer b{theirs(GetParam()), {1, 5}};
};

TEST_P(DtlsRecords, GoThereAndBack) {
  for (std::size_t size : {1U, 2U, 16U, 1160U}) {
    const base::Bytes content(size, 9);
    for (auto* from : {&a, &b}) {
      auto* to = from == &a ? &b : &a;
      const auto datagram = seal(*from, content);
      EXPECT_LE(datagram.size(), size + record_max_overhead);
      base::ByteView left(datagram);
      base::Bytes out(size);
      ASSERT_EQ(to->open(*take_record(left), out), size);
      EXPECT_EQ(out, content);
      EXPECT_TRUE(left.empty());
    }
  }
}

TEST_P(DtlsRecords, ComeInAnyOrderAndOnce) {
  std::vector<base::Bytes> sent;
  for (std::uint8_t i = 0; i < 200; ++i) sent.push_back(seal(a, base::Bytes{i}));
  EXPECT_TRUE(open(b, sent[199]));
  EXPECT_TRUE(open(b, sent[150]));
  EXPECT_TRUE(open(b, sent[199 - 127]));
  EXPECT_EQ(open(b, sent[199 - 128]).error(), Drop::too_old);
  EXPECT_EQ(open(b, sent[150]).error(), Drop::replayed);
  EXPECT_EQ(open(b, sent[199]).error(), Drop::replayed);
}

TEST_P(DtlsRecords, WithAnyBitChangedAreRefused) {
  const auto good = seal(a, base::Bytes(20, 3));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto forged = good;
    forged[bit / 8] ^= std::uint8_t(1U << bit % 8);
    EXPECT_FALSE(open(b, forged)) << "bit " << bit;
  }
  EXPECT_TRUE(open(b, good)) << "what was refused has left no trace";
}

TEST_P(DtlsRecords, CutShortAreRefused) {
  const auto good = seal(a, base::Bytes(20, 3));
  for (std::size_t size = 0; size < good.size(); ++size) {
    base::Bytes cut(good.begin(), good.begin() + std::ptrdiff_t(size));
    EXPECT_FALSE(open(b, cut));
    if (size < record_header_size) continue;
    base::store_u16(&cut[11], std::uint16_t(size - record_header_size));
    EXPECT_FALSE(open(b, cut));
  }
}

TEST_P(DtlsRecords, EndWithTheSequence) {
  RecordLayer last(ours(GetParam()), {max_record_sequence, 0});
  EXPECT_EQ(open(b, seal(last, base::Bytes{1})), 1U);
  EXPECT_TRUE(seal(last, base::Bytes{1}).empty());
}

INSTANTIATE_TEST_SUITE_P(Ciphers, DtlsRecords,
                         testing::Values(RecordCipher::aes_128_gcm, RecordCipher::aes_256_gcm,
                                         RecordCipher::chacha20_poly1305));

// A session and somebody who has the other end's keys and may say what no OpenSSL would.
class DtlsSessions : public testing::Test {
 protected:
  void say(RecordType type, base::Bytes content) { session.deliver(seal(peer, content, type), queues); }
  std::optional<RecordType> heard() {
    base::Bytes datagram(2048), content(2048);
    base::ByteView left(datagram.data(), queues.outgoing.pop(datagram));
    const auto record = take_record(left);
    return record && peer.open(*record, content) ? std::optional(record->type) : std::nullopt;
  }
  DtlsQueues queues;
  DtlsSession session{ours(RecordCipher::aes_128_gcm), {1, 1}};
  RecordLayer peer{theirs(RecordCipher::aes_128_gcm), {1, 1}};
};

TEST_F(DtlsSessions, RepeatsTheLastFlightForAsManyBytesAsCame) {
  const base::Bytes finished(24, 20);
  RecordLayer before(ours(RecordCipher::aes_128_gcm), {0, 0});
  base::Bytes flight{20, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 1};
  for (const auto byte : seal(before, finished, RecordType::handshake)) flight.push_back(byte);
  EXPECT_FALSE(session.repeat_on_demand(base::ByteView(flight).first(14))) << "half of it";
  ASSERT_TRUE(session.repeat_on_demand(flight));
  base::Bytes out(2048);
  std::size_t came = 0, went = 0;
  for (int i = 0; i < 40; ++i) {
    const auto again = seal(peer, finished, RecordType::handshake);
    came += again.size();
    session.deliver(again, queues), session.deliver(again, queues);  // and a network that repeats it
    came += again.size();
    while (const auto size = queues.outgoing.pop(out)) {
      went += size;
      EXPECT_EQ(size, flight.size());
      base::ByteView left(out.data(), size);
      EXPECT_EQ(take_record(left)->sequence, 7 + went / flight.size()) << "under a number of its own";
      EXPECT_EQ(open(peer, left), finished.size());
    }
    EXPECT_LE(went, came);
  }
  EXPECT_GE(went, 30 * flight.size());
}

TEST_F(DtlsSessions, RefusesToShakeHandsAgain) {
  say(RecordType::handshake, base::Bytes(40, 1));
  EXPECT_EQ(heard(), RecordType::alert);
  EXPECT_EQ(session.state(), ChannelState::connected);
}

TEST_F(DtlsSessions, AnswersAGoodbye) {
  say(RecordType::alert, {1, 0});
  EXPECT_EQ(session.state(), ChannelState::closed);
  EXPECT_EQ(heard(), RecordType::alert);
  EXPECT_FALSE(session.send(base::Bytes{1}, queues));
  say(RecordType::alert, {1, 0});
  EXPECT_TRUE(queues.outgoing.empty());
}

TEST_F(DtlsSessions, EndsWithAFatalAlertAndNoOther) {
  say(RecordType::alert, {1, 90});
  say(RecordType::alert, {2});
  EXPECT_EQ(session.state(), ChannelState::connected);
  say(RecordType::alert, {2, 40});
  EXPECT_EQ(session.state(), ChannelState::failed);
  EXPECT_EQ(session.alert(), 40);
}

TEST_F(DtlsSessions, PassesOverWhatIsNoRecordOfItsEpoch) {
  base::SeededRng rng(3);
  for (int i = 0; i < 2000; ++i) {
    base::Bytes garbage(rng.below(100));
    rng.fill(garbage);
    session.deliver(garbage, queues);
  }
  session.deliver(base::Bytes{21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40}, queues);  // epoch 0: anybody's
  say(RecordType::application_data, {});
  EXPECT_EQ(session.state(), ChannelState::connected);
  EXPECT_TRUE(queues.outgoing.empty() && queues.received.empty());
}

TEST(DatagramQueue, KeepsOrderBoundAndNoMemory) {
  DatagramQueue<3> queue;
  base::Bytes out(4);
  for (std::uint8_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(queue.push(base::Bytes(1, i)) && queue.push(base::Bytes(6, i)));
    EXPECT_EQ(queue.pop(out), i == 0 ? 1U : 4U) << "cut to the room there is";
    if (i > 0) {
      EXPECT_EQ(queue.pop(out), 1U);
    }
    EXPECT_EQ(out[0], i);
  }
  EXPECT_TRUE(queue.push(out) && queue.push(out));
  EXPECT_FALSE(queue.push(out));
  while (queue.pop(out) > 0) continue;
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace greenroom::crypto

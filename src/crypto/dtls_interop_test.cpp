// Our DTLS against OpenSSL's own from hello to goodbye, as server and as client, over a network that loses, repeats and
// reorders single records: the handshake is OpenSSL's on both sides, what comes after is ours on one.
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <deque>

#include "base/rng.hpp"
#include "crypto/detail/dtls_certificate.hpp"
#include "crypto/detail/dtls_records.hpp"
#include "crypto/dtls.hpp"
#include "crypto/test_dtls_clock.hpp"

namespace greenroom::crypto {
namespace {

// OpenSSL over memory. Every record leaves as a datagram of its own.
class Stranger {
 public:
  Stranger(DtlsRole role, const char* cipher) : context_(SSL_CTX_new(DTLS_method())) {
    const base::Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
    certificate_.reset(X509_new());
    X509_set_version(certificate_.get(), 2);
    ASN1_TIME_set(X509_getm_notBefore(certificate_.get()), 1'699'000'000);
    ASN1_TIME_set(X509_getm_notAfter(certificate_.get()), 1'799'000'000);
    X509_set_pubkey(certificate_.get(), key.get());
    X509_sign(certificate_.get(), key.get(), EVP_sha256());
    auto* context = context_.get();
    SSL_CTX_use_certificate(context, certificate_.get());
    SSL_CTX_use_PrivateKey(context, key.get());
    SSL_CTX_set_cipher_list(context, cipher);
    SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
    ssl_.reset(SSL_new(context));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), -1);
    BIO_set_mem_eof_return(SSL_get_wbio(ssl_.get()), -1);
    DTLS_set_link_mtu(ssl_.get(), 1200);
    role == DtlsRole::client ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
  }

  Fingerprint fingerprint() const { return {"sha-256", fingerprint_of(certificate_.get(), "sha-256")}; }
  SSL* ssl() { return ssl_.get(); }
  bool connected() const { return SSL_is_init_finished(ssl_.get()); }
  std::vector<base::Bytes>& heard() { return heard_; }
  bool said_goodbye_to() { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

  void say(base::ByteView data) { SSL_write(ssl_.get(), data.data(), int(data.size())); }
  void deliver(base::ByteView datagram) {
    BIO_write(SSL_get_rbio(ssl_.get()), datagram.data(), int(datagram.size()));
    pump();
  }
  void pump() {
    std::array<std::uint8_t, 2048> data;
    for (int size; (size = SSL_read(ssl_.get(), data.data(), int(data.size()))) > 0;)
      heard_.emplace_back(data.begin(), data.begin() + size);
  }
  void on_timer() { DTLSv1_handle_timeout(ssl_.get()); }
  base::Instant next_deadline() {
    timeval left{};
    if (DTLSv1_get_timeout(ssl_.get(), &left) != 1) return base::Instant::max();
    return virtual_now() + base::Duration(left.tv_sec * 1'000'000 + left.tv_usec);
  }
  base::Bytes take_output() {
    base::Bytes bytes(1 << 16);
    const int size = BIO_read(SSL_get_wbio(ssl_.get()), bytes.data(), int(bytes.size()));
    bytes.resize(std::size_t(std::max(size, 0)));
    return bytes;
  }
  base::Bytes srtp_material() {
    base::Bytes material(2 * (16 + 12));
    SSL_export_keying_material(ssl_.get(), material.data(), material.size(), "EXTRACTOR-dtls_srtp", 19, nullptr, 0, 0);
    return material;
  }

 private:
  base::Owned<SSL_CTX, SSL_CTX_free> context_;
  base::Owned<X509, X509_free> certificate_;
  base::Owned<SSL, SSL_free> ssl_;
  std::vector<base::Bytes> heard_;
};

DtlsRole opposite(DtlsRole role) { return role == DtlsRole::client ? DtlsRole::server : DtlsRole::client; }

// What the network does to the nth record that is sent, counted over both directions.
enum class Fate { pass, lose, repeat, hold };
using Network = std::function<Fate(std::size_t)>;

class Meeting {
 public:
  explicit Meeting(DtlsRole role, const char* cipher = "ECDHE-ECDSA-AES128-GCM-SHA256")
      : stranger(opposite(role), cipher), own(certificate(), role, {stranger.fingerprint()}) {}

  static const DtlsCertificate& certificate() {
    static const auto made = *DtlsCertificate::generate(base::wall_from_micros(1'700'000'000'000'000));
    return made;
  }

  void run(const Network& network = [](std::size_t) { return Fate::pass; }) {
    own.start(virtual_now());
    stranger.pump();
    const auto end = virtual_now() + std::chrono::seconds(300);
    while (virtual_now() < end) {
      collect(network);
      if (hand_over()) continue;
      const auto next = std::min(own.next_deadline(), stranger.next_deadline());
      if (next == base::Instant::max()) return;
      virtual_us = std::max(virtual_us + 1, next.time_since_epoch().count());
      own.advance(virtual_now()), stranger.on_timer();
    }
  }

  bool connected() const { return own.state() == ChannelState::connected && stranger.connected(); }

  // Each says something and hears the other.
  void expect_talk() {
    ASSERT_TRUE(connected()) << own.failure() << " / " << SSL_state_string_long(stranger.ssl());
    EXPECT_EQ(own.srtp_keys()->local.master_key.size(), 16U);
    const auto material = stranger.srtp_material();
    const auto& client = own_is_client() ? own.srtp_keys()->local : own.srtp_keys()->remote;
    EXPECT_TRUE(std::equal(client.master_key.begin(), client.master_key.end(), material.begin()));
    const base::Bytes question(700, 5), reply(3, 6);
    stranger.say(question);
    EXPECT_TRUE(own.send_application(reply));
    EXPECT_TRUE(own.send_application(question));
    run();
    base::Bytes out(2048);
    EXPECT_EQ(own.poll_application(out), question.size());
    EXPECT_EQ(own.poll_application(out), 0U);
    EXPECT_EQ(stranger.heard(), (std::vector<base::Bytes>{reply, question}));
  }
  bool own_is_client() { return SSL_is_server(stranger.ssl()); }

  Stranger stranger;
  DtlsEndpoint own;
  std::size_t records = 0;                         // sent by either
  std::vector<base::Bytes> strangers;              // all records that OpenSSL sent
  std::size_t bytes_sent = 0, bytes_received = 0;  // by us; lost ones count as not received

 private:
  struct Packet {
    bool to_own;
    base::Bytes bytes;
  };
  void collect(const Network& network) {
    base::Bytes datagram(max_handshake_datagram);
    while (const auto size = own.poll_datagram(datagram)) {
      bytes_sent += size;
      send(base::ByteView(datagram).first(size), false, network);
    }
    send(stranger.take_output(), true, network);
  }
  void send(base::ByteView bytes, bool to_own, const Network& network) {
    for (auto before = bytes; take_record(bytes); before = bytes) {
      const auto record = before.first(before.size() - bytes.size());
      if (to_own) strangers.emplace_back(record.begin(), record.end());
      const auto fate = network(records++);
      Packet packet{to_own, {record.begin(), record.end()}};
      if (fate == Fate::repeat) packets_.push_back(packet);
      if (fate == Fate::hold) held_ = packet;
      if (fate == Fate::pass || fate == Fate::repeat) packets_.push_back(std::move(packet));
    }
  }
  bool hand_over() {
    if (packets_.empty() && !held_) return false;
    if (packets_.empty()) packets_.push_back(*std::exchange(held_, std::nullopt));
    const auto packet = std::move(packets_.front());
    packets_.pop_front();
    if (packet.to_own) bytes_received += packet.bytes.size();
    packet.to_own ? own.deliver(packet.bytes, virtual_now()) : stranger.deliver(packet.bytes);
    return true;
  }
  std::deque<Packet> packets_;
  std::optional<Packet> held_;  // overtaken by all others on their way
};

class DtlsInterop : public testing::TestWithParam<std::tuple<DtlsRole, const char*>> {
 protected:
  DtlsRole role() const { return std::get<0>(GetParam()); }
  const char* cipher() const { return std::get<1>(GetParam()); }
};

TEST_P(DtlsInterop, TalksAfterTheHandshake) {
  Meeting meeting(role(), cipher());
  meeting.run();
  meeting.expect_talk();
}

TEST_P(DtlsInterop, SurvivesEachRecordLostRepeatedOrOvertaken) {
  Meeting plain(role(), cipher());
  plain.run();
  ASSERT_GT(plain.records, 8U);
  for (const auto fate : {Fate::lose, Fate::repeat, Fate::hold}) {
    for (std::size_t victim = 0; victim < plain.records; ++victim) {
      SCOPED_TRACE(testing::Message() << "fate " << int(fate) << " of record " << victim);
      Meeting meeting(role(), cipher());
      meeting.run([&](std::size_t n) { return n == victim ? fate : Fate::pass; });
      meeting.expect_talk();
    }
  }
}

TEST_P(DtlsInterop, SurvivesANetworkThatLosesAFifth) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    base::SeededRng rng(seed);
    Meeting meeting(role(), cipher());
    meeting.run([&](std::size_t) {
      const auto dice = rng.unit();
      return dice < 0.2 ? Fate::lose : dice < 0.3 ? Fate::repeat : dice < 0.4 ? Fate::hold : Fate::pass;
    });
    meeting.expect_talk();
  }
}

INSTANTIATE_TEST_SUITE_P(RolesAndCiphers, DtlsInterop,
                         testing::Combine(testing::Values(DtlsRole::client, DtlsRole::server),
                                          testing::Values("ECDHE-ECDSA-AES128-GCM-SHA256",
                                                          "ECDHE-ECDSA-AES256-GCM-SHA384",
                                                          "ECDHE-ECDSA-CHACHA20-POLY1305")));

// RFC 6347 §4.2.4: the client did not hear that we are done; it repeats its flight until it does.
TEST(DtlsInteropServer, RepeatsItsLastFlightAndNoMoreThanItWasSent) {
  for (std::size_t losses = 1; losses <= 4; ++losses) {
    Meeting meeting(DtlsRole::server);
    std::size_t lost = 0;
    meeting.run([&](std::size_t) {
      if (meeting.own.state() != ChannelState::connected || meeting.stranger.connected()) return Fate::pass;
      return lost < 2 * losses && ++lost ? Fate::lose : Fate::pass;
    });
    EXPECT_LE(meeting.bytes_sent, meeting.bytes_received + 2000) << "its own flight of certificates apart";
    meeting.expect_talk();
  }
}

// A client that takes its time: our timer has run out when its flight comes, so that OpenSSL sends its own once more
// before it answers, in one go.
TEST(DtlsInteropServer, RepeatsItsLastFlightAlsoAfterOneThatWasRepeated) {
  Meeting meeting(DtlsRole::server);
  std::size_t lost = 0;
  meeting.run([&](std::size_t) {
    if (meeting.own.state() == ChannelState::connected && !meeting.stranger.connected() && lost < 2)
      return ++lost, Fate::lose;
    if (meeting.own.next_deadline() != base::Instant::max()) virtual_us += 150'000;
    return Fate::pass;
  });
  EXPECT_EQ(lost, 2U);
  meeting.expect_talk();
}

TEST(DtlsInteropServer, WhatWasSentOnceHasNoEffectAgain) {
  for (const auto role : {DtlsRole::client, DtlsRole::server}) {
    Meeting meeting(role);
    meeting.run();
    meeting.expect_talk();
    const auto before = meeting.bytes_sent;
    for (const auto& record : std::vector(meeting.strangers)) meeting.own.deliver(record, virtual_now());
    base::Bytes out(2048);
    EXPECT_EQ(meeting.own.poll_application(out), 0U);
    EXPECT_EQ(meeting.own.poll_datagram(out), 0U);
    EXPECT_EQ(meeting.bytes_sent, before);
    EXPECT_EQ(meeting.own.state(), ChannelState::connected);
  }
}

TEST(DtlsInteropServer, RefusesToShakeHandsAgain) {
  Meeting meeting(DtlsRole::server);
  meeting.run();
  const auto before = meeting.bytes_sent;
  SSL_renegotiate(meeting.stranger.ssl());
  SSL_do_handshake(meeting.stranger.ssl());
  meeting.run();
  EXPECT_TRUE(meeting.own.failure().starts_with("the peer's alert")) << "OpenSSL does not take no for an answer";
  EXPECT_GT(meeting.bytes_sent, before);
  EXPECT_LT(meeting.bytes_sent, before + 400) << "alerts, no certificate";
}

TEST(DtlsInteropGoodbye, IsHeardAndAnswered) {
  for (const auto role : {DtlsRole::client, DtlsRole::server}) {
    Meeting meeting(role);
    meeting.run();
    SSL_shutdown(meeting.stranger.ssl());
    meeting.run();
    EXPECT_EQ(meeting.own.state(), ChannelState::closed);
    EXPECT_TRUE(meeting.stranger.said_goodbye_to());
  }
}

TEST(DtlsInteropGoodbye, IsSaid) {
  for (const auto role : {DtlsRole::client, DtlsRole::server}) {
    Meeting meeting(role);
    meeting.run();
    meeting.own.close(virtual_now());
    meeting.run();
    EXPECT_TRUE(meeting.stranger.said_goodbye_to());
  }
}

TEST(DtlsInteropServer, RefusesRecordsOfAFewBytes) {
  Meeting meeting(DtlsRole::server);
  SSL_set_tlsext_max_fragment_length(meeting.stranger.ssl(), TLSEXT_max_fragment_length_512);
  meeting.run();
  EXPECT_EQ(meeting.own.state(), ChannelState::failed);
}

}  // namespace
}  // namespace greenroom::crypto

// Datagrams of a peer who has passed ICE and the handshake and then sends what it likes: RTP and RTCP that open
// correctly and say anything. (What does not open is covered by the fuzzers of wire and crypto.) The input is a list of
// records: a byte of time to pass, a byte of length, the packet.
#include "crypto/hash.hpp"
#include "crypto/secure_channel.hpp"
#include "rtc/capabilities.hpp"
#include "sfu/shard.hpp"
#include "wire/rtp_extensions.hpp"
#include "wire/stun.hpp"

using namespace greenroom;

namespace {
const base::Address server = base::Address::v4(127, 0, 0, 1, 40000), client = base::Address::v4(10, 0, 0, 1, 5);

template <class Answer, class Body>
Answer ask(sfu::Shard& shard, Body body, base::Instant now) {
  static std::uint64_t id = 0;
  shard.handle({++id, std::move(body)}, now);
  std::optional<Answer> answer;
  for (sfu::Output output; shard.poll(output);) {
    if (auto* reply = std::get_if<sfu::Reply>(&output)) answer = std::get<Answer>(*std::move(reply->result));
  }
  return *std::move(answer);
}

wire::RtpParameters camera() {
  wire::RtpParameters p;
  p.mid = "0";
  p.codecs.push_back({"video/VP8", 96, 90000, {}, {}, std::vector<wire::RtcpFeedback>{{"nack", {}}, {"nack", "pli"}}});
  p.codecs.push_back({"video/rtx", 97, 90000, {}, wire::CodecParameters{{"apt", 96}}, {}});
  p.header_extensions =
      std::vector<wire::RtpHeaderExtensionParameters>{{std::string(wire::uri_mid), 1, false, {}},
                                                      {std::string(wire::uri_rid), 2, false, {}},
                                                      {std::string(wire::uri_repaired_rid), 3, false, {}},
                                                      {std::string(wire::uri_transport_sequence), 5, false, {}}};
  p.encodings.emplace(3);
  for (int i = 0; i < 3; ++i) (*p.encodings)[std::size_t(i)].rid = "r" + std::to_string(i);
  (*p.encodings)[0].ssrc = 0x01010101;
  (*p.encodings)[0].rtx = wire::RtxParameters{0x02020202};
  return p;
}

void drain(sfu::Shard& shard) {
  for (sfu::Output output; shard.poll(output);) continue;
}

void connect(sfu::Shard& shard, const sfu::TransportCreated& created, const crypto::SecureChannelFactory& channels,
             base::Instant now) {
  base::Bytes buffer(1500);
  wire::StunBuilder check(buffer, wire::StunClass::request, {});
  check.username(created.ice_parameters.username_fragment + ":x").priority(1).ice_controlling(1).use_candidate();
  const auto bytes = check.finish(base::as_bytes(created.ice_parameters.password), crypto::hmac_sha1);
  shard.deliver(client, base::ByteSpan(buffer).first(bytes.size()), now);
  auto channel = channels.create(crypto::DtlsRole::client, channels.local_fingerprints());
  channel->start(now);
  const auto size = channel->poll_datagram(buffer);
  shard.deliver(client, base::ByteSpan(buffer).first(size), now);
  drain(shard);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::SeededRng rng(1);
  base::Instant now{std::chrono::seconds(1000)};
  const auto channels = crypto::make_null_channel_factory();
  sfu::ShardConfig config;
  config.announced = {server};
  sfu::Shard shard(config, *channels, rng);
  const sfu::RoomId room{"room"};
  ask<sfu::RoomCreated>(shard, sfu::CreateRoom{room}, now);
  const auto peer = ask<sfu::Joined>(shard, sfu::JoinRoom{room, "a", "a", {}}, now).peer;
  wire::DtlsParameters dtls{"client", {}};
  for (const auto& f : channels->local_fingerprints()) dtls.fingerprints.push_back({f.algorithm, f.value});
  const auto created = ask<sfu::TransportCreated>(shard, sfu::CreateTransport{room, peer, sfu::Direction::send}, now);
  ask<sfu::Done>(shard, sfu::ConnectTransport{room, peer, created.transport, dtls}, now);
  connect(shard, created, *channels, now);
  ask<sfu::Produced>(shard, sfu::Produce{room, peer, created.transport, wire::MediaKind::video, camera(), {}}, now);
  ask<sfu::Done>(shard, sfu::StartBackup{room, "take"}, now);

  base::ByteReader input({data, size});
  while (input.left() > 2) {
    now += std::chrono::milliseconds(input.u8());
    const auto packet = input.take(std::min<std::size_t>(input.u8(), input.left()));
    base::Bytes datagram(packet.begin(), packet.end());
    static constexpr std::string_view trailer = "not secret null.";  // what the null channel seals with
    datagram.insert(datagram.end(), trailer.begin(), trailer.end());
    shard.deliver(client, datagram, now);
    while (shard.advance(now)) drain(shard);
    drain(shard);
  }
  return 0;
}

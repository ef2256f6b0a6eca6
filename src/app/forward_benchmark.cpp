// What a forwarded packet costs: one publisher, 150 packets a second of 1,200 bytes in bursts of five, to N subscribers
// whose transports have shaken hands by DTLS. Beside each row the bare loop that it is held against: the same seals to
// the same number of destinations and nothing else. In virtual time without a network, and through a UDP port over
// loopback, where only the sending thread's processor time counts. Memory of a consumer with its transport likewise.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include "base/prefetch.hpp"
#include "base/rng.hpp"
#include "crypto/dtls.hpp"
#include "crypto/hash.hpp"
#include "net/clock.hpp"
#include "net/udp.hpp"
#include "sfu/shard.hpp"
#include "wire/rtp.hpp"
#include "wire/rtp_extensions.hpp"
#include "wire/stun.hpp"

namespace greenroom::app {
namespace {

constexpr std::size_t burst = 5, packet_size = 1200;
constexpr auto burst_interval = std::chrono::microseconds(33'333);
constexpr std::uint32_t camera_ssrc = 0x01010101;

// 127.0.0.0/8 is all ours: one socket on every address stands for all subscribers, which differ by theirs.
base::Address address_of(std::size_t subscriber, std::uint16_t port) {
  return base::Address::v4(127, 1, std::uint8_t(subscriber / 250), std::uint8_t(subscriber % 250 + 1), port);
}

wire::RtpParameters camera() {
  wire::RtpParameters p;
  p.mid = "0";
  p.codecs.push_back({"video/VP8", 96, 90000, {}, {}, std::vector<wire::RtcpFeedback>{{"nack", {}}, {"nack", "pli"}}});
  p.codecs.push_back({"video/rtx", 97, 90000, {}, wire::CodecParameters{{"apt", 96}}, {}});
  p.header_extensions = std::vector<wire::RtpHeaderExtensionParameters>{
      {std::string(wire::uri_mid), 1, false, {}}, {std::string(wire::uri_transport_sequence), 5, false, {}}};
  p.encodings.emplace(1);
  (*p.encodings)[0].ssrc = camera_ssrc;
  (*p.encodings)[0].rtx = wire::RtxParameters{0x02020202};
  return p;
}

// A shard with a room that one publishes in and many subscribe to.
class Hall {
 public:
  using Sink = std::function<void(const sfu::Transmit&)>;

  Hall(std::size_t subscribers, std::uint16_t port) : port_(port) {
    sfu::ShardConfig config;
    config.announced = {base::Address::v4(127, 0, 0, 1, 40000)};
    config.initial_outgoing = base::Bitrate::kbps(20'000);  // nobody answers here, so nothing raises an estimate
    config.max_peers_per_room = 10'000;
    shard_ = std::make_unique<sfu::Shard>(config, *channels_, rng_);
    const auto capabilities = ask<sfu::RoomCreated>(sfu::CreateRoom{room_}).rtp_capabilities;
    publisher_ = enter(sfu::Direction::send, address_of(0, port_)).channel;
    const auto before = ::mallinfo2().uordblks;
    for (std::size_t i = 1; i <= subscribers; ++i) {
      const auto seat = enter(sfu::Direction::recv, address_of(i, port_));
      const auto consumer =
          ask<sfu::Consumed>(sfu::Consume{room_, seat.peer, seat.transport, producer_, capabilities}).consumer;
      ask<sfu::Done>(sfu::ResumeConsumer{room_, seat.peer, consumer});
    }
    for (int i = 0; i < 300; ++i) play([](const sfu::Transmit&) {});  // ten seconds: rings are as large as they get
    memory_ = double(::mallinfo2().uordblks - before) / double(subscribers);
  }

  // A burst, forwarded. How many datagrams came out.
  std::size_t play(const Sink& sink) {
    now_ += burst_interval;
    for (std::size_t i = 0; i < burst; ++i) deliver_packet(i);
    std::size_t datagrams = 0;
    for (bool more = true; more;) {
      more = shard_->advance(now_);
      for (sfu::Output output; shard_->poll(output);) {
        const auto* run = std::get_if<sfu::Transmit>(&output);
        if (!run || run->to == address_of(0, port_)) continue;
        datagrams += (run->bytes.size() + run->segment - 1) / run->segment;
        sink(*run);
      }
      sink({});
    }
    return datagrams;
  }
  double memory_per_consumer() const { return memory_; }

 private:
  struct Seat {
    sfu::PeerId peer;
    sfu::TransportId transport;
    std::unique_ptr<crypto::SecureChannel> channel;  // the browser's end
  };

  template <class Answer, class Body>
  Answer ask(Body body) {
    shard_->handle({++request_, std::move(body)}, now_);
    std::optional<Answer> answer;
    for (sfu::Output output; shard_->poll(output);) {
      auto* reply = std::get_if<sfu::Reply>(&output);
      if (reply && reply->request_id == request_) answer = std::get<Answer>(*std::move(reply->result));
    }
    return *std::move(answer);
  }

  Seat enter(sfu::Direction direction, const base::Address& address) {
    Seat seat{ask<sfu::Joined>(sfu::JoinRoom{room_, "user", "User", {}}).peer, {}, {}};
    const auto created = ask<sfu::TransportCreated>(sfu::CreateTransport{room_, seat.peer, direction});
    seat.transport = created.transport;
    wire::DtlsParameters dtls{"client", {}};
    for (const auto& f : channels_->local_fingerprints()) dtls.fingerprints.push_back({f.algorithm, f.value});
    ask<sfu::Done>(sfu::ConnectTransport{room_, seat.peer, seat.transport, dtls});
    seat.channel = channels_->create(crypto::DtlsRole::client, channels_->local_fingerprints());
    connect(seat, created.ice_parameters, address);
    if (direction == sfu::Direction::send) {
      producer_ =
          ask<sfu::Produced>(sfu::Produce{room_, seat.peer, seat.transport, wire::MediaKind::video, camera(), {}})
              .producer;
    }
    return seat;
  }

  void connect(Seat& seat, const wire::IceParameters& ice, const base::Address& address) {
    base::Bytes buffer(1500);
    wire::StunBuilder check(buffer, wire::StunClass::request, {});
    check.username(ice.username_fragment + ":x").priority(1).ice_controlling(1).use_candidate();
    const auto size = check.finish(base::as_bytes(ice.password), crypto::hmac_sha1).size();
    shard_->deliver(address, base::ByteSpan(buffer).first(size), now_);
    seat.channel->start(now_);
    while (seat.channel->state() == crypto::ChannelState::connecting) {
      while (const auto hello = seat.channel->poll_datagram(buffer)) {
        shard_->deliver(address, base::ByteSpan(buffer).first(hello), now_);
      }
      shard_->advance(now_ += std::chrono::microseconds(10));
      for (sfu::Output output; shard_->poll(output);) {
        const auto* run = std::get_if<sfu::Transmit>(&output);
        if (!run || run->to != address) continue;
        run->for_each([&](base::ByteView datagram) {
          if (wire::classify(datagram) == wire::DatagramKind::dtls) seat.channel->deliver(datagram, now_);
        });
      }
    }
    while (const auto last = seat.channel->poll_datagram(buffer)) {
      shard_->deliver(address, base::ByteSpan(buffer).first(last), now_);
    }
  }

  void deliver_packet(std::size_t in_burst) {
    std::array<std::uint8_t, 1500> packet{};
    const wire::RtpHeader header{{96}, in_burst == burst - 1, {++sequence_}, {timestamp_}, {camera_ssrc}};
    std::array<std::uint8_t, 2> transport{};
    base::store_u16(transport.data(), sequence_);
    const std::array<wire::ExtensionValue, 1> extensions{{{{5}, transport}}};
    auto size = wire::write_rtp_header(packet, header, extensions);
    base::store_u32(&packet[size], 0x80808000 | (in_burst == 0 ? 0x10000000 : 0) | (timestamp_ / 3000 & 0x7fff));
    packet[size + 4] = sequence_ == 1 ? 0 : 1;  // a key frame to begin with
    const auto sealed = publisher_->protect_rtp(packet, packet_size - 16);
    shard_->deliver(address_of(0, port_), base::ByteSpan(packet).first(*sealed), now_);
    if (in_burst == burst - 1) timestamp_ += 3000;
  }

  std::uint16_t port_;
  base::SeededRng rng_{1};
  std::unique_ptr<crypto::SecureChannelFactory> channels_ =
      crypto::make_dtls_channel_factory(*crypto::DtlsCertificate::generate(net::wall_now()));
  std::unique_ptr<sfu::Shard> shard_;
  base::Instant now_{std::chrono::seconds(1000)};
  sfu::RoomId room_{"hall"};
  sfu::ProducerId producer_;
  std::unique_ptr<crypto::SecureChannel> publisher_;
  std::uint64_t request_ = 0;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  double memory_ = 0;
};

// The seals alone: a burst of five for each of N keys, each a header of its own and a payload that all share.
class Seals {
 public:
  explicit Seals(std::size_t subscribers) : payload_(packet_size - 16 - header_size, 1), out_(256 * 1024 + 8192) {
    const crypto::SrtpKeys keys{crypto::SrtpProfile::aead_aes_128_gcm, base::Bytes(16, 1), base::Bytes(12, 2)};
    for (std::size_t i = 0; i < subscribers; ++i) senders_.push_back(*crypto::SrtpSender::create(keys));
  }

  template <class Sink>
  std::size_t play(Sink&& sink) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < senders_.size(); ++i) {
      const auto first = used;
      for (std::size_t k = 0; k < burst; ++k) used += seal(senders_[i], std::uint16_t(sequence_ + k), used);
      sink(i + 1, base::ByteView(out_).subspan(first, used - first), (used - first) / burst);
      if (used > 256 * 1024) sink(0, {}, 0), used = 0;
    }
    sink(0, {}, 0);
    sequence_ = std::uint16_t(sequence_ + burst);
    return senders_.size() * burst;
  }

 private:
  static constexpr std::size_t header_size = 32;
  std::size_t seal(crypto::SrtpSender& sender, std::uint16_t sequence, std::size_t at) {
    const auto buffer = base::ByteSpan(out_).subspan(at);
    std::fill_n(buffer.begin(), header_size, std::uint8_t(0));
    buffer[0] = 0x80, buffer[1] = 96;
    base::store_u16(&buffer[2], sequence);
    base::copy(payload_, &buffer[header_size]);
    return *sender.protect_rtp(buffer, header_size + payload_.size());
  }
  base::Bytes payload_, out_;
  std::vector<crypto::SrtpSender> senders_;
  std::uint16_t sequence_ = 0;
};

double thread_seconds() { return std::chrono::duration<double>(net::thread_time()).count(); }

void count(benchmark::State& state, std::size_t datagrams) {
  state.counters["ns_per_packet"] =
      benchmark::Counter(double(datagrams) / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void forward(benchmark::State& state) {
  Hall hall(std::size_t(state.range(0)), 40001);
  std::size_t datagrams = 0;
  for (auto _ : state) datagrams += hall.play([](const sfu::Transmit& run) { benchmark::DoNotOptimize(run.bytes); });
  count(state, datagrams);
  state.counters["bytes_per_consumer"] = hall.memory_per_consumer();
}

void seal(benchmark::State& state) {
  Seals seals(std::size_t(state.range(0)));
  std::size_t datagrams = 0;
  for (auto _ : state)
    datagrams += seals.play([](std::size_t, base::ByteView run, std::size_t) { benchmark::DoNotOptimize(run); });
  count(state, datagrams);
}

// The thread's processor time for each burst; `between` is outside the measurement. How many datagrams there were.
template <class Play, class Between>
std::size_t play_bursts(benchmark::State& state, Play&& play, Between&& between) {
  std::size_t datagrams = 0;
  for (auto _ : state) {
    const auto begin = thread_seconds();
    datagrams += play();
    state.SetIterationTime(thread_seconds() - begin);
    between();
  }
  count(state, datagrams);
  return datagrams;
}

// Between two bursts of a server others have the caches.
template <class Play>
void with_cold_caches(benchmark::State& state, Play&& play) {
  base::Bytes others(64 * 1024 * 1024);
  play_bursts(state, play, [&] {
    for (std::size_t at = 0; at < others.size(); at += base::cache_line) ++others[at];
  });
}

void forward_cold(benchmark::State& state) {
  Hall hall(std::size_t(state.range(0)), 40001);
  with_cold_caches(state,
                   [&] { return hall.play([](const sfu::Transmit& run) { benchmark::DoNotOptimize(run.bytes); }); });
}

void seal_cold(benchmark::State& state) {
  Seals seals(std::size_t(state.range(0)));
  with_cold_caches(state, [&] {
    return seals.play([](std::size_t, base::ByteView run, std::size_t) { benchmark::DoNotOptimize(run); });
  });
}

// A sending and a receiving port; what arrives is taken out of the kernel outside the measurement.
struct Loopback {
  Loopback() {
    net::UdpOptions options;
    options.receive_buffer = 256 * 1024 * 1024;
    receiver = net::UdpPort::open(base::Address::v4(0, 0, 0, 0, 0), options).value();
  }
  net::UdpPort sender = net::UdpPort::open(base::Address::v4(0, 0, 0, 0, 0)).value();
  std::optional<net::UdpPort> receiver;
  std::size_t received = 0;

  std::uint16_t port() const { return receiver->local().port; }
  void empty() {
    while (receiver->drain([&](std::span<const base::Datagram> some) { received += some.size(); }) > 0) continue;
  }
};

template <class Play>
void over_loopback(benchmark::State& state, Loopback& loopback, Play&& play) {
  const auto datagrams = play_bursts(state, play, [&] { loopback.empty(); });
  state.counters["lost"] = double(datagrams) - double(loopback.received);
}

void forward_over_loopback(benchmark::State& state) {
  Loopback loopback;
  Hall hall(std::size_t(state.range(0)), loopback.port());
  over_loopback(state, loopback, [&] {
    return hall.play([&](const sfu::Transmit& run) {
      run.bytes.empty() ? loopback.sender.flush() : loopback.sender.send_run(run.to, run.bytes, run.segment);
    });
  });
}

void seal_over_loopback(benchmark::State& state) {
  Loopback loopback;
  Seals seals(std::size_t(state.range(0)));
  over_loopback(state, loopback, [&] {
    return seals.play([&](std::size_t subscriber, base::ByteView run, std::size_t segment) {
      run.empty() ? loopback.sender.flush()
                  : loopback.sender.send_run(address_of(subscriber, loopback.port()), run, segment);
    });
  });
}

void sizes(benchmark::internal::Benchmark* b) { b->ArgName("subscribers")->Arg(50)->Arg(500)->Arg(2000); }
BENCHMARK(seal)->Name("bare_seal")->Apply(sizes);
BENCHMARK(forward)->Apply(sizes);
BENCHMARK(seal_cold)->Name("bare_seal_cold")->Apply(sizes)->UseManualTime();
BENCHMARK(forward_cold)->Apply(sizes)->UseManualTime();
BENCHMARK(seal_over_loopback)->Name("bare_seal_and_send")->Apply(sizes)->UseManualTime();
BENCHMARK(forward_over_loopback)->Name("forward_and_send")->Apply(sizes)->UseManualTime();

}  // namespace
}  // namespace greenroom::app

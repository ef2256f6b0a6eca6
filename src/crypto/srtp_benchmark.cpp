// What sealing and opening of a 1,200-byte packet costs, beside libsrtp2 in the same run.
#include <benchmark/benchmark.h>
#include <srtp2/srtp.h>

#include <array>

#include "base/rng.hpp"
#include "crypto/srtp.hpp"

namespace greenroom::crypto {
namespace {

constexpr std::size_t packet_size = 1200;
using Packet = std::array<std::uint8_t, packet_size + 64>;

SrtpKeys keys_of(std::int64_t profile) {
  base::SeededRng rng(1);
  SrtpKeys keys{SrtpProfile(profile), {}, {}};
  keys.master_key.resize(sizes_of(keys.profile).key), keys.master_salt.resize(sizes_of(keys.profile).salt);
  rng.fill(keys.master_key), rng.fill(keys.master_salt);
  return keys;
}

void begin_packet(Packet& packet, std::uint32_t number) {
  packet[0] = 0x80, packet[1] = 96;
  base::store_u16(&packet[2], std::uint16_t(number));
  base::store_u32(&packet[8], 1);
}

void seal(benchmark::State& state) {
  auto sender = *SrtpSender::create(keys_of(state.range(0)));
  Packet packet{};
  std::uint32_t number = 0;
  for (auto _ : state) {
    begin_packet(packet, number++);
    benchmark::DoNotOptimize(sender.protect_rtp(packet, packet_size));
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t(packet_size));
}

// The payload comes from a shared cache; 30 bytes of header and descriptor are written for this subscriber.
void seal_gathered(benchmark::State& state) {
  auto sender = *SrtpSender::create(keys_of(state.range(0)));
  Packet packet{}, cached{};
  std::uint32_t number = 0;
  for (auto _ : state) {
    begin_packet(packet, number++);
    std::copy(cached.begin() + 30, cached.begin() + packet_size, packet.begin() + 30);
    benchmark::DoNotOptimize(sender.protect_rtp(packet, packet_size));
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t(packet_size));
}

void open(benchmark::State& state) {
  auto sender = *SrtpSender::create(keys_of(state.range(0)));
  auto receiver = *SrtpReceiver::create(keys_of(state.range(0)));
  std::vector<std::pair<Packet, std::size_t>> sealed(1024);
  std::uint32_t number = 0;
  for (std::size_t at = sealed.size(); auto _ : state) {
    if (at == sealed.size()) {
      state.PauseTiming();
      for (auto& [packet, size] : sealed)
        begin_packet(packet, number++), size = *sender.protect_rtp(packet, packet_size);
      at = 0;
      state.ResumeTiming();
    }
    auto& [packet, size] = sealed[at++];
    if (!receiver.unprotect_rtp(base::ByteSpan(packet).first(size))) state.SkipWithError("not opened");
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t(packet_size));
}

void seal_by_libsrtp2(benchmark::State& state) {
  srtp_init();
  auto keys = keys_of(state.range(0));
  keys.master_key.insert(keys.master_key.end(), keys.master_salt.begin(), keys.master_salt.end());
  srtp_policy_t policy{};
  const bool gcm = keys.profile == SrtpProfile::aead_aes_128_gcm;
  const auto set = gcm ? srtp_crypto_policy_set_aes_gcm_128_16_auth : srtp_crypto_policy_set_rtp_default;
  set(&policy.rtp), set(&policy.rtcp);
  policy.ssrc.type = ssrc_any_outbound;
  policy.key = keys.master_key.data();
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) return state.SkipWithError("no session");
  Packet packet{};
  std::uint32_t number = 0;
  for (auto _ : state) {
    begin_packet(packet, number++);
    int size = packet_size;
    benchmark::DoNotOptimize(srtp_protect(session, packet.data(), &size));
  }
  srtp_dealloc(session);
  state.SetBytesProcessed(state.iterations() * std::int64_t(packet_size));
}

constexpr auto gcm_profile = std::int64_t(SrtpProfile::aead_aes_128_gcm),
               counter_profile = std::int64_t(SrtpProfile::aes128_cm_sha1_80);
BENCHMARK(seal)->Name("srtp_seal_1200")->Arg(gcm_profile)->Arg(counter_profile);
BENCHMARK(seal_gathered)->Name("srtp_seal_gathered_1200")->Arg(gcm_profile)->Arg(counter_profile);
BENCHMARK(open)->Name("srtp_open_1200")->Arg(gcm_profile)->Arg(counter_profile);
BENCHMARK(seal_by_libsrtp2)->Name("libsrtp2_seal_1200")->Arg(gcm_profile)->Arg(counter_profile);

}  // namespace
}  // namespace greenroom::crypto

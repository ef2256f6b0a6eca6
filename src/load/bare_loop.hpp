// The floor under every SFU on this machine: seal a packet for each of N destinations (AES-128-GCM) and hand the kernel
// what belongs together (sendmmsg of UDP_SEGMENT), over loopback, and nothing else. What arrives is read on another
// thread, as a server's clients read it: over loopback it is the sender who puts a datagram into the receiver's queue,
// and that costs more when another core has just taken something out of it. Run beside a measurement, it makes that a
// ratio which holds on other machines and busy ones.
#pragma once
#include "base/result.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"

namespace greenroom::load {

struct BareLoop {
  std::size_t destinations = 500;
  std::size_t burst = 5;  // packets to each in one go
  std::size_t packet_size = 1200;
  bool coalesce = true;  // the receivers' UDP_GRO
  base::Duration time = std::chrono::seconds(2);
  // As a server is driven, which finds its memory out of the processor's caches each time; 0: round after round.
  std::uint32_t rounds_per_second = 0;
  bool by_openssl = false;  // sealed by EVP, as servers usually do, not as ours does
};
struct BareCost {
  double seal_us = 0;  // processor time of a packet
  double send_us = 0;
  double total_us() const { return seal_us + send_us; }
};
base::Result<BareCost> measure_bare_loop(const BareLoop& loop, base::Rng& rng);

}  // namespace greenroom::load

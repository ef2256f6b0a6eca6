// Datagrams a second through UdpPort on loopback, sender and receiver on one thread: with UDP_SEGMENT (runs of 10
// datagrams to one peer, as a pacer makes them) and without, so that their ratio shows what batching buys.
#include <benchmark/benchmark.h>

#include "net/udp.hpp"

namespace greenroom::net {
namespace {

constexpr std::size_t batch = 60;

void udp_round_trip(benchmark::State& state) {
  UdpOptions options;
  options.segmentation = state.range(0) != 0;
  auto sender = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0), options).value();
  auto receiver = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  const auto to = receiver.local();
  const base::Bytes datagram(1200, 1);
  std::size_t received = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < batch; ++i) {
      sender.send(to, datagram);
      if (i % 10 == 9) sender.flush();
    }
    received += receiver.drain([](std::span<const base::Datagram> some) { benchmark::DoNotOptimize(some.data()); });
  }
  state.SetItemsProcessed(std::int64_t(received));
  state.counters["lost"] = double(state.iterations() * std::int64_t(batch)) - double(received);
}
BENCHMARK(udp_round_trip)->ArgName("segmentation")->Arg(0)->Arg(1);

void udp_send(benchmark::State& state) {
  UdpOptions options;
  options.segmentation = state.range(0) != 0;
  auto sender = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0), options).value();
  auto receiver = UdpPort::open(base::Address::v4(127, 0, 0, 1, 0)).value();
  const auto to = receiver.local();
  const base::Bytes datagram(1200, 1);
  for (auto _ : state) {
    for (std::size_t i = 0; i < batch; ++i) sender.send(to, datagram);
    sender.flush();
  }
  state.SetItemsProcessed(std::int64_t(sender.stats().sent));
}
BENCHMARK(udp_send)->ArgName("segmentation")->Arg(0)->Arg(1);

}  // namespace
}  // namespace greenroom::net

#include "load/bench.hpp"

#include "load/process.hpp"
#include "net/clock.hpp"

namespace greenroom::load {
namespace {
double percent_of(base::Duration part, base::Duration whole) {
  return 100 * base::to_seconds(part) / base::to_seconds(whole);
}

void put(Figures& out, const Window& window) {
  const auto seconds = base::to_seconds(window.time);
  const auto packets = double(window.counted.received);
  out.seconds = seconds;
  out.packets_per_second = packets / seconds;
  out.megabits_per_second = double(window.counted.received_bytes) * 8e-6 / seconds;
  out.cpu_us_per_packet = packets > 0 ? double(window.server_cpu.count()) / packets : 0;
  out.server_cpu_percent = percent_of(window.server_cpu, window.time);
  out.generator_cpu_percent = percent_of(window.own_cpu, window.time);
  out.latency_us_p50 = window.latency_us_p50;
  out.latency_us_p99 = window.latency_us_p99;
  out.lost = window.lost;
  out.lost_percent = 100 * double(window.lost) / std::max(1.0, packets + double(window.lost));
  out.recovered = window.counted.recovered;
  out.generator_overflow = window.overflow;
}

void put_joining(Figures& out, const Crowd& crowd) {
  auto joins = crowd.join_times(), first = crowd.first_packets();
  out.join_ms_p50 = joins.percentile(0.5) / 1000.0;
  out.join_ms_p99 = joins.percentile(0.99) / 1000.0;
  out.first_packet_ms_p50 = first.percentile(0.5) / 1000.0;
}
}  // namespace

base::Result<Figures> measure(const CrowdOptions& options, const Shape& shape, const BenchTimes& times) {
  GREENROOM_TRY(const auto crowd, Crowd::open(options));
  Figures out;
  out.shape = shape.name;
  out.consumers = shape.streams;
  if (!shape.first.empty()) GREENROOM_CHECK_OK(crowd->join(shape.first, 0));
  const auto memory = memory_of(options.pids);
  const auto begun = net::now();
  GREENROOM_CHECK_OK(crowd->join(shape.plans, shape.streams));
  out.join_seconds = base::to_seconds(net::now() - begun);
  put_joining(out, *crowd);
  crowd->run_for(times.settle);
  put(out, crowd->measure(times.window));
  const auto grown = double(memory_of(options.pids)) - double(memory);
  out.memory_kib_per_consumer = grown / 1024 / double(std::max<std::size_t>(shape.streams, 1));
  crowd->leave_all();
  return out;
}

}  // namespace greenroom::load

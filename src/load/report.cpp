#include "load/report.hpp"

#include <algorithm>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

namespace greenroom::load {

Figures median(const std::vector<Figures>& runs) {
  Figures out = runs.front();
  using Members = boost::describe::describe_members<Figures, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>([&](auto member) {
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(out.*member.pointer)>>) {
      std::vector<std::remove_cvref_t<decltype(out.*member.pointer)>> values;
      for (const auto& run : runs) values.push_back(run.*member.pointer);
      std::ranges::nth_element(values, values.begin() + std::ptrdiff_t(values.size() / 2));
      out.*member.pointer = values[values.size() / 2];
    }
  });
  return out;
}

std::string print_table(const std::vector<Figures>& rows) {
  auto out = fmt::format(
      "{:14} {:>9} {:>9} {:>8} {:>6} {:>6} {:>6} {:>6} {:>7} {:>6} {:>6} {:>9} {:>9} {:>8} {:>9} {:>8} {:>8} {:>5}\n",
      "shape", "consumers", "packets/s", "µs/packet", "bare", "ratio", "paced", "ratio", "openssl", "ratio", "core%",
      "p50 µs", "p99 µs", "lost %", "KiB/cons.", "join ms", "first ms", "gen%");
  for (const auto& r : rows)
    out += fmt::format(
        "{:14} {:>9} {:>9.0f} {:>9.2f} {:>6.2f} {:>6.2f} {:>6.2f} {:>6.2f} {:>7.2f} {:>6.2f} {:>6.0f} {:>9.0f} "
        "{:>9.0f} {:>8.3f} "
        "{:>9.1f} {:>8.1f} "
        "{:>8.1f} "
        "{:>5.0f}\n",
        r.shape, r.consumers, r.packets_per_second, r.cpu_us_per_packet, r.bare_us_per_packet, r.times_bare,
        r.bare_paced_us_per_packet, r.times_bare_paced, r.openssl_paced_us_per_packet, r.times_openssl_paced,
        r.server_cpu_percent, r.latency_us_p50, r.latency_us_p99, r.lost_percent, r.memory_kib_per_consumer,
        r.join_ms_p50, r.first_packet_ms_p50, r.generator_cpu_percent);
  return out;
}

}  // namespace greenroom::load

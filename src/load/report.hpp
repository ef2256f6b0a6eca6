// The figures of a measurement, as a row of the table and of the JSON. Values.
#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace greenroom::load {

struct Figures {
  std::string shape;
  std::uint64_t consumers = 0;
  double seconds = 0;             // measured
  double packets_per_second = 0;  // that reached subscribers
  double megabits_per_second = 0;
  double cpu_us_per_packet = 0;   // of the server, for a packet forwarded
  double server_cpu_percent = 0;  // of one core
  double generator_cpu_percent = 0;
  double bare_us_per_packet = 0;  // sealing and sending alone, measured beside it
  double times_bare = 0;
  double bare_paced_us_per_packet = 0;  // the same at the pace of pictures, thirty times a second
  double times_bare_paced = 0;
  double openssl_paced_us_per_packet = 0;  // the latter with OpenSSL's AES-GCM in place of ours
  double times_openssl_paced = 0;
  double latency_us_p50 = 0;  // from the publisher's send call to the subscriber's socket, one way
  double latency_us_p99 = 0;
  double lost_percent = 0;
  std::int64_t lost = 0;                 // gaps in sequence numbers that stayed
  std::uint64_t recovered = 0;           // by retransmission
  std::uint64_t generator_overflow = 0;  // of those lost, dropped because the generator did not read in time
  double memory_kib_per_consumer = 0;
  double join_ms_p50 = 0;  // connection to everything answered and both links up
  double join_ms_p99 = 0;
  double first_packet_ms_p50 = 0;  // consume to the first packet
  double join_seconds = 0;         // all of them
};
BOOST_DESCRIBE_STRUCT(Figures, (),
                      (shape, consumers, seconds, packets_per_second, megabits_per_second, cpu_us_per_packet,
                       server_cpu_percent, generator_cpu_percent, bare_us_per_packet, times_bare,
                       bare_paced_us_per_packet, times_bare_paced, openssl_paced_us_per_packet, times_openssl_paced,
                       latency_us_p50, latency_us_p99, lost_percent, lost, recovered, generator_overflow,
                       memory_kib_per_consumer, join_ms_p50, join_ms_p99, first_packet_ms_p50, join_seconds))

// Of runs of one shape: each figure's own median.
Figures median(const std::vector<Figures>& runs);
std::string print_table(const std::vector<Figures>& rows);

}  // namespace greenroom::load

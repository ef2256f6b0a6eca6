// The answer to getStats: how one's own media gets through, seen from here. Names and units are those of the W3C's
// WebRTC statistics (times in seconds, counts since the beginning) where it has them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/realtime/messages.hpp"
#include "studio/stage.hpp"

namespace greenroom::api::realtime {

struct TransportStat {
  sfu::TransportId transport_id;
  sfu::Direction direction = sfu::Direction::send;
  sfu::TransportStatus state = sfu::TransportStatus::connecting;
  std::optional<double> round_trip_time;
  std::optional<double> available_outgoing_bitrate;  // of what is sent to the client, bits a second
};
BOOST_DESCRIBE_STRUCT(TransportStat, (), (transport_id, direction, state, round_trip_time, available_outgoing_bitrate))

struct EncodingStat {  // lowest first
  double bitrate = 0;  // bits a second, now
  int score = 0;       // 0: not sent now
  std::uint64_t pli_count = 0;
};
BOOST_DESCRIBE_STRUCT(EncodingStat, (), (bitrate, score, pli_count))

struct ProducerStat {
  sfu::ProducerId producer_id;
  wire::MediaKind kind = wire::MediaKind::audio;
  int score = 10;
  std::uint64_t packets_received = 0, bytes_received = 0;
  std::uint64_t packets_lost = 0;      // and not repaired
  std::uint64_t packets_repaired = 0;  // by retransmission
  std::uint64_t packets_duplicated = 0;
  std::uint64_t nack_count = 0, pli_count = 0;
  double jitter = 0;
  double fraction_lost = 0;  // in the last second, before repairs
  std::vector<EncodingStat> encodings;
};
BOOST_DESCRIBE_STRUCT(ProducerStat, (),
                      (producer_id, kind, score, packets_received, bytes_received, packets_lost, packets_repaired,
                       packets_duplicated, nack_count, pli_count, jitter, fraction_lost, encodings))

struct ConsumerStat {
  sfu::ConsumerId consumer_id;
  sfu::ProducerId producer_id;
  wire::MediaKind kind = wire::MediaKind::audio;
  int score = 10, producer_score = 10;
  std::uint64_t packets_sent = 0, bytes_sent = 0;
  std::uint64_t retransmitted_packets_sent = 0;
  std::uint64_t nack_count = 0, pli_count = 0;  // that the client sent
  std::int64_t packets_lost = 0;                // this and what follows: as the client reports
  double fraction_lost = 0;
  double jitter = 0;
  std::optional<double> round_trip_time;
  std::optional<int> spatial_layer, temporal_layer;  // absent: nothing is sent now
};
BOOST_DESCRIBE_STRUCT(ConsumerStat, (),
                      (consumer_id, producer_id, kind, score, producer_score, packets_sent, bytes_sent,
                       retransmitted_packets_sent, nack_count, pli_count, packets_lost, fraction_lost, jitter,
                       round_trip_time, spatial_layer, temporal_layer))

struct StatsResult {
  ConnectionQuality quality;
  std::vector<TransportStat> transports;
  std::vector<ProducerStat> producers;
  std::vector<ConsumerStat> consumers;
};
BOOST_DESCRIBE_STRUCT(StatsResult, (), (quality, transports, producers, consumers))

ConnectionQuality to_message(const sfu::Quality& quality);
StatsResult to_message(const sfu::PeerStats& stats);

}  // namespace greenroom::api::realtime

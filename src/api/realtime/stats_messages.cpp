#include "api/realtime/stats_messages.hpp"

namespace greenroom::api::realtime {
namespace {

std::optional<double> seconds(const std::optional<double>& millis) {
  return millis ? std::optional(*millis / 1000) : std::nullopt;
}

std::optional<int> unless_negative(int layer) { return layer < 0 ? std::nullopt : std::optional(layer); }

TransportStat to_message(const sfu::TransportStats& s) {
  TransportStat stat{s.transport, s.direction, s.status, seconds(s.rtt_ms), {}};
  if (s.available_outgoing) stat.available_outgoing_bitrate = double(s.available_outgoing->bps);
  return stat;
}

ProducerStat to_message(const sfu::ProducerStats& s) {
  ProducerStat stat;
  stat.producer_id = s.producer;
  stat.kind = s.kind;
  stat.score = s.score;
  stat.packets_received = s.packets;
  stat.bytes_received = s.bytes;
  stat.packets_lost = s.lost;
  stat.packets_repaired = s.recovered;
  stat.packets_duplicated = s.duplicates;
  stat.nack_count = s.nacks;
  stat.pli_count = s.key_frame_requests;
  stat.jitter = s.jitter_ms / 1000;
  stat.fraction_lost = s.fraction_lost;
  for (const auto& layer : s.layers) {
    stat.encodings.push_back({double(layer.bitrate.bps), layer.score, layer.key_frame_requests});
  }
  return stat;
}

ConsumerStat to_message(const sfu::ConsumerStats& s) {
  ConsumerStat stat;
  stat.consumer_id = s.consumer;
  stat.producer_id = s.producer;
  stat.kind = s.kind;
  stat.score = s.score;
  stat.producer_score = s.producer_score;
  stat.packets_sent = s.packets;
  stat.bytes_sent = s.bytes;
  stat.retransmitted_packets_sent = s.retransmitted;
  stat.nack_count = s.nacked;
  stat.pli_count = s.key_frame_requests;
  stat.packets_lost = s.lost;
  stat.fraction_lost = s.fraction_lost;
  stat.jitter = s.jitter_ms / 1000;
  stat.round_trip_time = seconds(s.rtt_ms);
  stat.spatial_layer = unless_negative(s.spatial_layer);
  stat.temporal_layer = unless_negative(s.temporal_layer);
  return stat;
}

}  // namespace

ConnectionQuality to_message(const sfu::Quality& q) { return {q.score, q.loss_up, q.loss_down, q.jitter_ms, q.rtt_ms}; }

StatsResult to_message(const sfu::PeerStats& stats) {
  StatsResult result;
  result.quality = to_message(stats.quality);
  for (const auto& transport : stats.transports) result.transports.push_back(to_message(transport));
  for (const auto& producer : stats.producers) result.producers.push_back(to_message(producer));
  for (const auto& consumer : stats.consumers) result.consumers.push_back(to_message(consumer));
  return result;
}

}  // namespace greenroom::api::realtime

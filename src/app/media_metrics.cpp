#include "app/media_metrics.hpp"

#include <fmt/format.h>

#include <initializer_list>

namespace greenroom::app {
namespace {
using api::MetricFamily;
using api::MetricSample;
using api::MetricType;

struct Labelled {
  const char* value;
  std::uint64_t count;
};

MetricFamily counters(const char* name, const char* help, const char* label, std::initializer_list<Labelled> values) {
  MetricFamily family{name, help, MetricType::counter, {}};
  for (const auto& v : values) family.samples.push_back({"", {{label, v.value}}, double(v.count)});
  return family;
}

// Prometheus counts each bucket with all below it.
template <class Histogram>
void add_histogram(MetricFamily& family, const Histogram& histogram, const MetricSample& like) {
  const auto add = [&](std::string suffix, double value, std::string bound = {}) {
    auto sample = like;
    sample.suffix = std::move(suffix);
    sample.value = value;
    if (!bound.empty()) sample.labels.emplace_back("le", std::move(bound));
    family.samples.push_back(std::move(sample));
  };
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < Histogram::size; ++i) {
    below += histogram.count(i);
    add("_bucket", double(below), fmt::format("{}", Histogram::bound(i)));
  }
  below += histogram.count(Histogram::size);
  add("_bucket", double(below), "+Inf");
  add("_sum", histogram.sum());
  add("_count", double(below));
}

}  // namespace

MediaTotals add_up(const std::vector<sfu::Stats>& shards) {
  MediaTotals totals;
  for (const auto& shard : shards) {
    totals.transports += shard.transports;
    totals.branches += shard.branches;
    totals.imports += shard.imports;
    sfu::add(totals.counters, shard.counters);
  }
  return totals;
}

std::vector<MetricFamily> media_metrics(const MediaTotals& totals) {
  const auto& c = totals.counters;
  MetricFamily rtt{"greenroom_media_round_trip_seconds",
                   "Round trips to receivers, each looked at once a second",
                   MetricType::histogram,
                   {}};
  add_histogram(rtt, c.rtt, {});
  MetricFamily loss{"greenroom_media_loss_ratio",
                    "Share of packets lost before repair, of each stream once a second",
                    MetricType::histogram,
                    {}};
  add_histogram(loss, c.loss_up, {"", {{"direction", "up"}}, 0});
  add_histogram(loss, c.loss_down, {"", {{"direction", "down"}}, 0});
  return {
      {"greenroom_transports", "WebRTC transports", MetricType::gauge, {{"", {}, double(totals.transports)}}},
      {"greenroom_room_branches",
       "Parts of rooms that several media threads share",
       MetricType::gauge,
       {{"", {}, double(totals.branches)}}},
      {"greenroom_piped_tracks",
       "Tracks that one media thread has from another",
       MetricType::gauge,
       {{"", {}, double(totals.imports)}}},
      counters("greenroom_media_piped_packets_total", "Packets between media threads", "direction",
               {{"in", c.piped_in}, {"out", c.piped_out}}),
      counters("greenroom_media_datagrams_total", "UDP datagrams", "direction",
               {{"in", c.datagrams_in}, {"out", c.datagrams_out}}),
      counters("greenroom_media_bytes_total", "Bytes in UDP datagrams", "direction",
               {{"in", c.bytes_in}, {"out", c.bytes_out}}),
      counters("greenroom_media_received_total", "Datagrams received, by what they are", "kind",
               {{"rtp", c.rtp_in}, {"rtcp", c.rtcp_in}, {"stun", c.stun_in}, {"dtls", c.dtls_in}}),
      api::counter("greenroom_media_forwarded_packets_total", "RTP packets sent to receivers", c.rtp_forwarded),
      counters("greenroom_media_dropped_total", "Packets dropped", "reason",
               {{"unknown", c.dropped_unknown},
                {"malformed", c.dropped_malformed},
                {"forged", c.dropped_forged},
                {"unexpected", c.dropped_unexpected},
                {"overflow", c.dropped_overflow},
                {"pipe", c.dropped_pipe}}),
      api::counter("greenroom_media_key_frame_requests_total", "Key frames asked of senders", c.key_frame_requests),
      api::counter("greenroom_media_nacked_packets_total", "Packets that receivers asked for again", c.nacked),
      api::counter("greenroom_media_retransmitted_packets_total", "Packets sent again", c.retransmitted),
      api::counter("greenroom_media_probes_total", "Bursts sent to measure a path", c.probes),
      rtt,
      loss,
  };
}

}  // namespace greenroom::app

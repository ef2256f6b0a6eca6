#include "app/statistics.hpp"

#include <future>

#include "app/media_metrics.hpp"
#include "net/clock.hpp"

namespace greenroom::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration stalled_after = 5s;  // a shard turns once a second even when nothing happens

struct Counts {
  api::realtime::ServerCounts realtime;
  std::size_t workers = 0, stalled = 0, branches = 0;
  base::Duration silence{0};
  TcpCounts tcp;
  std::vector<double> loads;
};

// What the control thread says of itself, and what it asks the media threads; who wants to know is on the blocking pool
// and may wait, but not for a thread that has stalled.
template <class T, class Ask>
T ask(net::Loop& loop, Ask put_question) {
  auto answer = std::make_shared<std::promise<T>>();
  auto future = answer->get_future();
  loop.post([answer, put_question] { put_question([answer](T value) { answer->set_value(std::move(value)); }); });
  return future.wait_for(1s) == std::future_status::ready ? future.get() : T{};
}

Counts ask_control(const StatisticsSources& sources) {
  return ask<Counts>(sources.loop, [&realtime = sources.realtime, &media = sources.media](const auto& answer) {
    answer(Counts{realtime.counts(), media.workers(), media.stalled(), media.branches(),
                  media.longest_silence(net::now()), media.tcp_counts(), media.loads()});
  });
}

MediaTotals ask_media(const StatisticsSources& sources) {
  return ask<MediaTotals>(sources.loop, [&media = sources.media](const auto& answer) {
    media.totals([answer](const std::vector<sfu::Stats>& shards) { answer(add_up(shards)); });
  });
}

using api::counter;

api::MetricFamily gauge(std::string name, std::string help, std::size_t value) {
  return {std::move(name), std::move(help), api::MetricType::gauge, {{"", {}, double(value)}}};
}

api::MetricFamily busy_threads(const std::vector<double>& loads) {
  api::MetricFamily family{"greenroom_media_thread_busy_ratio",
                           "Share of a core that each media thread takes; at 0.7 rooms begin on another",
                           api::MetricType::gauge,
                           {}};
  for (std::size_t i = 0; i < loads.size(); ++i)
    family.samples.push_back({"", {{"thread", std::to_string(i)}}, loads[i]});
  return family;
}

api::Stats stats(const StatisticsSources& sources) {
  const auto counts = ask_control(sources);
  const auto& stage = counts.realtime.stage;
  return {std::uint32_t(stage.rooms),     std::uint32_t(stage.peers),     std::uint32_t(counts.workers),
          std::uint32_t(stage.producers), std::uint32_t(stage.consumers), std::uint32_t(stage.transports),
          std::uint32_t(counts.branches)};
}

std::vector<api::MetricFamily> metrics(const StatisticsSources& sources) {
  const auto counts = ask_control(sources);
  const auto& stage = counts.realtime.stage;
  const auto http = sources.http->stats();
  const auto& tcp = counts.tcp;
  std::vector<api::MetricFamily> families{
      gauge("greenroom_rooms", "Live rooms", stage.rooms),
      gauge("greenroom_peers", "People in rooms", stage.peers),
      gauge("greenroom_producers", "Tracks that people send", stage.producers),
      gauge("greenroom_consumers", "Tracks that people receive", stage.consumers),
      gauge("greenroom_media_threads", "Media threads", counts.workers),
      gauge("greenroom_media_threads_stalled", "Media threads that hang and have been replaced", counts.stalled),
      gauge("greenroom_realtime_connections", "Socket.IO connections", counts.realtime.connections),
      gauge("greenroom_http_connections", "Open HTTP connections", http.connections),
      counter("greenroom_http_requests_total", "HTTP requests", http.requests),
      counter("greenroom_http_malformed_total", "Requests that were no HTTP", http.malformed),
      counter("greenroom_http_refused_total", "Connections turned away over a limit", http.refused),
      counter("greenroom_http_timed_out_total", "Clients cut for being too slow", http.timed_out),
      counter("greenroom_http_received_bytes_total", "Bytes received over HTTP", http.bytes_in),
      counter("greenroom_http_sent_bytes_total", "Bytes sent over HTTP", http.bytes_out),
      gauge("greenroom_media_tcp_connections", "Media connections over TCP", tcp.connections),
      counter("greenroom_media_tcp_dropped_total", "Datagrams for clients that did not read their TCP", tcp.dropped),
      counter("greenroom_media_tcp_turned_away_total", "TCP connections that proved nothing or were too many",
              tcp.turned_away),
      counter("greenroom_backup_refused_packets_total", "Packets the backup's mailbox had no room for",
              sources.recorder.refused()),
  };
  families.push_back(busy_threads(counts.loads));
  for (auto& family : media_metrics(ask_media(sources))) families.push_back(std::move(family));
  return families;
}

std::vector<std::string> not_ready(const StatisticsSources& sources) {
  std::vector<std::string> reasons;
  if (sources.stopping) reasons.emplace_back("the server is stopping");
  if (ask_control(sources).silence > stalled_after) reasons.emplace_back("a media thread has stalled");
  const auto answered =
      sources.database.read([](db::Transaction& tx) { return tx.scalar<std::int64_t>("SELECT CAST(1 AS BIGINT)"); });
  if (!answered) reasons.emplace_back("the database does not answer");
  if (!sources.bus.state()) reasons.emplace_back("the bus does not reach the other servers");
  const auto storage = sources.mover ? sources.mover->problem() : std::nullopt;
  if (storage) reasons.push_back(*storage);
  return reasons;
}

}  // namespace

api::Statistics make_statistics(StatisticsSources sources) {
  return {.stats = [sources] { return stats(sources); },
          .metrics = [sources] { return metrics(sources); },
          .not_ready = [sources] { return not_ready(sources); }};
}

}  // namespace greenroom::app

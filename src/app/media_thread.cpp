#include "app/media_thread.hpp"

#include <pthread.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <ctime>

#include "base/thread_name.hpp"
#include "net/clock.hpp"
#include "net/thread_urgency.hpp"

namespace greenroom::app {
namespace {

// Instants of the shard become server time for the log: both clocks advance alike (net/clock.hpp), so one reading of
// both is enough.
base::WallTime to_wall(base::Instant t) {
  static const auto offset = net::wall_now().time_since_epoch() - net::now().time_since_epoch();
  return base::WallTime(t.time_since_epoch() + offset);
}

// What a producer says it is; a client that says nothing gets the usual source of its kind.
std::string source_of(const sfu::BackupTrackStarted& started) {
  if (const auto* data = started.app_data.if_object())
    if (const auto* source = data->if_contains("source"); source && source->is_string())
      if (const auto& text = source->get_string(); text == "mic" || text == "camera" || text == "screen")
        return std::string(text);
  return started.kind == wire::MediaKind::audio ? "mic" : "camera";
}

record::TrackHeader header_of(const sfu::BackupTrackStarted& started) {
  record::TrackHeader header;
  header.recording = started.recording;
  header.track = started.track.str();
  header.participant = started.user_id;
  header.source = source_of(started);
  header.kind = started.kind == wire::MediaKind::audio ? "audio" : "video";
  header.mime_type = started.mime_type;
  header.clock_rate = started.clock_rate;
  header.channels = started.channels;
  header.started = to_wall(started.at);
  return header;
}

}  // namespace

MediaThread::MediaThread(MediaPorts ports, sfu::ShardConfig config,
                         std::unique_ptr<crypto::SecureChannelFactory> channels, std::unique_ptr<base::Rng> rng,
                         RecorderThread& recorder, std::function<void(std::vector<ShardNews>)> news)
    : port_(std::move(ports.udp)),
      tcp_(std::move(ports.tcp)),
      channels_(std::move(channels)),
      rng_(std::move(rng)),
      shard_(std::move(config), *channels_, *rng_),
      recorder_(recorder),
      news_(std::move(news)),
      last_turn_(net::now().time_since_epoch().count()),
      thread_([this] { run(); }) {}

MediaThread::~MediaThread() {
  stopping_ = true;
  wake_->signal();
  thread_.join();
}

bool MediaThread::push(sfu::Command command) {
  if (!commands_.push(std::move(command))) return false;
  wake_->signal();
  return true;
}

bool MediaThread::attach(sfu::PipeEnd end, const MediaThread& other) {
  if (!commands_.push(Attach{std::move(end), other.wake_})) return false;
  wake_->signal();
  return true;
}

void MediaThread::take(Attach& attach, base::Instant) {
  const std::size_t other = attach.end.other.value;
  if (others_.size() <= other) others_.resize(other + 1);
  others_[other] = std::move(attach.wake);
  shard_.attach(std::move(attach.end));
}

base::Duration MediaThread::processor_time() {
  clockid_t clock = {};
  timespec used = {};
  if (::pthread_getcpuclockid(thread_.native_handle(), &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return std::chrono::duration_cast<base::Duration>(std::chrono::seconds(used.tv_sec) +
                                                    std::chrono::nanoseconds(used.tv_nsec));
}

void MediaThread::run() {
  constexpr auto heartbeat = std::chrono::seconds(1);
  base::name_this_thread("media");
  net::make_this_thread_urgent();
  while (!stopping_) {
    const base::Instant now = net::now();
    last_turn_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    take_in(now);
    const bool more = shard_.advance(now);
    give_out();
    port_.flush();
    tcp_.flush();
    const auto deadline = more ? now : std::min({shard_.next_deadline(), tcp_.next_deadline(), now + heartbeat});
    tcp_waits_ = port_.wait(deadline, *wake_, tcp_.fd()).other;
  }
}

void MediaThread::take_in(base::Instant now) {
  while (auto asked = commands_.pop()) {
    std::visit([&](auto& what) { take(what, now); }, *asked);
  }
  port_.drain([&](std::span<const base::Datagram> datagrams) { shard_.deliver(datagrams, now); });
  if (tcp_waits_ || tcp_.next_deadline() <= now) take_in_tcp(now);
  shard_.take_piped(now);
}

void MediaThread::take_in_tcp(base::Instant now) {
  tcp_.drain(
      now, [&](const base::Address& from, base::ByteSpan datagram) { shard_.deliver(from, datagram, now); },
      [&](const base::Address& from) { shard_.path_closed(from, now); });
  note_tcp();
}

void MediaThread::note_tcp() {
  const auto& stats = tcp_.stats();
  tcp_connections_.store(tcp_.connections(), std::memory_order_relaxed);
  tcp_dropped_.store(stats.dropped, std::memory_order_relaxed);
  tcp_turned_away_.store(stats.refused + stats.cut, std::memory_order_relaxed);
}

TcpCounts MediaThread::tcp_counts() const {
  return {tcp_connections_.load(std::memory_order_relaxed), tcp_dropped_.load(std::memory_order_relaxed),
          tcp_turned_away_.load(std::memory_order_relaxed)};
}

void MediaThread::send(const sfu::Transmit& transmit) {
  if (transmit.to.protocol == base::Protocol::udp) return port_.send_run(transmit.to, transmit.bytes, transmit.segment);
  transmit.for_each([&](base::ByteView datagram) { tcp_.send(transmit.to, datagram); });
}

void MediaThread::give_out() {
  std::vector<ShardNews> news;
  sfu::Output output;
  while (shard_.poll(output)) {
    if (const auto* transmit = std::get_if<sfu::Transmit>(&output))
      send(*transmit);
    else if (const auto* wake = std::get_if<sfu::PipeWake>(&output))
      others_[wake->to.value]->signal();
    else if (const auto* record = std::get_if<sfu::BackupRecord>(&output))
      give(*record, news);
    else if (auto* reply = std::get_if<sfu::Reply>(&output))
      news.emplace_back(std::move(*reply));
    else if (auto* event = std::get_if<sfu::Event>(&output))
      news.emplace_back(std::move(*event));
  }
  if (!news.empty()) news_(std::move(news));
}

void MediaThread::give(const sfu::BackupRecord& record, std::vector<ShardNews>& news) {
  if (const auto* packet = std::get_if<sfu::BackupPacket>(&record)) {
    const auto& track = backup_tracks_[packet->track];
    recorder_.push(record::TrackPacket{track.recording, track.track, to_wall(packet->arrival),
                                       base::Bytes(packet->rtp.begin(), packet->rtp.end())});
  } else if (const auto* report = std::get_if<sfu::BackupSenderReport>(&record)) {
    const auto& track = backup_tracks_[report->track];
    recorder_.push(record::TrackSenderReport{track.recording, track.track, to_wall(report->arrival), report->ntp,
                                             report->rtp_time});
  } else if (const auto* started = std::get_if<sfu::BackupTrackStarted>(&record)) {
    record::TrackHeader header = header_of(*started);
    backup_tracks_[started->track] = {header.recording, header.track};
    recorder_.push(record::TrackStarted{header});
    news.emplace_back(BackupStarted{std::move(header)});
  } else if (const auto* ended = std::get_if<sfu::BackupTrackEnded>(&record)) {
    BackupTrack track = std::move(backup_tracks_[ended->track]);
    backup_tracks_.erase(ended->track);
    recorder_.push(record::TrackEnded{track.recording, track.track, to_wall(ended->at)});
    news.emplace_back(BackupEnded{std::move(track.recording), std::move(track.track)});
  }
}

}  // namespace greenroom::app

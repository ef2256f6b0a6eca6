#include "app/media_plane.hpp"

#include <algorithm>

#include "crypto/dtls.hpp"
#include "crypto/random.hpp"
#include "net/clock.hpp"
#include "rtc/transport.hpp"
#include "wire/rtp.hpp"

namespace greenroom::app {
namespace {

constexpr base::ErrorCode media_busy{base::ErrorKind::unavailable, "app.media_busy"};

// Hundreds of subscribers report, each many times a second, and ask whether they are still heard: read in rows,
// together with what is due, that costs a fraction of the wakings. It makes a round trip look longer by a step at most.
net::UdpOptions options() {
  constexpr auto range = [](const std::array<std::uint8_t, 2>& bytes) {
    return net::Unhurried::Range{bytes[0], bytes[1]};
  };
  net::UdpOptions out;
  out.unhurried = {.kinds = {{.first = range(wire::stun_first_byte), .second = {}},
                             {.first = range(wire::rtcp_first_byte), .second = range(wire::rtcp_second_byte)}},
                   .step = rtc::report_step};
  return out;
}

base::Result<MediaPorts> open_ports(const base::Address& any) {
  GREENROOM_TRY(auto udp, net::UdpPort::open(any, options()));
  GREENROOM_TRY(auto tcp, net::TcpMedia::open(udp.local()));
  return MediaPorts{std::move(udp), std::move(tcp)};
}

// The first number of the range that is free for both protocols.
base::Result<MediaPorts> open_ports(std::uint16_t from, std::uint16_t to) {
  base::Result<MediaPorts> ports = base::fail(net::udp_open_failed, "the range of media ports is empty");
  for (std::uint32_t number = from; number <= to; ++number) {
    base::Address any;  // [::], both families
    any.port = std::uint16_t(number);
    if (ports = open_ports(any); ports) return ports;
  }
  return ports;
}

// The candidates that clients are told: all over UDP, then all over TCP.
std::vector<base::Address> candidates(std::vector<base::Address> announced, std::uint16_t port) {
  for (auto& address : announced) address.port = port;
  const auto udp = announced;
  for (auto address : udp) {
    address.protocol = base::Protocol::tcp;
    announced.push_back(address);
  }
  return announced;
}

}  // namespace

MediaPlane::MediaPlane(MediaPlaneOptions options, net::Loop& loop, RecorderThread& recorder, base::LogSink& log)
    : options_(std::move(options)), loop_(loop), recorder_(recorder), log_(log), branches_(*this, options_.limits) {}

MediaPlane::~MediaPlane() { stop(); }

base::Result<std::unique_ptr<MediaPlane>> MediaPlane::open(MediaPlaneOptions options, net::Loop& loop,
                                                           RecorderThread& recorder, base::LogSink& log) {
  if (!options.make_channels) {
    GREENROOM_TRY(const auto certificate, crypto::DtlsCertificate::generate(net::wall_now()));
    options.make_channels = [certificate] { return crypto::make_dtls_channel_factory(certificate); };
  }
  std::unique_ptr<MediaPlane> plane(new MediaPlane(std::move(options), loop, recorder, log));
  plane->shards_.resize(plane->options_.shards);
  for (std::size_t i = 0; i < plane->shards_.size(); ++i) GREENROOM_CHECK_OK(plane->start(i));
  return plane;
}

base::Status MediaPlane::start(std::size_t shard) {
  GREENROOM_TRY(auto ports, open_ports(options_.port_min, options_.port_max));
  const auto port = ports.udp.local().port;
  sfu::ShardConfig config;
  config.announced = candidates(options_.announced, port);
  log_.info("media.listening", {{"shard", std::int64_t(shard)}, {"port", std::int64_t(port)}});
  const auto serial = next_serial_++;
  auto news = [this, shard, serial](std::vector<ShardNews> batch) {
    loop_.post([this, shard, serial, batch = std::make_shared<std::vector<ShardNews>>(std::move(batch))] {
      for (auto& one : *batch) {
        if (shard < shards_.size() && shards_[shard].serial == serial) take(shard, std::move(one));
      }
    });
  };
  shards_[shard].serial = serial;
  shards_[shard].thread =
      std::make_unique<MediaThread>(std::move(ports), std::move(config), options_.make_channels(),
                                    std::make_unique<crypto::SystemRng>(), recorder_, std::move(news));
  return {};
}

void MediaPlane::stop() {
  shards_.clear();
  end_those_that_turn_again();
  // One that still hangs cannot be ended, and waiting for it would hang the rest: it goes with the process.
  for (auto& stalled : stalled_) static_cast<void>(stalled.thread.release());
  stalled_.clear();
}

double MediaPlane::load(sfu::ShardIndex shard) const {
  return shard.value < shards_.size() ? shards_[shard.value].load : 0;
}

std::vector<double> MediaPlane::loads() const {
  std::vector<double> loads;
  for (const auto& shard : shards_) loads.push_back(shard.load);
  return loads;
}

double MediaPlane::least_load() const {
  const auto least = std::ranges::min_element(shards_, {}, &Shard::load);
  return least == shards_.end() ? 0 : least->load;
}

void MediaPlane::call(sfu::CommandBody body, studio::MediaAnswer answered) {
  if (const auto* created = std::get_if<sfu::CreateRoom>(&body)) {
    answered = [this, room = created->room.value, then = std::move(answered)](base::Result<sfu::ReplyBody> reply) {
      const bool is_there = reply.has_value();
      then(std::move(reply));
      if (is_there) hooks_.room_created(room);
    };
  }
  branches_.call(std::move(body), std::move(answered));
}

void MediaPlane::send(sfu::ShardIndex shard, sfu::CommandBody body, sfu::Branches::Answer answered) {
  const auto id = next_request_++;
  waiting_.emplace(id, Waiting{std::move(answered), shard.value});
  if (shards_.empty() || !shards_[shard.value].thread->push({id, std::move(body)}))
    loop_.post([this, id] { take(sfu::Reply{id, base::fail(media_busy, "the media server is busy, try again")}); });
}

void MediaPlane::join(sfu::ShardIndex a, sfu::ShardIndex b) {
  if (shards_.empty() || !joined_.insert(std::minmax(a, b)).second) return;
  auto [end_of_a, end_of_b] = sfu::make_pipe(a, b);
  auto& thread_a = *shards_[a.value].thread;
  auto& thread_b = *shards_[b.value].thread;
  const bool attached =
      thread_a.attach(std::move(end_of_a), thread_b) && thread_b.attach(std::move(end_of_b), thread_a);
  if (!attached) joined_.erase(std::minmax(a, b));  // one is very busy: the next who needs it tries again
}

void MediaPlane::take(std::size_t shard, ShardNews news) {
  if (auto* reply = std::get_if<sfu::Reply>(&news)) return take(std::move(*reply));
  if (const auto* event = std::get_if<sfu::Event>(&news)) return branches_.hear(*event);
  if (const auto* started = std::get_if<BackupStarted>(&news)) {
    shard_by_backup_[{started->header.recording, started->header.track}] = shard;
    return hooks_.backup_started(started->header);
  }
  if (const auto* ended = std::get_if<BackupEnded>(&news)) {
    shard_by_backup_.erase({ended->recording, ended->track});
    return hooks_.backup_ended(ended->recording, ended->track);
  }
}

void MediaPlane::take(sfu::Reply reply) {
  const auto found = waiting_.find(reply.request_id);
  if (found == waiting_.end()) return;
  Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  waiting.answer(std::move(reply.result));
}

// ---- threads that stall

void MediaPlane::watch() {
  end_those_that_turn_again();
  measure(net::now());
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (shards_[i].unanswered++ >= unanswered_max) replace(i);
    const auto alive = [this, i, serial = shards_[i].serial](const auto&) {
      if (shards_[i].serial == serial) shards_[i].unanswered = 0;
    };
    send({std::uint16_t(i)}, sfu::GetStats{}, alive);
  }
}

// The last second counts as much as all before it: a join storm shows soon, and one busy second is forgotten soon.
void MediaPlane::measure(base::Instant now) {
  const double passed = double((now - measured_).count());
  for (auto& shard : shards_) {
    const auto used = shard.thread->processor_time();
    const double share = std::clamp(double((used - std::exchange(shard.used, used)).count()) / passed, 0.0, 1.0);
    if (measured_ != base::Instant{}) shard.load = (shard.load + share) / 2;
  }
  measured_ = now;
}

void MediaPlane::replace(std::size_t shard) {
  log_.error("media.stalled",
             {{"shard", std::int64_t(shard)}, {"rooms", std::int64_t(branches_.rooms_on({std::uint16_t(shard)}))}});
  auto stalled = std::move(shards_[shard].thread);
  if (const auto status = start(shard); !status) {
    log_.error("media.not_replaced", {{"shard", std::int64_t(shard)}, {"error", status.error().what}});
    shards_[shard].thread = std::move(stalled);
    return;
  }
  const auto last_turn = stalled->last_turn();
  stalled_.push_back({std::move(stalled), last_turn});
  shards_[shard].unanswered = 0;
  shards_[shard].load = 0;
  shards_[shard].used = {};
  std::erase_if(joined_, [&](const auto& pair) { return pair.first.value == shard || pair.second.value == shard; });
  abandon(shard);
}

// What the thread had is nowhere now.
void MediaPlane::abandon(std::size_t shard) {
  std::vector<std::uint64_t> asked;
  for (const auto& [id, waiting] : waiting_) {
    if (waiting.shard == shard) asked.push_back(id);
  }
  std::erase_if(shard_by_backup_, [&](const auto& entry) {
    const auto& [backup, on] = entry;
    if (on != shard) return false;
    recorder_.push(record::TrackEnded{backup.recording, backup.track, net::wall_now()});
    hooks_.backup_ended(backup.recording, backup.track);
    return true;
  });
  branches_.lose({std::uint16_t(shard)});
  for (const auto id : asked) take(sfu::Reply{id, base::fail(media_busy, "the media thread has stalled")});
}

void MediaPlane::end_those_that_turn_again() {
  std::erase_if(stalled_, [](const Stalled& stalled) { return stalled.thread->last_turn() != stalled.last_turn; });
}

void MediaPlane::totals(std::function<void(std::vector<sfu::Stats>)> answered) {
  if (shards_.empty()) return answered({});
  struct Gathering {
    std::vector<sfu::Stats> stats;
    std::size_t missing = 0;
    std::function<void(std::vector<sfu::Stats>)> answered;
  };
  const auto gathering = std::make_shared<Gathering>(Gathering{{}, shards_.size(), std::move(answered)});
  const auto take_one = [gathering](base::Result<sfu::ReplyBody> reply) {
    if (auto* stats = reply ? std::get_if<sfu::Stats>(&*reply) : nullptr) gathering->stats.push_back(std::move(*stats));
    if (--gathering->missing == 0) gathering->answered(std::move(gathering->stats));
  };
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) send({std::uint16_t(shard)}, sfu::GetStats{}, take_one);
}

void MediaPlane::start_backup(const std::string& room, Backup backup) {
  if (!has_room(room)) return;  // room_created will ask for the take when the room appears
  const auto log_failure = [this, recording = backup.recording](base::Result<sfu::ReplyBody> result) {
    if (!result) log_.error("backup.start", {{"recording", recording}, {"error", result.error().what}});
  };
  recorder_.push(record::RecordingStarted{backup.recording, backup.scope});
  call(sfu::StartBackup{{room}, std::move(backup.recording), std::move(backup.people)}, log_failure);
}

void MediaPlane::stop_backup(const std::string& room, const std::string& recording) {
  if (!has_room(room)) return;
  call(sfu::StopBackup{{room}, recording}, [this, recording](const base::Result<sfu::ReplyBody>&) {
    recorder_.push(record::RecordingEnded{recording, net::wall_now()});
  });
}

base::Duration MediaPlane::longest_silence(base::Instant now) const {
  base::Duration longest{0};
  for (const auto& shard : shards_) longest = std::max(longest, now - shard.thread->last_turn());
  return longest;
}

TcpCounts MediaPlane::tcp_counts() const {
  TcpCounts sum;
  for (const auto& shard : shards_) {
    const auto counts = shard.thread->tcp_counts();
    sum.connections += counts.connections;
    sum.dropped += counts.dropped;
    sum.turned_away += counts.turned_away;
  }
  return sum;
}

}  // namespace greenroom::app

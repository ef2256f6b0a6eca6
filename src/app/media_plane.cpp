#include "app/media_plane.hpp"

#include <algorithm>

#include "crypto/dtls.hpp"
#include "crypto/random.hpp"
#include "net/clock.hpp"

namespace greenroom::app {
namespace {

constexpr base::ErrorCode media_busy{base::ErrorKind::unavailable, "app.media_busy"};

// The first free port of the range.
base::Result<net::UdpPort> open_port(std::uint16_t from, std::uint16_t to) {
  base::Result<net::UdpPort> port = base::fail(net::udp_open_failed, "the range of media ports is empty");
  for (std::uint32_t number = from; number <= to; ++number) {
    base::Address any;  // [::], both families
    any.port = std::uint16_t(number);
    if (port = net::UdpPort::open(any); port) return port;
  }
  return port;
}

}  // namespace

MediaPlane::MediaPlane(net::Loop& loop, RecorderThread& recorder, base::LogSink& log)
    : loop_(loop), recorder_(recorder), log_(log) {}

MediaPlane::~MediaPlane() { stop(); }

base::Result<std::unique_ptr<MediaPlane>> MediaPlane::open(const MediaPlaneOptions& options, net::Loop& loop,
                                                           RecorderThread& recorder, base::LogSink& log) {
  std::unique_ptr<MediaPlane> plane(new MediaPlane(loop, recorder, log));
  GREENROOM_TRY(const auto certificate, crypto::DtlsCertificate::generate(net::wall_now()));
  for (unsigned i = 0; i < options.shards; ++i) {
    GREENROOM_TRY(auto port, open_port(options.port_min, options.port_max));
    sfu::ShardConfig config;
    config.announced = options.announced;
    for (auto& address : config.announced) address.port = port.local().port;
    log.info("media.listening", {{"shard", std::int64_t(i)}, {"port", std::int64_t(port.local().port)}});
    auto news = [plane = plane.get()](std::vector<ShardNews> batch) {
      plane->loop_.post([plane, batch = std::make_shared<std::vector<ShardNews>>(std::move(batch))] {
        for (auto& one : *batch) plane->take(std::move(one));
      });
    };
    plane->threads_.push_back(std::make_unique<MediaThread>(
        std::move(port), std::move(config), crypto::make_dtls_channel_factory(certificate),
        std::make_unique<crypto::SystemRng>(), recorder, std::move(news)));
  }
  plane->rooms_on_.resize(options.shards);
  return plane;
}

void MediaPlane::stop() { threads_.clear(); }

std::size_t MediaPlane::shard_of(const std::string& room) {
  if (const auto known = shard_by_room_.find(room); known != shard_by_room_.end()) return known->second;
  const auto least = std::size_t(std::min_element(rooms_on_.begin(), rooms_on_.end()) - rooms_on_.begin());
  ++rooms_on_[least];
  shard_by_room_.emplace(room, least);
  return least;
}

void MediaPlane::call(sfu::CommandBody body, studio::MediaAnswer answered) {
  sfu::Command command{next_request_++, std::move(body)};
  Waiting waiting{std::move(answered), {}, {}};
  std::size_t shard = 0;
  if (const auto* room = sfu::room_of(command)) {
    shard = shard_of(room->value);
    if (std::holds_alternative<sfu::CloseRoom>(command.body)) waiting.closes = room->value;
    if (std::holds_alternative<sfu::CreateRoom>(command.body)) waiting.creates = room->value;
  }
  const auto id = command.request_id;
  waiting_.emplace(id, std::move(waiting));
  if (threads_.empty() || !threads_[shard]->push(std::move(command)))
    loop_.post([this, id] { take(sfu::Reply{id, base::fail(media_busy, "the media server is busy, try again")}); });
}

void MediaPlane::take(ShardNews news) {
  if (auto* reply = std::get_if<sfu::Reply>(&news)) return take(std::move(*reply));
  if (const auto* event = std::get_if<sfu::Event>(&news)) return hooks_.event(*event);
  if (const auto* started = std::get_if<BackupStarted>(&news)) return hooks_.backup_started(started->header);
  if (const auto* ended = std::get_if<BackupEnded>(&news)) return hooks_.backup_ended(ended->recording, ended->track);
}

void MediaPlane::take(sfu::Reply reply) {
  const auto found = waiting_.find(reply.request_id);
  if (found == waiting_.end()) return;
  Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  if (waiting.closes && reply.result)
    if (const auto room = shard_by_room_.find(*waiting.closes); room != shard_by_room_.end()) {
      --rooms_on_[room->second];
      shard_by_room_.erase(room);
    }
  const bool created = waiting.creates && reply.result;
  waiting.answer(std::move(reply.result));
  if (created) hooks_.room_created(*waiting.creates);
}

void MediaPlane::start_backup(const std::string& room, const std::string& recording) {
  if (!shard_by_room_.contains(room)) return;  // room_created will ask for the take when the room appears
  const auto log_failure = [this, recording](base::Result<sfu::ReplyBody> result) {
    if (!result) log_.error("backup.start", {{"recording", recording}, {"error", result.error().what}});
  };
  call(sfu::StartBackup{{room}, recording}, log_failure);
}

void MediaPlane::stop_backup(const std::string& room, const std::string& recording) {
  if (!shard_by_room_.contains(room)) return;
  call(sfu::StopBackup{{room}, recording}, [this, recording](const base::Result<sfu::ReplyBody>&) {
    recorder_.push(record::RecordingEnded{recording, net::wall_now()});
  });
}

std::vector<std::string> MediaPlane::rooms() const {
  std::vector<std::string> rooms;
  for (const auto& [room, shard] : shard_by_room_) rooms.push_back(room);
  return rooms;
}

base::Duration MediaPlane::longest_silence(base::Instant now) const {
  base::Duration longest{0};
  for (const auto& thread : threads_) longest = std::max(longest, now - thread->last_turn());
  return longest;
}

}  // namespace greenroom::app

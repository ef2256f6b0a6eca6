// All media threads behind one door: gives each room a shard when it first appears, brings commands there and answers
// back. Used on the control thread only; the media threads' news are posted to it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/media_thread.hpp"
#include "base/log.hpp"
#include "net/loop.hpp"
#include "studio/media_gateway.hpp"

namespace greenroom::app {

struct MediaPlaneOptions {
  unsigned shards = 1;
  std::vector<base::Address> announced;  // ports are filled in
  std::uint16_t port_min = 0;
  std::uint16_t port_max = 0;
};

// What the rest of the server wants to know; called on the control thread.
struct MediaPlaneHooks {
  std::function<void(const sfu::Event&)> event;
  std::function<void(const std::string& room)> room_created;
  std::function<void(const record::TrackHeader&)> backup_started;
  std::function<void(const std::string& recording, const std::string& track)> backup_ended;
};

class MediaPlane final : public studio::MediaGateway {
 public:
  static base::Result<std::unique_ptr<MediaPlane>> open(const MediaPlaneOptions& options, net::Loop& loop,
                                                        RecorderThread& recorder, base::LogSink& log);
  ~MediaPlane() override;

  void set_hooks(MediaPlaneHooks hooks) { hooks_ = std::move(hooks); }
  void call(sfu::CommandBody command, studio::MediaAnswer answered) override;
  // Records the room's tracks under `recording` from now on. No effect on a room that does not exist.
  void start_backup(const std::string& room, const std::string& recording);
  void stop_backup(const std::string& room, const std::string& recording);
  bool has_room(const std::string& room) const { return shard_by_room_.contains(room); }
  std::vector<std::string> rooms() const;
  void stop();  // ends the media threads: after this nothing calls back

  std::size_t workers() const { return threads_.size(); }
  // The longest time that a shard has not turned its loop. Its heartbeat is a second.
  base::Duration longest_silence(base::Instant now) const;

 private:
  struct Waiting {
    studio::MediaAnswer answer;
    std::optional<std::string> closes;   // the room that ends with this command
    std::optional<std::string> creates;  // the room that is there after it
  };

  MediaPlane(net::Loop& loop, RecorderThread& recorder, base::LogSink& log);
  std::size_t shard_of(const std::string& room);
  void take(ShardNews news);
  void take(sfu::Reply reply);

  net::Loop& loop_;
  RecorderThread& recorder_;
  base::LogSink& log_;
  MediaPlaneHooks hooks_;
  std::vector<std::unique_ptr<MediaThread>> threads_;
  std::vector<std::size_t> rooms_on_;  // beside threads_
  std::unordered_map<std::string, std::size_t> shard_by_room_;
  std::unordered_map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_request_ = 1;
};

}  // namespace greenroom::app

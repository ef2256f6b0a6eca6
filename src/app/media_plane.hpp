// All media threads behind one door: brings commands to the shard that sfu::Branches names, and answers back, joins
// shards with pipes where rooms span them, and measures how busy each is. Used on the control thread only; the media
// threads' news are posted to it.
// A thread that stops turning is replaced: what waited for it is answered with an error, what it had of rooms is lost
// and comes back on other shards as soon as its people come back (RoomLost, PeersLost). It is kept until it turns
// again, and then ended.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/media_thread.hpp"
#include "base/log.hpp"
#include "net/loop.hpp"
#include "sfu/branches.hpp"
#include "studio/media_gateway.hpp"

namespace greenroom::app {

using MakeChannels = std::function<std::unique_ptr<crypto::SecureChannelFactory>()>;

struct MediaPlaneOptions {
  unsigned shards = 1;
  std::vector<base::Address> announced;  // ports are filled in
  std::uint16_t port_min = 0;
  std::uint16_t port_max = 0;
  sfu::Branches::Limits limits = {};  // of what one of them gets of a room
  MakeChannels make_channels = {};    // none: DTLS with a certificate of the process's own
};

// What the rest of the server wants to know; called on the control thread.
struct MediaPlaneHooks {
  std::function<void(const sfu::Event&)> event;
  std::function<void(const std::string& room)> room_created;
  std::function<void(const record::TrackHeader&)> backup_started;
  std::function<void(const std::string& recording, const std::string& track)> backup_ended;
};

class MediaPlane final : public studio::MediaGateway, private sfu::Branches::Shards {
 public:
  static constexpr int unanswered_max = 4;  // turns of watch() that a media thread may leave without an answer

  static base::Result<std::unique_ptr<MediaPlane>> open(MediaPlaneOptions options, net::Loop& loop,
                                                        RecorderThread& recorder, base::LogSink& log);
  ~MediaPlane() override;

  void set_hooks(MediaPlaneHooks hooks) { hooks_ = std::move(hooks); }
  void call(sfu::CommandBody command, studio::MediaAnswer answered) override;
  struct Backup {
    std::string recording;
    crypto::Scope scope;  // whose it is
    std::set<std::string> people;
  };
  // Records the tracks of these people from now on; said again, of more people. No effect on a room that does not
  // exist.
  void start_backup(const std::string& room, Backup backup);
  void stop_backup(const std::string& room, const std::string& recording);
  bool has_room(const std::string& room) const { return branches_.has_room(room); }
  std::vector<std::string> rooms() const { return branches_.rooms(); }
  // Once a second: measures, asks every thread for a sign of life, and replaces those that have left too many without
  // an answer. Counted in turns, not in time: a machine that slept for an hour has stalled nobody.
  void watch();
  void stop();  // ends the media threads: after this nothing calls back

  // What each media thread has counted since the start; of one that does not answer, nothing.
  void totals(std::function<void(std::vector<sfu::Stats>)> answered);
  std::size_t branches() const { return branches_.branches(); }  // of rooms that several threads share
  std::vector<double> loads() const;                             // of each thread, as of Branches::Shards
  double least_load() const;                                     // of the one that a room would get now
  std::size_t workers() const { return shards_.size(); }
  std::size_t stalled() const { return stalled_.size(); }
  // The longest time that a shard has not turned its loop. Its heartbeat is a second.
  base::Duration longest_silence(base::Instant now) const;
  TcpCounts tcp_counts() const;  // of all

 private:
  struct Shard {
    std::unique_ptr<MediaThread> thread;
    std::uint64_t serial = 0;  // of the thread: news of its predecessor count no more
    int unanswered = 0;
    double load = 0;  // share of a core, smoothed
    base::Duration used{0};
  };
  struct BackupTrack {
    std::string recording, track;
    friend auto operator<=>(const BackupTrack&, const BackupTrack&) = default;
  };
  struct Waiting {
    studio::MediaAnswer answer;
    std::size_t shard = 0;
  };

  MediaPlane(MediaPlaneOptions options, net::Loop& loop, RecorderThread& recorder, base::LogSink& log);
  base::Status start(std::size_t shard);
  // ---- of Branches
  std::size_t count() const override { return options_.shards; }
  double load(sfu::ShardIndex shard) const override;
  void send(sfu::ShardIndex shard, sfu::CommandBody body, sfu::Branches::Answer answered) override;
  void join(sfu::ShardIndex a, sfu::ShardIndex b) override;
  void tell(const sfu::Event& event) override { hooks_.event(event); }

  void take(std::size_t shard, ShardNews news);
  void take(sfu::Reply reply);
  void measure(base::Instant now);
  void replace(std::size_t shard);
  void abandon(std::size_t shard);
  void end_those_that_turn_again();

  const MediaPlaneOptions options_;
  net::Loop& loop_;
  RecorderThread& recorder_;
  base::LogSink& log_;
  MediaPlaneHooks hooks_;
  std::vector<Shard> shards_;
  struct Stalled {
    std::unique_ptr<MediaThread> thread;
    base::Instant last_turn;
  };
  std::vector<Stalled> stalled_;
  std::set<std::pair<sfu::ShardIndex, sfu::ShardIndex>> joined_;  // by a pipe, the lower first
  base::Instant measured_{};
  std::map<BackupTrack, std::size_t> shard_by_backup_;
  std::unordered_map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_request_ = 1, next_serial_ = 1;
  sfu::Branches branches_;
};

}  // namespace greenroom::app

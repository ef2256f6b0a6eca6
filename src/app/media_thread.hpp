// One media thread: an sfu::Shard, the UDP and TCP ports it speaks through, and the loop that joins them. Commands come
// in through a bounded mailbox from any thread; replies and events go out to the control thread in batches, backup
// records to the recorder thread. Nothing here blocks but the sleep until the shard's next deadline.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "app/recorder_thread.hpp"
#include "base/mailbox.hpp"
#include "crypto/secure_channel.hpp"
#include "net/tcp_media.hpp"
#include "net/udp.hpp"
#include "net/wake.hpp"
#include "sfu/shard.hpp"

namespace greenroom::app {

// One number, both protocols.
struct MediaPorts {
  net::UdpPort udp;
  net::TcpMedia tcp;
};

struct TcpCounts {
  std::uint64_t connections = 0;  // now
  std::uint64_t dropped = 0;      // datagrams for who did not read
  std::uint64_t turned_away = 0;  // connections refused or cut
};

inline constexpr std::size_t command_mailbox_size = 4096;

struct BackupStarted {
  record::TrackHeader header;
};
struct BackupEnded {
  std::string recording;
  std::string track;
};
using ShardNews = std::variant<sfu::Reply, sfu::Event, BackupStarted, BackupEnded>;

class MediaThread {
 public:
  // `news` is called on the media thread with everything of one turn of its loop, in order.
  MediaThread(MediaPorts ports, sfu::ShardConfig config, std::unique_ptr<crypto::SecureChannelFactory> channels,
              std::unique_ptr<base::Rng> rng, RecorderThread& recorder,
              std::function<void(std::vector<ShardNews>)> news);
  ~MediaThread();

  bool push(sfu::Command command);  // any thread; false: the mailbox is full
  // Any thread, likewise: this end of a pipe, whose other end is that thread's, which is woken when there is something.
  bool attach(sfu::PipeEnd end, const MediaThread& other);
  // When the loop last turned; a shard that does not turn has stalled.
  base::Instant last_turn() const { return base::Instant(base::Duration(last_turn_.load(std::memory_order_relaxed))); }
  TcpCounts tcp_counts() const;     // any thread
  base::Duration processor_time();  // any thread: that it has used since it began

 private:
  struct BackupTrack {
    std::string recording;
    std::string track;
  };

  struct Attach {
    sfu::PipeEnd end;
    std::shared_ptr<net::Wake> wake;
  };

  void run();
  void take(sfu::Command& command, base::Instant now) { shard_.handle(std::move(command), now); }
  void take(Attach& attach, base::Instant now);
  void take_in(base::Instant now);
  void take_in_tcp(base::Instant now);
  void note_tcp();
  void send(const sfu::Transmit& transmit);
  void give_out();
  void give(const sfu::BackupRecord& record, std::vector<ShardNews>& news);

  net::UdpPort port_;
  net::TcpMedia tcp_;
  bool tcp_waits_ = false;
  const std::shared_ptr<net::Wake> wake_ = std::make_shared<net::Wake>();  // shared with whoever has a pipe to here
  std::vector<std::shared_ptr<net::Wake>> others_;                         // by shard
  std::unique_ptr<crypto::SecureChannelFactory> channels_;
  std::unique_ptr<base::Rng> rng_;
  sfu::Shard shard_;
  RecorderThread& recorder_;
  std::function<void(std::vector<ShardNews>)> news_;
  std::unordered_map<sfu::BackupTrackId, BackupTrack> backup_tracks_;
  base::Mailbox<std::variant<sfu::Command, Attach>> commands_{command_mailbox_size};
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> last_turn_{0};
  std::atomic<std::uint64_t> tcp_connections_{0}, tcp_dropped_{0}, tcp_turned_away_{0};
  std::thread thread_;
};

}  // namespace greenroom::app

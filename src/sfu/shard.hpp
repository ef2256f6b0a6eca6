// A shard: the rooms, peers and streams behind one UDP port, without the port. Sans-I/O: datagrams and commands go in
// with the time, outputs are polled out. Owned by one thread; app and the simulator run the same loop around it:
//
//   drain mailbox -> handle;  drain port -> deliver;  take_piped;  advance(now);  poll until empty;  flush;  sleep
//   until next_deadline(), unless advance() said that there is more to do.
//
// deliver() takes packets in; advance() forwards them, in slices, so that a slice's bytes are still in the processor's
// cache when they are sent, and that no room waits long for another. What it transmits to an address whose peer has not
// proven a password yet is nothing at all. Time never goes back between calls. A bad datagram is a counted drop
// (Stats), never an error. Nothing is allocated for a forwarded packet once buffers have grown; the bytes of a polled
// Transmit or BackupPacket live until the next call of handle, deliver or advance.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/datagram.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/outbox.hpp"
#include "sfu/backup.hpp"
#include "sfu/command.hpp"
#include "sfu/pipe.hpp"

namespace greenroom::crypto {
class SecureChannelFactory;
}

namespace greenroom::sfu {

struct ShardConfig {
  // Candidates told to clients, best first: where the port is reachable, over UDP or, by protocol, over TCP.
  std::vector<base::Address> announced;
  base::Bitrate initial_outgoing = base::Bitrate::kbps(1500);  // per subscriber, before its first feedback
  base::Bitrate max_outgoing = base::Bitrate::kbps(50'000);
  std::uint32_t max_rooms = 256;
  std::uint32_t max_peers_per_room = 4096;  // an audience: thousands watch a few
  std::uint32_t max_transports_per_peer = 4;
  std::uint32_t max_producers_per_peer = 16;
  std::uint32_t max_consumers_per_peer = 256;
  std::uint32_t max_data_producers_per_peer = 16;
  std::uint32_t max_data_consumers_per_peer = 256;
};

using Transmit = rtc::Run;
struct PipeWake {  // something lies in the pipe to that shard
  ShardIndex to;
};
using Output = std::variant<Transmit, Reply, Event, BackupRecord, PipeWake>;

class Shard {
 public:
  Shard(ShardConfig config, const crypto::SecureChannelFactory& channels, base::Rng& rng);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  void handle(Command command, base::Instant now);
  void deliver(std::span<const base::Datagram> datagrams, base::Instant now);  // decrypts in place
  void deliver(const base::Address& from, base::ByteSpan datagram, base::Instant now);
  void path_closed(const base::Address& from, base::Instant now);  // the TCP connection from there is gone
  void attach(PipeEnd end);            // before the first command that names the other shard
  void take_piped(base::Instant now);  // what other shards have written
  bool advance(base::Instant now);     // true: there is more to forward; poll, then call it again
  base::Instant next_deadline() const;
  bool poll(Output& output);  // false when there is nothing more

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::sfu

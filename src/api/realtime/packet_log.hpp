// What one Socket.IO session was sent and its client may have missed: kept while it is connected, because what was
// sent last may be lost with the connection, and while it is away, to be replayed when it returns. Owned by its
// session. Packets are shared with everyone else they went to. Invariant: offsets rise; at most packets_max packets and
// bytes_max bytes are kept, the oldest going first.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace greenroom::api::realtime {

struct SentPacket {
  std::string text;
  std::vector<std::string> attachments;
  std::size_t size() const;
};
using SentPacketPtr = std::shared_ptr<const SentPacket>;

class PacketLog {
 public:
  static constexpr std::size_t packets_max = 256;       // a room of ten says about five things a second when it is busy
  static constexpr std::size_t bytes_max = 256 * 1024;  // of one session

  void add(std::uint64_t offset, SentPacketPtr packet, base::Instant now);
  // What has certainly arrived: a connection that is alive has answered a ping sent after it.
  void drop_before(base::Instant received);
  // What was sent after that offset, in order. Nothing when some of it is no longer kept.
  std::optional<std::vector<SentPacketPtr>> after(std::uint64_t offset) const;
  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t offset;
    SentPacketPtr packet;
    base::Instant at;
  };
  void drop_first(std::size_t count);

  std::vector<Entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_through_ = 0;
};

}  // namespace greenroom::api::realtime

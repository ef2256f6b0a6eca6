// A pipe between two shards of one process: what a room that spans both sends from one to the other. A lane each way,
// each written by one shard's thread and read by the other's: a ring of records (packets and small facts, lost when it
// is full and healed), and a mailbox of data channel messages (never lost: who reads them waits for room). Whoever runs
// the shards makes pipes and wakes the reader (PipeWake). Records are values of trivial types, copied as they are.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/mailbox.hpp"
#include "base/record_ring.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/keyframe_requests.hpp"
#include "rtc/negotiation.hpp"
#include "rtc/receive_stream.hpp"
#include "sctp/message.hpp"
#include "sfu/ids.hpp"
#include "sfu/pipe_command.hpp"

namespace greenroom::sfu {

// ---- what is written. Bits of `encodings` and `keyframes` are encodings, the lowest first.
struct PipedPacket {  // an RTP packet follows, as it was received and opened
  PipeNumber track = 0;
  std::uint8_t encoding = 0;
  bool late = false;
  bool torn = false;  // some before it of its encoding did not fit the ring
  wire::ExtSeq seq;
  base::Instant arrival{};
};
struct PipedClock {  // of a sender report
  PipeNumber track = 0;
  std::uint8_t encoding = 0;
  rtc::ReceiveStream::SenderClock clock;
};
struct PipedState {  // of a producer, some times a second: what of it could be had, and how well it arrives
  PipeNumber track = 0;
  PipedRates rates{};  // 0: not being sent
  std::int8_t score = 10;
};
struct PipedWish {  // the other way: what of a producer somebody wants, and of which encodings a key frame
  PipeNumber track = 0;
  std::uint8_t encodings = 0, keyframes = 0;
};
struct PipedLevels {  // AudioLevel values follow: of those who speak in a branch, to the room's home
  PipeNumber room = 0;
};
struct PipedSpeaker {  // from the home to the other branches: whose pictures go first
  PipeNumber room = 0;
  bool any = false;
  PeerId peer;
};
using PipeRecord = std::variant<PipedPacket, PipedClock, PipedState, PipedWish, PipedLevels, PipedSpeaker>;
static_assert(std::is_trivially_copyable_v<PipeRecord>);

struct PipedMessage {  // of a data producer
  PipeNumber track = 0;
  std::uint32_t ppid = 0;
  sctp::Payload payload;
};

// ---- one direction
class PipeLane {
 public:
  static constexpr std::size_t ring_bytes = 1 << 20;  // some 800 packets of video: 10 ms at 80,000 a second
  static constexpr std::size_t max_messages = 256;

  explicit PipeLane(std::size_t bytes = ring_bytes) : ring_(bytes) {}

  // The writer's thread; false when there is no room.
  bool write(const PipeRecord& record, base::ByteView tail = {}) {
    const auto room = ring_.reserve(sizeof record + tail.size());
    if (room.empty()) return false;
    std::memcpy(room.data(), static_cast<const void*>(&record), sizeof record);
    if (!tail.empty()) std::memcpy(room.data() + sizeof record, tail.data(), tail.size());
    ring_.commit();
    return true;
  }
  // The reader's thread: f(value, tail) with the oldest record; false when there is none.
  template <class F>
  bool read(F&& f) {
    const auto bytes = ring_.front();
    if (bytes.empty()) return false;
    PipeRecord record;
    std::memcpy(static_cast<void*>(&record), bytes.data(), sizeof record);
    std::visit([&](const auto& value) { f(value, bytes.subspan(sizeof record)); }, record);
    ring_.pop();
    return true;
  }
  base::Mailbox<PipedMessage> messages{max_messages};

 private:
  base::RecordRing ring_;
};

// One shard's end of a pipe.
struct PipeEnd {
  ShardIndex other;
  std::shared_ptr<PipeLane> out, in;
};
inline std::pair<PipeEnd, PipeEnd> make_pipe(ShardIndex a, ShardIndex b, std::size_t bytes = PipeLane::ring_bytes) {
  const auto there = std::make_shared<PipeLane>(bytes), back = std::make_shared<PipeLane>(bytes);
  return {{b, there, back}, {a, back, there}};
}

// ---- what a shard keeps of it. A producer that is sent to another shard:
struct PipeExport {
  ShardIndex to;
  PipeNumber number = 0;
  std::uint8_t wanted = 0;  // encodings
  std::uint8_t torn = 0;    // likewise: something did not fit
};
// A producer that comes from another shard: what stands in for the transport of one's own.
struct PipeImport {
  ShardIndex from;
  PipeNumber number = 0;
  std::uint8_t wished = 0;  // encodings
  std::array<rtc::KeyframeRequests, rtc::max_encodings> keyframes;
  PipedRates rates{};
  base::Instant told_at{};       // of the rates
  base::Instant wished_until{};  // when somebody last wanted anything
};

}  // namespace greenroom::sfu

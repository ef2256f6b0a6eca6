// Messages that wait for their first transmission, a queue per stream; streams take turns message by message, because
// fragments of two messages cannot be interleaved (RFC 9260 §6.9). Owned by Outbound. Invariant: at most one message
// has begun to be cut into fragments, and it is the one that front() says.
#pragma once
#include <deque>
#include <map>
#include <memory>

#include "sctp/message.hpp"

namespace greenroom::sctp {

// A message on its way, shared by its fragments that are not yet acknowledged.
struct OutMessage {
  StreamId stream;
  std::uint32_t ppid = 0;
  Payload payload;
  bool ordered = true;
  std::optional<std::uint16_t> max_retransmits;
  base::Instant expires = base::Instant::max();
  std::uint16_t ssn = 0;  // given when its first fragment is cut
  std::size_t cut = 0;    // bytes that are fragments by now
  bool abandoned = false;

  std::size_t left() const { return payload->size() - cut; }
};

class StreamQueues {
 public:
  void push(std::shared_ptr<OutMessage> message);
  // The message whose fragments are next; nothing when none waits. Those that expired before they began are dropped.
  std::shared_ptr<OutMessage> front(base::Instant now);
  void begin(OutMessage& message);  // gives it its sequence number
  void finish();                    // front() is all cut, or given up
  void discard(StreamId stream);    // what has not begun
  void restart(StreamId stream);    // its next sequence number is 0 again
  void clear();

  bool empty() const { return turns_.empty(); }
  bool waiting(StreamId stream) const;
  std::size_t bytes() const { return bytes_; }  // not yet cut
  std::size_t bytes(StreamId stream) const;
  void cut(OutMessage& message, std::size_t bytes);

 private:
  struct Stream {
    std::deque<std::shared_ptr<OutMessage>> messages;
    std::uint16_t next_ssn = 0;
    std::size_t bytes = 0;
  };
  void drop_front();

  std::map<StreamId, Stream> streams_;
  std::deque<StreamId> turns_;  // streams that have messages; the first one's turn
  std::size_t bytes_ = 0;
};

}  // namespace greenroom::sctp

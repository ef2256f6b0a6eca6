// What waits for the pacer of one transport: references into packet caches, never payloads. Retransmissions leave first
// (a browser waits for them), then packets in order. Bounded; owned by a PeerTransport. Most subscribers need it for
// their first pictures only, so it can give back its memory.
#pragma once
#include <cstdint>

#include "base/ring.hpp"
#include "base/time.hpp"
#include "sfu/rewriter.hpp"

namespace greenroom::sfu {

class DownTrack;

struct QueuedPacket {
  DownTrack* track = nullptr;  // null: its consumer has gone
  wire::ExtSeq seq;
  Placement placement;
  base::Instant since{};
  std::uint8_t encoding = 0;
  bool retransmission = false;
};

class SendQueue {
 public:
  static constexpr std::size_t max_packets = 2048;  // of each kind

  // False when there is no room.
  bool push(const QueuedPacket& packet) {
    auto& queue = packet.retransmission ? repairs_ : media_;
    if (queue.size() == max_packets) return false;
    queue.push_back(packet);
    return true;
  }
  void give_back_when_empty() {
    for (auto* queue : {&repairs_, &media_}) {
      if (queue->empty()) *queue = {};
    }
  }
  bool empty() const { return repairs_.empty() && media_.empty(); }
  QueuedPacket& front() { return repairs_.empty() ? media_.front() : repairs_.front(); }
  void pop() { repairs_.empty() ? media_.pop_front() : repairs_.pop_front(); }
  void forget(const DownTrack* track) {
    for (auto* queue : {&repairs_, &media_}) {
      for (std::size_t i = 0; i < queue->size(); ++i) {
        if ((*queue)[i].track == track) (*queue)[i].track = nullptr;
      }
    }
  }

 private:
  base::Ring<QueuedPacket> repairs_, media_;
};

}  // namespace greenroom::sfu

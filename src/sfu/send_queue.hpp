// What waits for the pacer of one transport: references into packet caches, never payloads. Retransmissions leave first
// (a browser waits for them), then packets in order. Bounded; owned by a PeerTransport.
#pragma once
#include <cstdint>
#include <vector>

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

  bool push(const QueuedPacket& packet) { return (packet.retransmission ? repairs_ : media_).push(packet); }
  bool empty() const { return repairs_.empty() && media_.empty(); }
  QueuedPacket& front() { return repairs_.empty() ? media_.front() : repairs_.front(); }
  void pop() { repairs_.empty() ? media_.pop() : repairs_.pop(); }
  void forget(const DownTrack* track) {
    repairs_.forget(track);
    media_.forget(track);
  }

 private:
  class Ring {
   public:
    bool push(const QueuedPacket& packet) {
      if (size_ == max_packets) return false;
      if (size_ == slots_.size()) grow();
      slots_[(head_ + size_++) % slots_.size()] = packet;
      return true;
    }
    bool empty() const { return size_ == 0; }
    QueuedPacket& front() { return slots_[head_]; }
    void pop() { head_ = (head_ + 1) % slots_.size(), --size_; }
    void forget(const DownTrack* track) {
      for (auto& slot : slots_) {
        if (slot.track == track) slot.track = nullptr;
      }
    }

   private:
    void grow() {
      std::vector<QueuedPacket> larger(slots_.empty() ? 32 : slots_.size() * 2);
      for (std::size_t i = 0; i < size_; ++i) larger[i] = slots_[(head_ + i) % slots_.size()];
      slots_ = std::move(larger);
      head_ = 0;
    }
    std::vector<QueuedPacket> slots_;
    std::size_t head_ = 0, size_ = 0;
  };
  Ring repairs_, media_;
};

}  // namespace greenroom::sfu

// What has arrived of one producer and is to be offered to its subscribers, in rounds: a round is offered whole to one
// subscriber after the other, so that what a burst brings for one of them leaves in a row. A round may be interrupted
// after each subscriber; what arrives meanwhile waits for the next. Owned by an UpTrack; the packets are in its caches.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "wire/rtp_types.hpp"

namespace greenroom::sfu {

class Fanout {
 public:
  static constexpr std::size_t max_waiting = 512;  // half a video cache: more would be overwritten before their turn

  struct Arrived {
    wire::ExtSeq seq;
    std::uint8_t encoding = 0;
    bool late = false;
  };

  bool idle() const { return waiting_.empty() && round_.empty(); }
  // False when there is no room.
  bool add(const Arrived& packet) {
    if (waiting_.size() == max_waiting) return false;
    waiting_.push_back(packet);
    return true;
  }
  // Nothing when a round is under way.
  void begin_round() {
    if (round_.empty()) std::swap(round_, waiting_);
  }
  const std::vector<Arrived>& round() const { return round_; }
  std::size_t turn() const { return turn_; }  // index of the next subscriber
  void end_turn() { ++turn_; }
  void end_round() {
    round_.clear();
    turn_ = 0;
  }
  // Subscribers behind it move up by one.
  void subscriber_left(std::size_t index) {
    if (index < turn_) --turn_;
  }

 private:
  std::vector<Arrived> waiting_, round_;
  std::size_t turn_ = 0;
};

}  // namespace greenroom::sfu

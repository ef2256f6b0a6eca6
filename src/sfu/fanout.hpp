// What has arrived of one producer and is to be offered to its subscribers, in rounds: a round is offered whole to one
// subscriber after the other, so that what a burst brings for one of them leaves in a row. A round begins when the
// pictures in it are whole, or have been waited for long enough; it may be interrupted after each subscriber, and what
// arrives meanwhile waits for the next. Owned by an UpTrack; the packets are in its caches.
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "wire/rtp_types.hpp"

namespace greenroom::sfu {

// A browser hands the packets of a picture to its network a few at once, and they arrive some ten microseconds apart:
// sent on one by one, each costs as much as all of them together. So the first waits a little for the others, at most
// as long as it takes to send one packet to everybody, which is what not waiting would cost the next.
inline constexpr base::Duration gather_shortest = std::chrono::microseconds(100);
inline constexpr base::Duration gather_longest = std::chrono::milliseconds(1);
inline constexpr base::Duration gather_for_each = std::chrono::microseconds(2);  // subscriber

class Fanout {
 public:
  static constexpr std::size_t max_waiting = 512;  // half a video cache: more would be overwritten before their turn

  struct Arrived {
    wire::ExtSeq seq;
    std::uint8_t encoding = 0;
    bool late = false;
  };

  bool idle() const { return waiting_.empty() && round_.empty(); }
  // `ends`: nothing that belongs to it is expected any more. False when there is no room.
  bool add(const Arrived& packet, bool ends, base::Instant now) {
    if (waiting_.size() == max_waiting) return false;
    if (waiting_.empty()) since_ = now;
    waiting_.push_back(packet);
    const auto encoding = std::uint8_t(1u << packet.encoding);
    unfinished_ = std::uint8_t(ends ? unfinished_ & ~encoding : unfinished_ | encoding);
    return true;
  }
  // When the next turn may be taken; only while not idle.
  base::Instant due_at(std::size_t subscribers) const {
    if (!round_.empty() || unfinished_ == 0) return since_;
    return since_ +
           std::clamp<base::Duration>(gather_for_each * std::int64_t(subscribers), gather_shortest, gather_longest);
  }
  // Nothing when a round is under way.
  void begin_round() {
    if (!round_.empty()) return;
    std::swap(round_, waiting_);
    unfinished_ = 0;
  }
  const std::vector<Arrived>& round() const { return round_; }
  bool under_way() const { return !round_.empty(); }
  const std::vector<Arrived>& waiting() const { return waiting_; }
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
  base::Instant since_{};        // the first of waiting_
  std::uint8_t unfinished_ = 0;  // a bit for each encoding whose picture has not ended
};

}  // namespace greenroom::sfu

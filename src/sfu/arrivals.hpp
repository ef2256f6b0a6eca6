// The producers of a shard of whom something is to be forwarded: sound before pictures, and among equals each a turn of
// the outbox in its turn, so that a room with a thousand subscribers holds no other up. One per shard, one thread.
// Invariant: a track is in it once as long as its fanout is not idle.
#pragma once
#include "base/ring.hpp"
#include "sfu/up_track.hpp"

namespace greenroom::sfu {

class Arrivals {
 public:
  void add(UpTrack& track) { queue_of(track).push_back(&track); }
  // It is gone.
  void forget(const UpTrack& track) {
    for (auto* queue : {&sound_, &pictures_}) {
      for (std::size_t i = 0; i < queue->size(); ++i) {
        if ((*queue)[i] == &track) (*queue)[i] = nullptr;
      }
    }
  }
  // Whose turn it is, out of the queue: return it by settle(). Nothing when all wait for the rest of their pictures.
  UpTrack* take(base::Instant now) {
    for (auto* queue : {&sound_, &pictures_}) {
      for (auto left = queue->size(); left > 0; --left) {
        auto* track = queue->front();
        queue->pop_front();
        if (track && track->due_at() <= now) return track;
        if (track) queue->push_back(track);
      }
    }
    return nullptr;
  }
  void settle(UpTrack& track) {
    if (!track.fanout.idle()) add(track);
  }
  base::Instant next_deadline() const {
    auto due = base::Instant::max();
    for (const auto* queue : {&sound_, &pictures_}) {
      for (std::size_t i = 0; i < queue->size(); ++i) {
        if (const auto* track = (*queue)[i]) due = std::min(due, track->due_at());
      }
    }
    return due;
  }

 private:
  using Queue = base::Ring<UpTrack*>;
  Queue& queue_of(const UpTrack& track) { return track.kind() == wire::MediaKind::audio ? sound_ : pictures_; }
  Queue sound_, pictures_;
};

}  // namespace greenroom::sfu

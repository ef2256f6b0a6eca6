// When each of many things is due, in steps of a tick: a ring of lists, one a tick, so that a turn costs what is due in
// it and not what there is. T derives from Timed<T>, is in one list at most, and leaves it when it dies. Owned by a
// Shard, one thread, no allocation. Invariant: a thing comes out of pop() at its time or earlier (a deadline beyond the
// wheel comes at the wheel's end): whoever is early schedules itself again.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/time.hpp"

namespace greenroom::sfu {

// Repairs, pacing and probes are due a few milliseconds apart: looking more often costs more than it gains.
inline constexpr base::Duration timer_tick = std::chrono::milliseconds(5);

template <class T>
class TimerWheel;

struct TimerLink {
  TimerLink() : previous(this), next(this) {}
  TimerLink(const TimerLink&) = delete;
  TimerLink& operator=(const TimerLink&) = delete;
  ~TimerLink() { unlink(); }
  bool linked() const { return next != this; }
  void unlink() {
    previous->next = next;
    next->previous = previous;
    previous = next = this;
  }
  void append(TimerLink& link) {
    link.previous = previous;
    link.next = this;
    previous->next = &link;
    previous = &link;
  }
  TimerLink *previous, *next;
};

template <class T>
class Timed : private TimerLink {
  friend class TimerWheel<T>;
  std::int64_t due_ = 0;  // tick
};

template <class T>
class TimerWheel {
 public:
  // No later than `at`.
  void schedule(Timed<T>& thing, base::Instant at) {
    const auto since = at.time_since_epoch();
    put(thing, since / timer_tick + (since % timer_tick != base::Duration(0) ? 1 : 0));
  }
  // At the next pop().
  void hurry(Timed<T>& thing) { put(thing, current_); }

  // One that is due, out of the wheel; nullptr when there is none.
  T* pop(base::Instant now) {
    const auto end = now.time_since_epoch() / timer_tick;
    for (;;) {
      const auto step = steps_to_next();
      if (step == slots || current_ + std::int64_t(step) > end) {
        current_ = std::max(current_, end);
        return nullptr;
      }
      current_ += std::int64_t(step);
      auto& list = lists_[index(current_)];
      if (auto* first = list.next; first != &list) {
        first->unlink();
        return static_cast<T*>(static_cast<Timed<T>*>(first));
      }
      used_[index(current_) / 64] &= ~(1ULL << index(current_) % 64);
    }
  }
  base::Instant next_deadline() const {
    const auto step = steps_to_next();
    return step == slots ? base::Instant::max() : base::Instant((current_ + std::int64_t(step)) * timer_tick);
  }

 private:
  static constexpr std::size_t slots = 256;  // 1.28 s: beyond the interval of reports
  static std::size_t index(std::int64_t tick) { return std::size_t(tick) % slots; }

  void put(Timed<T>& thing, std::int64_t tick) {
    tick = std::clamp(tick, current_, current_ + std::int64_t(slots) - 1);
    if (thing.linked() && thing.due_ <= tick) return;
    thing.unlink();
    thing.due_ = tick;
    lists_[index(tick)].append(thing);
    used_[index(tick) / 64] |= 1ULL << index(tick) % 64;
  }
  // From the current tick to the first list that may have something in it; `slots` when there is none.
  std::size_t steps_to_next() const {
    const auto begin = index(current_);
    for (std::size_t step = 0; step < slots;) {
      const auto at = (begin + step) % slots;
      if (const auto word = used_[at / 64] >> at % 64; word != 0) {
        return std::min(slots, step + std::size_t(std::countr_zero(word)));
      }
      step += 64 - at % 64;
    }
    return slots;
  }

  std::array<TimerLink, slots> lists_;
  std::array<std::uint64_t, slots / 64> used_{};
  std::int64_t current_ = 0;  // all before it is done
};

}  // namespace greenroom::sfu

// A bounded queue of values between threads: many may push, one pops. Lock-free (D. Vyukov's bounded queue: each cell
// carries a ticket that says whose turn it is). What does not fit is refused, and the refusals are counted: overflow is
// a visible fact, never a silent loss.
#pragma once
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace greenroom::base {

template <class T>
class Mailbox {
 public:
  // Holds at least `capacity` values (rounded up to a power of two).
  explicit Mailbox(std::size_t capacity)
      : mask_(std::bit_ceil(capacity < 2 ? std::size_t(2) : capacity) - 1), cells_(new Cell[mask_ + 1]) {
    for (std::size_t i = 0; i <= mask_; ++i) cells_[i].turn.store(i, std::memory_order_relaxed);
  }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // False, and the value is left untouched, when the box is full.
  bool push(T&& value) {
    std::size_t at = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[at & mask_];
      const auto lead = std::intptr_t(cell.turn.load(std::memory_order_acquire)) - std::intptr_t(at);
      if (lead == 0) {
        if (!tail_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) continue;
        cell.value.emplace(std::move(value));
        cell.turn.store(at + 1, std::memory_order_release);
        return true;
      }
      if (lead < 0) {
        refused_.fetch_add(1, std::memory_order_relaxed);
        return false;
      }
      at = tail_.load(std::memory_order_relaxed);
    }
  }

  // By the only thread that pushes: whether the next push would be refused.
  bool full() const {
    const std::size_t at = tail_.load(std::memory_order_relaxed);
    return std::intptr_t(cells_[at & mask_].turn.load(std::memory_order_acquire)) - std::intptr_t(at) < 0;
  }

  // One consumer thread only.
  std::optional<T> pop() {
    Cell& cell = cells_[head_ & mask_];
    if (cell.turn.load(std::memory_order_acquire) != head_ + 1) return std::nullopt;
    std::optional<T> value(std::move(*cell.value));
    cell.value.reset();
    cell.turn.store(head_ + mask_ + 1, std::memory_order_release);
    ++head_;
    return value;
  }

  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  struct Cell {
    std::atomic<std::size_t> turn{0};
    std::optional<T> value;
  };
  const std::size_t mask_;
  std::unique_ptr<Cell[]> cells_;
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::size_t head_ = 0;
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace greenroom::base

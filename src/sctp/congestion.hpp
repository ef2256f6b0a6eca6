// The congestion window of RFC 9260 §7.2, in bytes of user data. Owned by Outbound.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

namespace greenroom::sctp {

class CongestionWindow {
 public:
  explicit CongestionWindow(std::size_t mtu, std::size_t most) : mtu_(mtu), most_(most), window_(initial()) {}

  std::size_t bytes() const { return window_; }
  bool recovering() const { return recovering_; }
  bool slow_start() const { return window_ <= threshold_; }

  // §7.2.1, §7.2.2: only a SACK that moved the cumulative point, and only while the window was in use.
  void acked(std::size_t bytes, std::size_t in_flight_before) {
    if (recovering_ || in_flight_before + mtu_ <= window_) return;
    if (slow_start()) return grow(std::min(bytes, mtu_));
    partial_ += bytes;
    if (partial_ < window_) return;
    partial_ -= window_;
    grow(mtu_);
  }
  void lost() {  // §7.2.3, found by missing reports; once per recovery
    recovering_ = true;
    threshold_ = half();
    window_ = threshold_;
    partial_ = 0;
  }
  void recovered() { recovering_ = false; }
  void timed_out() {  // §7.2.3
    recovering_ = false;
    threshold_ = half();
    window_ = mtu_;
    partial_ = 0;
  }
  void idle() { window_ = half(); }  // §7.2.1: what was learnt ages

 private:
  std::size_t initial() const { return std::min(4 * mtu_, std::max<std::size_t>(2 * mtu_, 4404)); }
  std::size_t half() const { return std::max(window_ / 2, 4 * mtu_); }
  void grow(std::size_t by) { window_ = std::min(window_ + by, most_); }

  std::size_t mtu_, most_, window_;
  std::size_t threshold_ = std::numeric_limits<std::size_t>::max();
  std::size_t partial_ = 0;  // acknowledged since the window last grew
  bool recovering_ = false;
};

}  // namespace greenroom::sctp

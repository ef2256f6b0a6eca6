// The retransmission timeout of RFC 9260 §6.3.1, with shorter bounds: a call's path has round trips of milliseconds,
// and a peer may delay its SACK by 200 ms, which the lower bound stays above. Values, owned by an association.
#pragma once
#include <algorithm>

#include "base/time.hpp"

namespace greenroom::sctp {

inline constexpr base::Duration rto_initial = std::chrono::milliseconds(500);
inline constexpr base::Duration rto_min = std::chrono::milliseconds(400);
inline constexpr base::Duration rto_max = std::chrono::seconds(10);

class Rto {
 public:
  base::Duration value() const { return value_; }
  void backoff() { value_ = std::min(2 * value_, rto_max); }

  void measured(base::Duration rtt) {
    rtt = std::max(rtt, base::Duration(1));
    if (smoothed_ == base::Duration::zero()) {
      smoothed_ = rtt;
      variance_ = rtt / 2;
    } else {
      const auto off = smoothed_ > rtt ? smoothed_ - rtt : rtt - smoothed_;
      variance_ = (3 * variance_ + off) / 4;
      smoothed_ = (7 * smoothed_ + rtt) / 8;
    }
    value_ = std::clamp(smoothed_ + 4 * variance_, rto_min, rto_max);
  }

 private:
  base::Duration value_ = rto_initial, smoothed_{}, variance_{};
};

}  // namespace greenroom::sctp

#include "sim/network.hpp"

#include <algorithm>

namespace greenroom::sim {

// Two states: nothing is lost in the good one, everything in the bad one. The mean stay in the bad one is `burst`.
bool Link::loses(base::Rng& rng) {
  if (settings.loss <= 0) return false;
  const double leave = 1.0 / std::max(settings.burst, 1.0);
  const double enter = settings.loss * leave / (1 - std::min(settings.loss, 0.99));
  in_burst_ = in_burst_ ? rng.unit() >= leave : rng.unit() < enter;
  return in_burst_;
}

void Link::send(Datagram datagram, base::Instant now, base::Rng& rng) {
  ++sent;
  const auto size = datagram.bytes.size();
  if (loses(rng)) {
    ++lost;
    return;
  }
  auto leaves = now;
  if (settings.rate.bps > 0) {
    free_at_ = std::max(free_at_, now);
    if (settings.rate.bytes_in(free_at_ - now).value + size > settings.queue_bytes) {
      ++overflowed;
      return;
    }
    free_at_ += base::Duration(std::int64_t(size) * 8 * 1'000'000 / settings.rate.bps);
    leaves = free_at_;
  }
  bytes += size;
  auto arrival = leaves + settings.delay;
  if (settings.jitter.count() > 0)
    arrival += base::Duration(std::int64_t(rng.below(std::uint64_t(settings.jitter.count()))));
  if (rng.unit() < settings.reorder) {
    arrival += std::chrono::milliseconds(5 + std::int64_t(rng.below(10)));
  } else {
    arrival = std::max(arrival, last_arrival_);  // jitter alone does not reorder
    last_arrival_ = arrival;
  }
  if (rng.unit() < settings.duplicate) flights_.push({arrival + std::chrono::milliseconds(1), order_++, datagram});
  flights_.push({arrival, order_++, std::move(datagram)});
}

base::Instant Link::next_arrival() const { return flights_.empty() ? base::Instant::max() : flights_.top().arrival; }

bool Link::receive(Datagram& out, base::Instant now) {
  if (next_arrival() > now) return false;
  out = flights_.top().datagram;
  flights_.pop();
  return true;
}

}  // namespace greenroom::sim

// A network in virtual time: one-way links with delay, jitter, loss in bursts (Gilbert-Elliott), reordering,
// duplicates, a rate and a queue. All chance comes from one seed. A link is owned by the World; datagrams go in with
// the time and come out in order of arrival.
#pragma once
#include <cstdint>
#include <queue>
#include <vector>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "base/units.hpp"

namespace greenroom::sim {

struct LinkSettings {
  base::Duration delay = std::chrono::milliseconds(20);
  base::Duration jitter{0};             // uniform on top of the delay
  double loss = 0;                      // share of datagrams
  double burst = 1;                     // mean length of a run of losses
  double reorder = 0;                   // share that is held back by another 5..15 ms
  double duplicate = 0;                 // share that comes twice
  base::Bitrate rate{0};                // 0: unlimited
  std::size_t queue_bytes = 64 * 1024;  // at the bottleneck; what does not fit is lost
};

struct Datagram {
  base::Address from, to;
  base::Bytes bytes;
};

class Link {
 public:
  LinkSettings settings;

  void send(Datagram datagram, base::Instant now, base::Rng& rng);
  base::Instant next_arrival() const;
  bool receive(Datagram& out, base::Instant now);

  std::uint64_t sent = 0, lost = 0, overflowed = 0, bytes = 0;

 private:
  struct Flight {
    base::Instant arrival;
    std::uint64_t order = 0;
    Datagram datagram;
    bool operator>(const Flight& other) const {
      return std::tie(arrival, order) > std::tie(other.arrival, other.order);
    }
  };
  bool loses(base::Rng& rng);
  std::priority_queue<Flight, std::vector<Flight>, std::greater<>> flights_;
  base::Instant free_at_{};  // when the bottleneck has sent what it has
  base::Instant last_arrival_{};
  std::uint64_t order_ = 0;
  bool in_burst_ = false;
};

}  // namespace greenroom::sim

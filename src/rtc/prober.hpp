// Bursts at a higher rate than the estimate that show whether a path carries it: when the next may be sent, and what
// the reports say of the last. The owner sends a cluster's packets, media and padding, marked with its id. Pure, owned
// by a BandwidthEstimator.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/twcc.hpp"

namespace greenroom::rtc {

struct ProbeCluster {
  std::uint32_t id = 0;  // never 0
  base::Bitrate rate;
  base::Duration length{0};
};

class Prober {
 public:
  bool due(base::Instant now) const { return !running_ && (!next_ || now >= *next_); }
  ProbeCluster start(base::Bitrate rate, base::Instant now);
  // What the path has proven to carry, once, when enough of the cluster has been reported.
  std::optional<base::Bitrate> add(std::span<const SentSample> samples, base::Instant now);
  // No report came of it, or none is worth waiting for.
  void expire(base::Instant now);
  void succeed(base::Instant now) { finish(true, now); }
  bool ever_passed() const { return passed_; }

 private:
  struct Running {
    ProbeCluster cluster;
    base::Instant started;
    std::uint64_t expected = 0;  // bytes
    std::uint64_t bytes = 0, reported = 0;
    std::uint32_t first_size = 0, last_size = 0;
    int packets = 0;
    base::Instant first_sent, last_sent;
    base::Duration first_arrival{0}, last_arrival{0};
  };
  void note(const SentSample& sample);
  std::optional<base::Bitrate> verdict(base::Instant now);
  void finish(bool passed, base::Instant now);

  std::optional<Running> running_;
  std::optional<base::Instant> next_;
  std::uint32_t next_id_ = 1;
  bool passed_ = false;
};

}  // namespace greenroom::rtc

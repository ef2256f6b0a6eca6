// Estimates what one path to a browser can carry, from transport-wide feedback: the lower of what delay and loss allow,
// raised by probes. In the spirit of draft-ietf-rmcat-gcc-02. Pure: samples and time in, a bitrate out; one per
// Transport. A forwarder sends what its producers send, so it is often short of its estimate: then the estimate is not
// raised by waiting (nothing was proven), only by probes (§6 of libwebrtc's practice: padding at a higher rate for a
// moment).
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ring.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/delay_detector.hpp"
#include "rtc/twcc.hpp"

namespace greenroom::rtc {

struct ProbeCluster {
  std::uint32_t id = 0;  // never 0
  base::Bitrate rate;
  base::Duration length{0};
};

class BandwidthEstimator {
 public:
  struct Limits {
    base::Bitrate initial, minimum, maximum;
  };
  explicit BandwidthEstimator(const Limits& limits) : limits_(limits), estimate_(limits.initial) {}

  void on_feedback(const std::vector<SentSample>& samples, base::Instant now);
  void set_rtt(base::Duration rtt) { rtt_ = rtt; }
  base::Bitrate estimate() const { return estimate_; }
  base::Bitrate acknowledged() const { return acknowledged_; }
  double loss() const { return loss_; }
  bool has_feedback() const { return last_feedback_.has_value(); }

  // A probe to send now, when `wanted` is more than the estimate and nothing speaks against trying.
  std::optional<ProbeCluster> start_probe(base::Bitrate wanted, base::Instant now);

 private:
  void measure_acknowledged(const std::vector<SentSample>& samples);
  void follow_delay(base::Instant now);
  void follow_loss(const std::vector<SentSample>& samples, base::Instant now);
  void judge_probe(const std::vector<SentSample>& samples);
  void increase(base::Instant now);
  void set(base::Bitrate rate);

  struct Acked {
    base::Duration arrival;
    std::uint32_t size;
  };
  struct ProbeResult {
    std::uint32_t id = 0;
    std::uint64_t bytes = 0, first_size = 0, last_size = 0;
    int packets = 0;
    base::Instant first_sent, last_sent;
    base::Duration first_arrival{0}, last_arrival{0};
    base::Bitrate target;
  };
  Limits limits_;
  base::Bitrate estimate_;
  base::Bitrate acknowledged_;
  DelayDetector delay_;
  base::Ring<Acked> acked_;
  std::uint64_t acked_bytes_ = 0;
  base::Duration rtt_ = std::chrono::milliseconds(100);
  std::optional<base::Instant> last_feedback_, last_increase_, last_decrease_;
  std::optional<base::Bitrate> capacity_;  // what the path carried when it was last overused
  base::Instant loss_since_{};
  std::uint32_t loss_sent_ = 0, loss_lost_ = 0;
  double loss_ = 0;
  ProbeResult probe_;
  std::uint32_t next_probe_ = 1;
  std::optional<base::Instant> last_probe_;
  bool probe_passed_ = true;
};

}  // namespace greenroom::rtc

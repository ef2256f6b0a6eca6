// Estimates what one path to a browser can carry, from transport-wide feedback: the lower of what delay and loss allow,
// raised by probes (draft-ietf-rmcat-gcc-02). Pure: samples and time in, a bitrate out; one per Transport. A forwarder
// sends what its producers send, so it is often short of its estimate: then the estimate is not raised by waiting
// (nothing was proven), only by probes. A browser that sends no such feedback is believed its own estimate (REMB), and
// one that sends neither its receiver reports.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "base/units.hpp"
#include "rtc/acknowledged_rate.hpp"
#include "rtc/delay_detector.hpp"
#include "rtc/loss_control.hpp"
#include "rtc/prober.hpp"
#include "rtc/rate_control.hpp"
#include "rtc/twcc.hpp"

namespace greenroom::rtc {

class BandwidthEstimator {
 public:
  struct Limits {
    base::Bitrate initial, minimum, maximum;
  };
  explicit BandwidthEstimator(const Limits& limits) : limits_(limits), estimate_(limits.initial) {}

  // Hints that on_feedback() comes soon: first 0, then 1, which reads what the first has brought.
  void fetch_ahead(int step) const;
  void on_feedback(const std::vector<SentSample>& samples, base::Instant now);
  void on_remb(base::Bitrate rate, base::Instant now);      // draft-alvestrand-rmcat-remb-03
  void on_report(double fraction_lost, base::Instant now);  // RFC 3550 §6.4.1
  void set_rtt(base::Duration rtt) { rtt_ = rtt; }
  base::Bitrate estimate() const { return estimate_; }
  base::Bitrate acknowledged() const { return acknowledged_.rate(); }
  double loss() const { return loss_.loss(); }
  bool overused() const { return delay_.use() == PathUse::over; }
  bool has_feedback() const { return last_feedback_ || last_remb_; }

  // A probe to send now, when `wanted` is more than the estimate and nothing speaks against trying.
  std::optional<ProbeCluster> start_probe(base::Bitrate wanted, base::Instant now);

 private:
  void set(base::Bitrate rate);
  bool calm(base::Instant now) const;

  Limits limits_;
  base::Bitrate estimate_;
  DelayDetector delay_;
  RateControl rate_;
  LossControl loss_;
  Prober prober_;
  base::Duration rtt_ = std::chrono::milliseconds(100);
  std::optional<base::Instant> last_feedback_, last_remb_;
  AcknowledgedRate acknowledged_;  // last, for it is long and only its ends are needed
};

}  // namespace greenroom::rtc

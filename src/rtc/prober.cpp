#include "rtc/prober.hpp"

#include <algorithm>

namespace greenroom::rtc {
namespace {
constexpr base::Duration length = std::chrono::milliseconds(100);
constexpr base::Duration patience = std::chrono::milliseconds(1000);  // for the reports of a cluster
constexpr base::Duration pause_after_success = std::chrono::milliseconds(200);
constexpr base::Duration pause_after_failure = std::chrono::seconds(4);
constexpr int min_probe_packets = 5;
constexpr double enough = 0.8;         // of the cluster reported, lost ones too
constexpr double pass = 0.9;           // of the rate it was sent at must be the rate it arrived at
constexpr double share_of_flat = 0.9;  // arriving slower, the burst has filled the path: this much of it is ours
}  // namespace

ProbeCluster Prober::start(base::Bitrate rate, base::Instant now) {
  const ProbeCluster cluster{next_id_++, rate, length};
  running_ = Running{};
  running_->cluster = cluster;
  running_->started = now;
  running_->expected = rate.bytes_in(length).value;
  return cluster;
}

void Prober::finish(bool passed, base::Instant now) {
  running_.reset();
  passed_ = passed_ || passed;
  next_ = now + (passed ? pause_after_success : pause_after_failure);
}

void Prober::expire(base::Instant now) {
  if (running_ && now - running_->started > patience) finish(false, now);
}

void Prober::note(const SentSample& sample) {
  auto& r = *running_;
  r.reported += sample.size;
  if (!sample.arrival) return;
  if (r.packets++ == 0) r.first_sent = sample.sent, r.first_arrival = *sample.arrival, r.first_size = sample.size;
  r.last_sent = sample.sent;
  r.last_arrival = std::max(r.last_arrival, *sample.arrival);
  r.last_size = sample.size;
  r.bytes += sample.size;
}

std::optional<base::Bitrate> Prober::add(std::span<const SentSample> samples, base::Instant now) {
  if (!running_) return std::nullopt;
  for (const auto& sample : samples) {
    if (sample.probe == running_->cluster.id) note(sample);
  }
  if (double(running_->reported) < enough * double(running_->expected)) return std::nullopt;
  return verdict(now);
}

// What arrived of the cluster over the time it took to arrive, the first packet only marking the beginning.
std::optional<base::Bitrate> Prober::verdict(base::Instant now) {
  const auto r = *running_;
  const auto sent = base::Bitrate::of({r.bytes - r.last_size}, r.last_sent - r.first_sent);
  const auto came = base::Bitrate::of({r.bytes - r.first_size}, r.last_arrival - r.first_arrival);
  const bool known = r.packets >= min_probe_packets && sent.bps > 0 && came.bps > 0;
  const bool passed = known && came >= sent * pass;
  finish(passed, now);
  if (!known) return std::nullopt;
  return passed ? std::min({came, sent, r.cluster.rate}) : came * share_of_flat;
}

}  // namespace greenroom::rtc

// For tests: two associations and a network between them that delays, loses, repeats and reorders by a seed, in virtual
// time. What arrives is drained into `received`, with its time.
#pragma once
#include <functional>
#include <map>
#include <vector>

#include "sctp/association.hpp"

namespace greenroom::sctp {

struct TestNetwork {
  base::Duration delay = std::chrono::milliseconds(10);
  base::Duration jitter{};  // up to this much more: reorders
  double loss = 0, duplicates = 0;
  double bytes_per_second = 0;  // 0: as fast as it comes
  std::size_t queue_bytes = 64 * 1024;
};

struct TestArrival {
  Message message;
  base::Instant at;
};

struct TestEnd {
  TestEnd(const Config& config, std::uint64_t seed) : rng(seed), association(config, rng) {}
  base::SeededRng rng;
  Association association;
  std::vector<TestArrival> received;
  std::vector<StreamId> resets;
  bool drain = true;
  std::size_t packets = 0, bytes = 0, largest = 0;
};

class TestPair {
 public:
  explicit TestPair(TestNetwork n = {}, std::uint64_t seed = 1, Config config = {})
      : network(n), a(config, seed * 2 + 1), b(config, seed * 2 + 2), rng_(seed) {}

  // Runs for so long, or until `done`; false when the time was up first.
  bool run(
      base::Duration longest, const std::function<bool()>& done = [] { return false; }) {
    const auto end = now + longest;
    for (;;) {
      flush(a, b), flush(b, a);
      if (done()) return true;
      auto next = std::min(a.association.next_deadline(), b.association.next_deadline());
      if (!arrivals_.empty()) next = std::min(next, arrivals_.begin()->first);
      if (next > end) {
        now = end;
        return done();
      }
      now = std::max(now, next);
      while (!arrivals_.empty() && arrivals_.begin()->first <= now) {
        auto [to, packet] = std::move(arrivals_.begin()->second);
        arrivals_.erase(arrivals_.begin());
        to->association.deliver(packet, now);
        take(*to);
        flush(*to, to == &a ? b : a);
      }
      a.association.advance(now), b.association.advance(now);
    }
  }

  bool connect() {
    a.association.connect(now), b.association.connect(now);
    return run(std::chrono::seconds(60), [this] { return a.association.open() && b.association.open(); });
  }
  SendResult send(TestEnd& from, std::uint16_t stream, base::Bytes bytes, Reliability reliability = {},
                  std::uint32_t ppid = 53) {
    return from.association.send({{stream}, ppid, std::make_shared<const base::Bytes>(std::move(bytes))}, reliability,
                                 now);
  }
  bool settle(base::Duration longest = std::chrono::seconds(300)) {
    return run(longest,
               [this] { return a.association.buffered() == 0 && b.association.buffered() == 0 && arrivals_.empty(); });
  }
  void take(TestEnd& end) {
    if (!end.drain) return;
    while (auto message = end.association.next_message()) end.received.push_back({std::move(*message), now});
    while (const auto stream = end.association.next_reset()) end.resets.push_back(*stream);
  }

  TestNetwork network;
  TestEnd a, b;
  base::Instant now{std::chrono::seconds(1)};
  std::function<bool(base::ByteView)> lose = [](base::ByteView) { return false; };  // besides the network's losses

 private:
  void flush(TestEnd& from, TestEnd& to) {
    std::array<std::uint8_t, 1500> packet;
    while (const auto size = from.association.poll_packet(packet, now)) {
      ++from.packets;
      from.bytes += size;
      from.largest = std::max(from.largest, size);
      transmit(to, base::ByteView(packet).first(size));
    }
  }
  void transmit(TestEnd& to, base::ByteView packet) {
    auto at = now;
    if (network.bytes_per_second > 0) {
      auto& free = free_at_[&to];
      free = std::max(free, now);
      const auto waiting = double(std::chrono::duration<double>(free - now).count()) * network.bytes_per_second;
      if (waiting > double(network.queue_bytes)) return;
      free += base::Duration(std::int64_t(double(packet.size()) / network.bytes_per_second * 1e6));
      at = free;
    }
    if (lose(packet) || rng_.unit() < network.loss) return;
    const int copies = rng_.unit() < network.duplicates ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const auto more = network.jitter.count() > 0 ? base::Duration(rng_.below(std::uint64_t(network.jitter.count())))
                                                   : base::Duration{};
      arrivals_.emplace(at + network.delay + more, std::pair(&to, base::Bytes(packet.begin(), packet.end())));
    }
  }

  base::SeededRng rng_;
  std::multimap<base::Instant, std::pair<TestEnd*, base::Bytes>> arrivals_;
  std::map<TestEnd*, base::Instant> free_at_;
};

// Bytes that say which message they are: stream, number, then a pattern.
inline base::Bytes test_bytes(std::uint16_t stream, std::uint32_t number, std::size_t size) {
  base::Bytes bytes(std::max<std::size_t>(size, 6));
  base::store_u16(bytes.data(), stream);
  base::store_u32(&bytes[2], number);
  for (std::size_t i = 6; i < bytes.size(); ++i) bytes[i] = std::uint8_t(i * 7 + number);
  return bytes;
}

}  // namespace greenroom::sctp

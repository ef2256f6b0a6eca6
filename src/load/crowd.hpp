// All clients of one run, their sockets and their time: joins them a few at a time, lets them send and receive,
// measures over a window, and has them leave. Everything on the calling thread, on a Loop of its own that turns only
// inside these calls: between them nobody answers, so keep the pauses short.
#pragma once
#include <memory>

#include "crypto/random.hpp"
#include "load/client.hpp"
#include "load/flood.hpp"
#include "net/udp_swarm.hpp"

namespace greenroom::load {

inline constexpr base::ErrorCode join_failed{base::ErrorKind::unavailable, "load.join_failed"};

struct CrowdOptions {
  ServerPlace server;
  std::vector<pid_t> pids;                                  // of the server: whose processor time is counted
  bool coalesce = true;                                     // UDP_GRO on the clients' sockets
  std::uint32_t feedback_ms = 100;                          // between the reports of a subscriber
  std::size_t joining_max = 16;                             // at once
  base::Duration join_timeout = std::chrono::seconds(120);  // of all
};

// What happened between two moments.
struct Window {
  Tally counted;
  std::int64_t lost = 0;
  base::Duration time{}, server_cpu{}, own_cpu{};
  std::uint64_t overflow = 0;  // packets that the kernel dropped because the generator was too slow
  std::uint32_t latency_us_p50 = 0, latency_us_p99 = 0;
};

class Crowd {
 public:
  static base::Result<std::unique_ptr<Crowd>> open(CrowdOptions options);
  ~Crowd();

  // What is sent meanwhile comes at a sixth of the rate: a thousand handshakes beside a full stream are another test.
  // Returns once all have joined and `streams` streams arrive; an error when they do not.
  base::Status join(std::vector<ClientPlan> plans, std::size_t streams);
  void leave_all();  // and waits for the connections' ends
  void run_for(base::Duration time);
  Window measure(base::Duration time);

  void pause_senders(bool paused) { senders_paused_ = paused; }
  void capture_into(Capture* capture) { capture_ = capture; }
  FloodTarget flood_target() const;  // the first client's way to the server

  net::Loop& loop() { return loop_; }
  const Tally& tally() const { return tally_; }
  std::size_t size() const { return clients_.size(); }
  std::size_t flowing() const;
  std::int64_t lost() const;
  // Of those who have joined: start to settled; and asking for a stream to its first packet. In microseconds.
  Distribution join_times() const;
  Distribution first_packets() const;

 private:
  explicit Crowd(CrowdOptions options);
  base::Status begin();
  void tick();
  void arm();
  void start_more(base::Instant now);
  void serve_slices(base::Instant now);
  void repair_some(base::Instant now);
  std::optional<std::string> failure() const;

  const CrowdOptions options_;
  net::Loop loop_;
  crypto::SystemRng rng_;
  std::unique_ptr<crypto::SecureChannelFactory> channels_;
  Tally tally_;
  Distribution latency_us_;
  std::vector<Client*> by_member_, to_repair_, publishers_, joining_;
  std::unique_ptr<net::UdpSwarm> swarm_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t started_ = 0;  // of clients_
  bool senders_paused_ = false;
  int stretch_ = 1;  // of the senders' intervals
  Capture* capture_ = nullptr;
  std::int64_t last_slice_ = 0;
  base::Instant next_read_{}, next_repair_{};
  net::Timer timer_;
};

}  // namespace greenroom::load

// Traffic that nobody asked for, at a server's media port: random bytes, packets of a call sent again by strangers and
// by their own sender, cut short, sealed with no key, checks with a right name and a wrong password. Each stranger has
// an address of its own and does one of these, so that what comes back can be held against what it sent. Turned by the
// Loop's timer until destroyed.
#pragma once
#include <memory>
#include <string>

#include "load/capture.hpp"
#include "load/link.hpp"

namespace greenroom::load {

struct FloodTarget {
  base::Address media;            // the server's
  std::string username_fragment;  // of a transport in use
  std::uint32_t ssrc = 0;         // of a stream in use
  Link* victim = nullptr;         // whose address replays too, outlives the flood
};

class Flood {
 public:
  static base::Result<std::unique_ptr<Flood>> start(net::Loop& loop, const Capture& capture, FloodTarget target,
                                                    std::uint32_t packets_per_second, base::Rng& rng);

  struct Traffic {
    std::string name;  // what this stranger does
    std::uint64_t packets = 0, bytes_out = 0, bytes_in = 0;
  };
  const std::vector<Traffic>& strangers() const { return strangers_; }
  std::uint64_t packets() const { return packets_; }

 private:
  Flood(net::Loop& loop, const Capture& capture, FloodTarget target, std::uint32_t rate, base::Rng& rng);
  base::Status begin();
  void arm();
  void send_due();
  void send_some(std::size_t stranger);
  base::Bytes make(std::size_t kind);
  base::Bytes random_bytes(std::size_t size);
  base::Bytes check_with_wrong_password(const std::string& username);
  void replay_by_victim();

  net::Loop& loop_;
  const Capture& capture_;
  const FloodTarget target_;
  const std::uint32_t rate_;
  base::Rng& rng_;
  std::unique_ptr<net::UdpSwarm> swarm_;
  std::vector<net::UdpSwarm::Member> members_;
  std::vector<Traffic> strangers_;
  std::uint64_t packets_ = 0;
  std::size_t turn_ = 0;
  base::Instant begun_{};
  net::Timer timer_;
};

}  // namespace greenroom::load

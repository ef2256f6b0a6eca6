// Many UDP sockets on one thread, each connected to one remote address: what a load generator's peers have, whom a
// server tells apart by their ports. Receives what the kernel has coalesced (UDP_GRO) in one call and gives it out
// datagram by datagram, when asked to: nothing waits for these sockets, neither a thread nor an epoll, since over
// loopback it is the sender whose time is spent on telling them, which no network does to it. Sends at once, without
// blocking: what the kernel does not take is dropped and counted. Owned and used by one thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::net {

struct UdpSwarmOptions {
  std::size_t receive_buffer = 1 << 20;  // of each socket
  bool coalesce = true;                  // UDP_GRO: as a network card would
};

struct UdpSwarmStats {
  std::uint64_t received = 0, received_bytes = 0, receive_calls = 0;
  std::uint64_t sent = 0, sent_bytes = 0;
  std::uint64_t refused = 0;   // by the kernel, on the way out
  std::uint64_t overflow = 0;  // by the kernel, on the way in: we were too slow
};

struct UdpArrival {
  base::Instant read;                   // when we came to it
  base::Instant came;                   // when the kernel got it, where it says so; else as read
  std::optional<base::WallTime> stamp;  // when the kernel got it (CLOCK_REALTIME), for sockets that ask for it
};

class UdpSwarm {
 public:
  using Member = std::uint32_t;  // used again after remove()
  // The bytes may be changed in place and live until the call returns, in which members may come and go.
  using Receive = std::function<void(Member, base::ByteSpan datagram, const UdpArrival&)>;

  static std::unique_ptr<UdpSwarm> make(UdpSwarmOptions options, Receive receive);
  ~UdpSwarm();

  // A socket on a free port of the local address that routes to `remote`.
  base::Result<Member> add(const base::Address& remote, bool stamped);
  void remove(Member member);
  void read();  // what has come
  void send(Member member, base::ByteView datagram);
  void send(Member member, std::span<const base::ByteView> datagrams);  // one system call for up to 32
  base::Address local(Member member) const;
  const UdpSwarmStats& stats() const;

 private:
  struct State;
  explicit UdpSwarm(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::net

// Media over TCP for networks that let no UDP through: passive ICE candidates (RFC 6544), datagrams framed by RFC 4571
// both ways. A listening socket on the number of the shard's UDP port, and the connections that browsers open to it.
// Owned and used by the shard's thread, which sleeps on fd() and calls drain(); nothing blocks, no clock is read.
// Invariants: a connection is proven once something has been sent to it, since the shard speaks only to those who
// proved a password; who has not by prove_within is cut, so strangers get no byte and no place for long. What a peer
// does not read is dropped whole datagrams at a time, the large ones (video) first. Every closing is told by drain().
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::net {

inline constexpr base::ErrorCode tcp_media_open_failed{base::ErrorKind::io, "net.tcp_media_open_failed"};

struct TcpMediaOptions {
  std::size_t connections = 4096;
  // Of one IPv4 address or IPv6 /64. A person needs two, a few more while ICE tries; an office shares one address.
  std::size_t connections_per_address = 256;
  std::size_t unproven = 256;  // the oldest gives way to the next
  base::Duration prove_within = std::chrono::seconds(10);
  base::Duration idle = std::chrono::seconds(60);  // browsers check every path they keep at least each 30 s
};

struct TcpMediaStats {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;    // a limit
  std::uint64_t cut = 0;        // by us: unproven, idle, or no frames
  std::uint64_t received = 0;   // datagrams
  std::uint64_t sent = 0;       // datagrams queued
  std::uint64_t dropped = 0;    // datagrams: the peer does not read, or has gone
  std::uint64_t bytes_out = 0;  // taken by the kernel
};

class TcpMedia {
 public:
  static constexpr std::size_t queue_limit = 256 * 1024;  // bytes a connection; a key frame of 1080p is below 150,000
  static constexpr std::size_t large_datagram = 400;      // beyond it, it is video
  static constexpr std::size_t large_limit = queue_limit / 2;

  using Datagram = std::function<void(const base::Address& from, base::ByteSpan datagram)>;
  using Closed = std::function<void(const base::Address& from)>;

  // An IPv6 address is bound for both families when it is "::".
  static base::Result<TcpMedia> open(const base::Address& address, TcpMediaOptions options = {});
  TcpMedia(TcpMedia&&) noexcept;
  TcpMedia& operator=(TcpMedia&&) noexcept;
  ~TcpMedia();

  base::Address local() const;
  int fd() const;  // readable: drain() has something to do
  const TcpMediaStats& stats() const;
  std::size_t connections() const;

  // Accepts, reads, writes what could not be written before, and cuts who has had their time; a bounded amount of each,
  // so that UDP gets its turn. The bytes may be changed in place and live until `datagram` returns.
  void drain(base::Instant now, const Datagram& datagram, const Closed& closed);
  base::Instant next_deadline() const;  // when drain() is to be called though fd() is quiet

  void send(const base::Address& to, base::ByteView datagram);  // queues a copy
  void flush();                                                 // one system call for each connection with news

 private:
  struct State;
  explicit TcpMedia(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::net

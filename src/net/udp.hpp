// A UDP socket that moves datagrams in batches: recvmmsg with UDP_GRO in, sendmmsg with UDP_SEGMENT out (one system
// call for up to 32 messages in, each a datagram or a row of equal ones, and for up to 64 runs of equal-sized datagrams
// out). Owned and used by one shard thread; all buffers are allocated once by open(). Sending never blocks: what the
// kernel does not take is dropped and counted.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/datagram.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/wake.hpp"

namespace greenroom::net {

inline constexpr base::ErrorCode udp_open_failed{base::ErrorKind::io, "net.udp_open_failed"};

// Datagrams that can wait a little. While there are many, they are read in rows, when net::now() is a multiple of
// `step`: what else is due in such steps shares the waking.
struct Unhurried {
  struct Range {
    std::uint8_t from = 0, to = 255;  // any
  };
  struct Kind {
    Range first, second;  // its first two bytes
  };
  std::vector<Kind> kinds;
  base::Duration step{};
};

struct UdpOptions {
  std::size_t receive_buffer = 4 * 1024 * 1024;  // asked of the kernel, which may give less (net.core.rmem_max)
  std::size_t send_buffer = 4 * 1024 * 1024;
  bool segmentation = true;  // UDP_SEGMENT; turned off by itself where the kernel or the device refuses it
  std::optional<Unhurried> unhurried;
};

struct UdpStats {
  std::uint64_t received = 0;   // datagrams
  std::uint64_t truncated = 0;  // longer than datagram_limit: dropped
  std::uint64_t sent = 0;       // datagrams taken by the kernel
  std::uint64_t dropped = 0;    // datagrams that the kernel refused
  std::uint64_t receive_calls = 0;
  std::uint64_t send_calls = 0;
};

struct Wakeup {
  bool readable = false;
  bool woken = false;
  bool other = false;  // the other descriptor
};

class UdpPort {
 public:
  static constexpr std::size_t datagram_limit = 2048;  // longest datagram taken in; Ethernet carries 1,472 bytes
  static constexpr std::size_t send_limit = 9000;      // longest datagram sent
  static constexpr std::size_t run_datagrams = 64;     // of one run: UDP_MAX_SEGMENTS of the kernel
  static constexpr std::size_t run_limit = 65'000;     // bytes of one run: it must fit one IP datagram before it is cut

  // An IPv6 address is bound for both families when it is "::".
  static base::Result<UdpPort> open(const base::Address& address, UdpOptions options = {});
  UdpPort(UdpPort&&) noexcept;
  UdpPort& operator=(UdpPort&&) noexcept;
  ~UdpPort();

  base::Address local() const;
  int fd() const;
  const UdpStats& stats() const;

  // Calls fn(std::span<const base::Datagram>) for what has arrived, batch by batch, of a bounded number (256, and 64 of
  // what can wait), so that sending gets its turn; the bytes may be changed in place and live until fn returns. Returns
  // how many.
  template <class F>
  std::size_t drain(F&& fn) {
    return drain_batches(
        [](void* context, std::span<const base::Datagram> datagrams) {
          (*static_cast<std::remove_reference_t<F>*>(context))(datagrams);
        },
        const_cast<void*>(static_cast<const void*>(&fn)));
  }

  void send(const base::Address& to, base::ByteView datagram);  // copies into the batch; a full batch flushes itself
  // Datagrams of `segment` bytes each, one after another, of which only the last may be shorter. Nothing is copied: the
  // bytes must stay until flush().
  void send_run(const base::Address& to, base::ByteView bytes, std::size_t segment);
  void flush();

  // Sleeps until a datagram is there, wake is signalled, `other` (TcpMedia's) is readable, or the deadline (against
  // net::now()) has passed. Clears wake.
  Wakeup wait(base::Instant deadline, Wake& wake, int other = -1);

 private:
  struct State;
  using Take = void (*)(void* context, std::span<const base::Datagram> datagrams);
  explicit UdpPort(std::unique_ptr<State> state);
  std::size_t drain_batches(Take take, void* context);
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::net

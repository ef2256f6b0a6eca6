// Reads datagrams of a socket in batches: recvmmsg, and UDP_GRO's joined ones taken apart. All buffers are allocated
// by the constructor. Owned and used by one thread.
#pragma once
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/datagram.hpp"
#include "net/detail/udp_address.hpp"
#include "net/udp.hpp"

namespace greenroom::net {

class UdpReceiver {
 public:
  using Take = void (*)(void* context, std::span<const base::Datagram> datagrams);

  // message_limit: bytes of what one receive may hold, a datagram or as many as the kernel joins. drain_calls: receives
  // of a drain(). The socket, which the owner closes, and the counts outlive this.
  UdpReceiver(int fd, std::size_t message_limit, std::size_t drain_calls, UdpStats& stats);
  UdpReceiver(const UdpReceiver&) = delete;
  UdpReceiver& operator=(const UdpReceiver&) = delete;

  struct Drained {
    std::size_t count = 0;  // datagrams
    bool more = false;      // than were taken may be there
  };
  // What has arrived, batch by batch, but a bounded number.
  Drained drain(Take take, void* context);

 private:
  static constexpr std::size_t batch = 32;  // messages a recvmmsg
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(int))> bytes;
  };

  bool receive();
  void take_apart(std::size_t message);

  const int fd_;
  const std::size_t message_limit_, drain_calls_;
  UdpStats& stats_;
  std::vector<std::uint8_t> bytes_;
  std::array<mmsghdr, batch> headers_{};
  std::array<iovec, batch> slices_{};
  std::array<SocketAddress, batch> from_{};
  std::array<Control, batch> controls_{};
  std::vector<base::Datagram> datagrams_;  // of the batch
};

}  // namespace greenroom::net

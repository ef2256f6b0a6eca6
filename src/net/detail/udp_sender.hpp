// Sends datagrams through a socket in batches: sendmmsg, and runs of equal ones as one message (UDP_SEGMENT). All
// buffers are allocated by the constructor. Owned and used by one thread.
#pragma once
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "net/detail/udp_address.hpp"
#include "net/udp.hpp"

namespace greenroom::net {

class UdpSender {
 public:
  // The socket, which the owner closes, and the counts outlive this. A family of AF_INET6 reaches IPv4 too.
  UdpSender(int fd, int family, bool segmentation, UdpStats& stats);
  UdpSender(const UdpSender&) = delete;
  UdpSender& operator=(const UdpSender&) = delete;

  void send(const base::Address& to, base::ByteView datagram);                        // see UdpPort
  void send_run(const base::Address& to, base::ByteView bytes, std::size_t segment);  // see UdpPort
  void flush();

 private:
  static constexpr std::size_t batch = 64;  // runs a sendmmsg
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> bytes;
  };
  // Datagrams of one size to one destination, one after another in memory; only the last may be shorter.
  struct Run {
    base::Address to;
    base::ByteView bytes;
    std::size_t segment = 0;

    std::size_t count() const { return segment == 0 ? 1 : (bytes.size() + segment - 1) / segment; }
  };

  bool may_send(const base::Address& to, std::size_t size) const;
  void append(const Run& run);
  void append_copy(const base::Address& to, base::ByteView datagram);
  bool joins_last_run(const base::Address& to, std::size_t size) const;
  std::size_t send_from(std::size_t run);
  void prepare(std::size_t run);
  bool segmentation_failed() const;
  void give_up_segmentation(const Run& run);
  void send_one_by_one(const Run& run);

  const int fd_;
  const int family_;
  bool segmentation_;
  UdpStats& stats_;
  std::vector<std::uint8_t> bytes_;  // of what was copied
  std::size_t used_ = 0;
  std::vector<Run> runs_;
  std::array<mmsghdr, batch> headers_{};
  std::array<iovec, batch> slices_{};
  std::array<SocketAddress, batch> to_{};
  std::array<Control, batch> controls_{};
};

}  // namespace greenroom::net

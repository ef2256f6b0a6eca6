#include "net/detail/udp_receiver.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <cstring>

namespace greenroom::net {
namespace {

constexpr std::size_t drain_limit = 256;  // datagrams a drain(), about: some 300 µs of them

// How long the datagrams are that the kernel joined into one message (UDP_GRO); 0: it is one datagram.
std::size_t joined_segment(msghdr& header) {
  for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO) continue;
    int size = 0;
    std::memcpy(&size, CMSG_DATA(c), sizeof size);
    return size > 0 ? std::size_t(size) : 0;
  }
  return 0;
}

}  // namespace

UdpReceiver::UdpReceiver(int fd, std::size_t message_limit, std::size_t drain_calls, UdpStats& stats)
    : fd_(fd), message_limit_(message_limit), drain_calls_(drain_calls), stats_(stats), bytes_(batch * message_limit) {
  datagrams_.reserve(drain_limit);
  for (std::size_t i = 0; i < batch; ++i) {
    slices_[i] = {bytes_.data() + i * message_limit_, message_limit_};
    auto& header = headers_[i].msg_hdr;
    header.msg_iov = &slices_[i];
    header.msg_iovlen = 1;
    header.msg_name = &from_[i];
    header.msg_control = controls_[i].bytes.data();
  }
}

UdpReceiver::Drained UdpReceiver::drain(Take take, void* context) {
  Drained drained{0, true};
  for (std::size_t calls = 0; drained.more && calls < drain_calls_ && drained.count < drain_limit; ++calls) {
    datagrams_.clear();
    drained.more = receive();
    drained.count += datagrams_.size();
    if (!datagrams_.empty()) take(context, datagrams_);
  }
  return drained;
}

// A batch into datagrams_; whether there may be more.
bool UdpReceiver::receive() {
  for (auto& header : headers_) {
    header.msg_hdr.msg_namelen = sizeof(SocketAddress);
    header.msg_hdr.msg_controllen = sizeof(Control);
  }
  const int got = ::recvmmsg(fd_, headers_.data(), batch, MSG_DONTWAIT, nullptr);
  ++stats_.receive_calls;
  for (int i = 0; i < got; ++i) take_apart(std::size_t(i));
  return got == int(batch);
}

void UdpReceiver::take_apart(std::size_t message) {
  auto& header = headers_[message];
  const auto from = from_socket_address(from_[message]);
  const auto joined = joined_segment(header.msg_hdr);
  base::ByteSpan left(bytes_.data() + message * message_limit_, header.msg_len);
  do {
    const auto datagram = left.first(joined == 0 ? left.size() : std::min(joined, left.size()));
    left = left.subspan(datagram.size());
    if (datagram.size() > UdpPort::datagram_limit || (header.msg_hdr.msg_flags & MSG_TRUNC)) {
      ++stats_.truncated;
      continue;
    }
    ++stats_.received;
    datagrams_.push_back({from, datagram});
  } while (!left.empty());
}

}  // namespace greenroom::net

#include "net/detail/udp_sender.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace greenroom::net {
namespace {
constexpr std::size_t arena = 512 * 1024;
}

UdpSender::UdpSender(int fd, int family, bool segmentation, UdpStats& stats)
    : fd_(fd), family_(family), segmentation_(segmentation), stats_(stats), bytes_(arena) {
  runs_.reserve(batch);
}

void UdpSender::send(const base::Address& to, base::ByteView datagram) {
  if (!may_send(to, datagram.size())) return void(++stats_.dropped);
  append_copy(to, datagram);
}

void UdpSender::send_run(const base::Address& to, base::ByteView bytes, std::size_t segment) {
  const Run run{to, bytes, segment};
  const bool is_run = segment > 0 && run.count() <= UdpPort::run_datagrams && bytes.size() <= UdpPort::run_limit;
  if (!is_run || !may_send(to, segment)) return void(stats_.dropped += run.count());
  if (segmentation_ || bytes.size() <= segment) return append(run);
  for (std::size_t at = 0; at < bytes.size(); at += segment) {
    const auto size = std::min(segment, bytes.size() - at);
    append({to, bytes.subspan(at, size), size});
  }
}

bool UdpSender::may_send(const base::Address& to, std::size_t size) const {
  return size <= UdpPort::send_limit && to.port != 0 && (family_ == AF_INET6 || to.is_v4());
}

// A run takes equal datagrams; a shorter one closes it, since the kernel cuts at every `segment` bytes.
bool UdpSender::joins_last_run(const base::Address& to, std::size_t size) const {
  if (!segmentation_ || runs_.empty() || size == 0) return false;
  const Run& run = runs_.back();
  const bool is_next = run.bytes.data() + run.bytes.size() == bytes_.data() + used_;
  const bool still_equal = run.segment > 0 && run.bytes.size() % run.segment == 0;
  return run.to == to && is_next && still_equal && size <= run.segment && run.count() < UdpPort::run_datagrams &&
         run.bytes.size() + size <= UdpPort::run_limit;
}

void UdpSender::append(const Run& run) {
  if (runs_.size() == batch) flush();
  runs_.push_back(run);
}

void UdpSender::append_copy(const base::Address& to, base::ByteView datagram) {
  const auto size = datagram.size();
  if (used_ + size > arena) flush();
  auto* const place = bytes_.data() + used_;
  if (joins_last_run(to, size)) {
    auto& bytes = runs_.back().bytes;
    bytes = {bytes.data(), bytes.size() + size};
  } else {
    if (runs_.size() == batch) return flush(), append_copy(to, datagram);
    runs_.push_back({to, {place, size}, size});
  }
  if (size > 0) std::memcpy(place, datagram.data(), size);
  used_ += size;
}

void UdpSender::prepare(std::size_t index) {
  const Run& run = runs_[index];
  auto& header = headers_[index].msg_hdr;
  header = {};
  slices_[index] = {const_cast<std::uint8_t*>(run.bytes.data()), run.bytes.size()};  // sendmmsg only reads
  header.msg_iov = &slices_[index];
  header.msg_iovlen = 1;
  header.msg_name = &to_[index];
  header.msg_namelen = to_socket_address(run.to, family_, to_[index]);
  if (run.bytes.size() <= run.segment) return;
  header.msg_control = controls_[index].bytes.data();
  header.msg_controllen = controls_[index].bytes.size();
  auto* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto segment = std::uint16_t(run.segment);
  std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
}

void UdpSender::flush() {
  for (std::size_t i = 0; i < runs_.size(); ++i) prepare(i);
  for (std::size_t i = 0; i < runs_.size();) i += send_from(i);
  runs_.clear();
  used_ = 0;
}

// Sends from that run on; how many runs are settled, sent or dropped.
std::size_t UdpSender::send_from(std::size_t run) {
  const int sent = ::sendmmsg(fd_, headers_.data() + run, unsigned(runs_.size() - run), MSG_DONTWAIT);
  ++stats_.send_calls;
  if (sent > 0) {
    for (std::size_t i = run; i < run + std::size_t(sent); ++i) stats_.sent += runs_[i].count();
    return std::size_t(sent);
  }
  if (errno == EINTR) return 0;
  if (runs_[run].count() > 1 && segmentation_failed()) {
    give_up_segmentation(runs_[run]);
    return 1;
  }
  const bool full = errno == EAGAIN || errno == ENOBUFS;  // then the rest would fare no better
  const auto last = full ? runs_.size() : run + 1;
  for (std::size_t i = run; i < last; ++i) stats_.dropped += runs_[i].count();
  return last - run;
}

// EIO: the device cannot checksum; EINVAL and EMSGSIZE: an old kernel, or a path MTU below the segment.
bool UdpSender::segmentation_failed() const {
  return errno == EIO || errno == EINVAL || errno == EMSGSIZE || errno == EOPNOTSUPP || errno == ENOPROTOOPT;
}

// Only for this run when single datagrams do not get through either: then the destination is at fault.
void UdpSender::give_up_segmentation(const Run& run) {
  const bool too_long_here = errno == EMSGSIZE;
  const auto sent_before = stats_.sent;
  send_one_by_one(run);
  if (!too_long_here && stats_.sent > sent_before) segmentation_ = false;
}

void UdpSender::send_one_by_one(const Run& run) {
  SocketAddress to;
  const auto length = to_socket_address(run.to, family_, to);
  for (std::size_t offset = 0; offset < run.bytes.size(); offset += run.segment) {
    const auto size = std::min(run.segment, run.bytes.size() - offset);
    const auto sent = ::sendto(fd_, run.bytes.data() + offset, size, MSG_DONTWAIT, &to.any, length);
    ++stats_.send_calls;
    ++(sent >= 0 ? stats_.sent : stats_.dropped);
  }
}

}  // namespace greenroom::net

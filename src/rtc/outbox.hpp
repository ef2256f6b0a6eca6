// Datagrams on their way out of a shard: written once, in place, into memory that is used again when all of them have
// been polled. One per shard, one thread. Invariant: bytes handed out by poll() stay put until the first begin() after
// poll() has returned false. After the first busy second nothing is allocated any more.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/address.hpp"
#include "base/bytes.hpp"

namespace greenroom::rtc {

inline constexpr std::size_t max_datagram_size =
    1500;  // Ethernet; what a browser sends is at most 1,200 bytes of payload
inline constexpr std::size_t max_outbox_datagrams = 16384;

class Outbox {
 public:
  struct Datagram {
    base::Address to;
    base::ByteView bytes;
  };

  // Room for one datagram; empty when the box is full, which is counted.
  base::ByteSpan begin();
  void commit(const base::Address& to, std::size_t size);  // the first `size` bytes of what begin() gave
  bool poll(Datagram& out);

  std::uint64_t overflows() const { return overflows_; }
  std::uint64_t datagrams() const { return datagrams_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t chunk_size = 64 * 1024;
  using Chunk = std::array<std::uint8_t, chunk_size>;
  void recycle_when_drained();

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<Datagram> queue_;
  std::size_t next_ = 0;   // in queue_
  std::size_t chunk_ = 0;  // being filled
  std::size_t used_ = 0;   // of it
  std::uint64_t overflows_ = 0, datagrams_ = 0, bytes_ = 0;
};

}  // namespace greenroom::rtc

// Datagrams on their way out of a shard: written once, in place, into memory that is used again when all of them have
// been polled. Those to one destination in a row come out as one run, which is what the kernel sends in one piece
// (UDP_SEGMENT). One per shard, one thread. Invariant: bytes handed out by poll() stay put until the first begin()
// after poll() has returned false. After the first busy second nothing is allocated any more.
#pragma once
#include <algorithm>
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
inline constexpr std::size_t max_run_datagrams = 64;  // what net::UdpPort takes in one piece
// What is worth one turn of the owner's loop: it still lies in the processor's second cache when the kernel copies it.
inline constexpr std::size_t outbox_turn = 256 * 1024;

// Datagrams of `segment` bytes to one destination, one after another; only the last may be shorter.
struct Run {
  base::Address to;
  base::ByteView bytes;
  std::size_t segment = 0;

  // f(ByteView) for each datagram.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t at = 0; at < bytes.size(); at += segment)
      f(bytes.subspan(at, std::min(segment, bytes.size() - at)));
  }
};

class Outbox {
 public:
  // Room for one datagram; empty when the box is full, which is counted.
  base::ByteSpan begin();
  void commit(const base::Address& to, std::size_t size);  // the first `size` bytes of what begin() gave
  bool poll(Run& out);
  bool has_a_turn() const { return next_ < runs_.size() && waiting_bytes_ >= outbox_turn; }

  std::uint64_t overflows() const { return overflows_; }
  std::uint64_t datagrams() const { return datagrams_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t chunk_size = 512 * 1024;
  using Chunk = std::array<std::uint8_t, chunk_size>;
  void recycle_when_drained();
  bool joins_last_run(const base::Address& to, base::ByteView datagram) const;

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<Run> runs_;
  std::size_t next_ = 0;            // in runs_
  std::size_t chunk_ = 0;           // being filled
  std::size_t used_ = 0;            // of it
  std::size_t waiting_ = 0;         // datagrams
  std::size_t waiting_bytes_ = 0;   // of them
  std::size_t last_run_count_ = 0;  // datagrams
  std::uint64_t overflows_ = 0, datagrams_ = 0, bytes_ = 0;
};

}  // namespace greenroom::rtc

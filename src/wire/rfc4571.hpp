// Datagrams over a stream: each after its length in 16 bits (RFC 4571 §2), as ICE candidates over TCP carry STUN, DTLS
// and SRTP (RFC 6544 §10.1). A FrameReader belongs to one connection and keeps what is no whole frame yet. Invariant:
// it holds at most one frame of frame_limit bytes with its length, and nothing at all between frames.
#pragma once
#include <cstdint>
#include <utility>

#include "base/bytes.hpp"

namespace greenroom::wire {

class FrameReader {
 public:
  static constexpr std::size_t length_size = 2;
  static constexpr std::size_t frame_limit = 2048;  // as UDP's: what is longer was never a packet of media

  // Calls fn(base::ByteSpan frame) for each whole frame in what has been read before and `bytes`, which may be changed
  // in place. Empty frames are skipped (RFC 4571 §2 allows them). False: a frame is too long, so that this stream can
  // only be closed.
  template <class F>
  bool read(base::ByteSpan bytes, F&& fn) {
    if (!partial_.empty() && !finish_partial(bytes, fn)) return !broken_;
    while (bytes.size() >= length_size) {
      const std::size_t size = base::load_u16(bytes.data());
      if (size > frame_limit) return broken_ = true, false;
      if (bytes.size() < length_size + size) break;
      if (size > 0) fn(bytes.subspan(length_size, size));
      bytes = bytes.subspan(length_size + size);
    }
    partial_.assign(bytes.begin(), bytes.end());
    return true;
  }
  std::size_t held() const { return partial_.size(); }

 private:
  // Fills the frame that has begun. False: it is not whole yet, or never will be.
  template <class F>
  bool finish_partial(base::ByteSpan& bytes, F& fn) {
    if (!fill_to(length_size, bytes)) return false;
    const std::size_t size = base::load_u16(partial_.data());
    if (size > frame_limit) return broken_ = true, false;
    if (!fill_to(length_size + size, bytes)) return false;
    auto whole = std::exchange(partial_, {});
    if (size > 0) fn(base::ByteSpan(whole).subspan(length_size));
    return true;
  }
  bool fill_to(std::size_t size, base::ByteSpan& bytes);

  base::Bytes partial_;
  bool broken_ = false;
};

}  // namespace greenroom::wire

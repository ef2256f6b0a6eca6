#include "rtc/outbox.hpp"

#include "base/assert.hpp"

namespace greenroom::rtc {

void Outbox::recycle_when_drained() {
  if (next_ < queue_.size()) return;
  queue_.clear();
  next_ = chunk_ = used_ = 0;
}

base::ByteSpan Outbox::begin() {
  recycle_when_drained();
  if (queue_.size() >= max_outbox_datagrams) {
    ++overflows_;
    return {};
  }
  if (used_ + max_datagram_size > chunk_size) ++chunk_, used_ = 0;
  if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  return base::ByteSpan(*chunks_[chunk_]).subspan(used_, max_datagram_size);
}

void Outbox::commit(const base::Address& to, std::size_t size) {
  GREENROOM_ASSERT(size <= max_datagram_size);
  queue_.push_back({to, base::ByteView(*chunks_[chunk_]).subspan(used_, size)});
  used_ += size;
  ++datagrams_;
  bytes_ += size;
}

bool Outbox::poll(Datagram& out) {
  if (next_ == queue_.size()) return false;
  out = queue_[next_++];
  return true;
}

}  // namespace greenroom::rtc

#include "rtc/outbox.hpp"

#include "base/assert.hpp"

namespace greenroom::rtc {

void Outbox::recycle_when_drained() {
  if (next_ < runs_.size()) return;
  runs_.clear();
  next_ = chunk_ = used_ = waiting_ = waiting_bytes_ = 0;
}

base::ByteSpan Outbox::begin() {
  recycle_when_drained();
  if (waiting_ >= max_outbox_datagrams) {
    ++overflows_;
    return {};
  }
  if (used_ + max_datagram_size > chunk_size) ++chunk_, used_ = 0;
  if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  return base::ByteSpan(*chunks_[chunk_]).subspan(used_, max_datagram_size);
}

// A shorter datagram closes its run. One that was polled already is closed too.
bool Outbox::joins_last_run(const base::Address& to, base::ByteView datagram) const {
  if (next_ == runs_.size() || last_run_count_ == max_run_datagrams) return false;
  const auto& run = runs_.back();
  return run.bytes.data() + run.bytes.size() == datagram.data() && run.bytes.size() == run.segment * last_run_count_ &&
         datagram.size() <= run.segment && run.to == to;
}

void Outbox::commit(const base::Address& to, std::size_t size) {
  GREENROOM_ASSERT(size > 0 && size <= max_datagram_size);
  const auto datagram = base::ByteView(*chunks_[chunk_]).subspan(used_, size);
  if (joins_last_run(to, datagram)) {
    auto& run = runs_.back();
    run.bytes = {run.bytes.data(), run.bytes.size() + size};
    ++last_run_count_;
  } else {
    runs_.push_back({to, datagram, size});
    last_run_count_ = 1;
  }
  used_ += size;
  ++waiting_;
  waiting_bytes_ += size;
  ++datagrams_;
  bytes_ += size;
}

bool Outbox::poll(Run& out) {
  if (next_ == runs_.size()) return false;
  out = runs_[next_++];
  return true;
}

}  // namespace greenroom::rtc

// What a shard has to say besides datagrams: replies, events and backup records, in order, until they are polled. One
// per shard. Backup packets are written into an Outbox of their own, so that they cost no allocation.
#pragma once
#include <vector>

#include "rtc/outbox.hpp"
#include "sfu/shard.hpp"

namespace greenroom::sfu {

class Outputs {
 public:
  rtc::Outbox datagrams;

  void say(Reply reply) { push(std::move(reply)); }
  void say(Event event) { push(std::move(event)); }
  void say(BackupRecord record) { push(std::move(record)); }
  // Room for a backup packet, then the packet itself.
  base::ByteSpan begin_backup() { return backup_bytes_.begin(); }
  void commit_backup(BackupPacket packet, base::ByteSpan buffer, std::size_t size) {
    backup_bytes_.commit({}, size);
    packet.rtp = buffer.first(size);
    push(BackupRecord(packet));
  }

  bool poll(Output& out) {
    if (Transmit run; datagrams.poll(run)) {
      out = run;
      return true;
    }
    if (next_ == said_.size()) {
      said_.clear();
      next_ = 0;
      for (Transmit drained; backup_bytes_.poll(drained);) continue;
      return false;
    }
    out = std::move(said_[next_++]);
    return true;
  }

 private:
  template <class T>
  void push(T&& value) {
    said_.emplace_back(std::forward<T>(value));
  }
  rtc::Outbox backup_bytes_;
  std::vector<Output> said_;
  std::size_t next_ = 0;
};

}  // namespace greenroom::sfu

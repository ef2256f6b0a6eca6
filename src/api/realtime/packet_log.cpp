#include "api/realtime/packet_log.hpp"

#include <algorithm>

namespace greenroom::api::realtime {

std::size_t SentPacket::size() const {
  std::size_t total = text.size();
  for (const auto& attachment : attachments) total += attachment.size();
  return total;
}

void PacketLog::add(std::uint64_t offset, SentPacketPtr packet, base::Instant now) {
  if (entries_.size() == packets_max) drop_first(1);  // before there is one more than the row has room for
  bytes_ += packet->size();
  entries_.push_back({offset, std::move(packet), now});
  std::size_t excess = 0;
  auto bytes = bytes_;
  while (bytes > bytes_max) bytes -= entries_[excess++].packet->size();
  drop_first(excess);
}

void PacketLog::drop_before(base::Instant received) {
  const auto kept = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.at >= received; });
  drop_first(std::size_t(kept - entries_.begin()));
}

void PacketLog::drop_first(std::size_t count) {
  if (count == 0) return;
  for (std::size_t i = 0; i < count; ++i) bytes_ -= entries_[i].packet->size();
  dropped_through_ = entries_[count - 1].offset;
  entries_.erase(entries_.begin(), entries_.begin() + std::ptrdiff_t(count));
  if (count > 1 && entries_.size() < entries_.capacity() / 4) entries_.shrink_to_fit();  // after a busy time
}

std::optional<std::vector<SentPacketPtr>> PacketLog::after(std::uint64_t offset) const {
  if (offset < dropped_through_) return std::nullopt;
  std::vector<SentPacketPtr> missed;
  for (const auto& entry : entries_) {
    if (entry.offset > offset) missed.push_back(entry.packet);
  }
  return missed;
}

}  // namespace greenroom::api::realtime

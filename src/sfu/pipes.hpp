// A shard's ends of pipes to others, and whom a number on them means. Owned by the Shard, one thread. Rooms enter what
// they export and import, and take it out when it ends; a number that nobody has entered means something that has gone.
#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "sfu/pipe.hpp"

namespace greenroom::sfu {

class Room;
class UpTrack;
struct DataProducer;

class Pipes {
 public:
  // In place of an earlier one to the same shard.
  void attach(PipeEnd end) {
    const std::size_t index = end.other.value;
    if (ends_.size() <= index) ends_.resize(index + 1u);
    ends_[index] = End{std::move(end), false, {}};
  }
  // False when it does not fit, or there is no pipe.
  bool write(ShardIndex to, const PipeRecord& record, base::ByteView tail = {}) {
    auto* end = find(to);
    if (!end || !end->pipe.out->write(record, tail)) return false;
    note(*end);
    return true;
  }
  bool takes_messages(ShardIndex to) {
    auto* end = find(to);
    return !end || !end->pipe.out->messages.full();
  }
  void write(ShardIndex to, PipedMessage message) {
    auto* end = find(to);
    if (end && end->pipe.out->messages.push(std::move(message))) note(*end);
  }
  // A shard that something was written to since it was last named here.
  std::optional<ShardIndex> take_written() {
    if (written_.empty()) return std::nullopt;
    const auto to = written_.back();
    written_.pop_back();
    ends_[to.value]->written = false;
    return to;
  }

  struct End {
    PipeEnd pipe;
    bool written = false;
    base::Instant copies_until{};  // see room_data.cpp: what the messages from there may take of this shard
  };
  template <class F>
  void for_each_end(F&& f) {
    for (auto& end : ends_) {
      if (end) f(*end);
    }
  }

  std::unordered_map<PipeNumber, UpTrack*> imports, exports;
  std::unordered_map<PipeNumber, DataProducer*> data_imports;
  std::unordered_map<PipeNumber, Room*> rooms;

 private:
  End* find(ShardIndex to) { return to.value < ends_.size() && ends_[to.value] ? &*ends_[to.value] : nullptr; }
  void note(End& end) {
    if (end.written) return;
    end.written = true;
    written_.push_back(end.pipe.other);
  }
  std::vector<std::optional<End>> ends_;  // by shard
  std::vector<ShardIndex> written_;
};

}  // namespace greenroom::sfu

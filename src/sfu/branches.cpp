#include "sfu/branches.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace greenroom::sfu {
namespace {
// How either kind of producer is piped.
struct MediaPipe {
  using Export = ExportProducer;
  using Import = ImportProducer;
  using Said = PipedProducer;
};
struct DataPipe {
  using Export = ExportData;
  using Import = ImportData;
  using Said = PipedDataProducer;
};
template <class Command>
using PipeOf = std::conditional_t<std::is_same_v<Command, ConsumeData>, DataPipe, MediaPipe>;
EndImport end_of(const RoomId& room, const ProducerId& producer) { return {room, producer}; }
EndDataImport end_of(const RoomId& room, const DataProducerId& producer) { return {room, producer}; }

void ignore(const base::Result<ReplyBody>&) {}

base::Error gone() { return {errors::no_such_producer, "there is no such producer in the room", {}}; }
}  // namespace

// ---- looking up

ShardIndex Branches::Room::shard_of(const PeerId& peer) const {
  const auto found = peers.find(peer);
  return found == peers.end() ? branches.front().shard : found->second;  // which says that there is no such peer
}

Branches::Branch* Branches::Room::branch_on(ShardIndex shard) {
  const auto found = std::ranges::find(branches, shard, &Branch::shard);
  return found == branches.end() ? nullptr : &*found;
}

std::vector<ShardIndex> Branches::Room::shards() const {
  std::vector<ShardIndex> list;
  for (const auto& branch : branches) list.push_back(branch.shard);
  return list;
}

Branches::Room* Branches::find(const std::string& id, PipeNumber number) {
  const auto found = rooms_.find(id);
  return found == rooms_.end() || found->second.number != number ? nullptr : &found->second;
}

std::vector<std::string> Branches::rooms() const {
  std::vector<std::string> list;
  for (const auto& [id, room] : rooms_) list.push_back(id);
  return list;
}

std::size_t Branches::branches() const {
  std::size_t count = 0;
  for (const auto& [id, room] : rooms_) count += room.branches.size() > 1 ? room.branches.size() : 0;
  return count;
}

void Branches::forget(const std::string& id) {
  const auto found = rooms_.find(id);
  for (const auto& branch : found->second.branches) --rooms_on_[branch.shard.value];
  rooms_.erase(found);
}

// ---- where

// Loads that differ by less than a tenth are alike: then it is the number of rooms that counts, which is known sooner.
ShardIndex Branches::least_loaded(const Room* besides) const {
  std::optional<ShardIndex> least;
  const auto rank = [&](ShardIndex s) { return std::tuple(int(shards_.load(s) * 10), rooms_on_[s.value]); };
  for (std::uint16_t i = 0; i < rooms_on_.size(); ++i) {
    const ShardIndex shard{i};
    if (besides && std::ranges::count(besides->branches, shard, &Branch::shard) > 0) continue;
    if (!least || rank(shard) < rank(*least)) least = shard;
  }
  return least.value_or(ShardIndex{});
}

ShardIndex Branches::branch_for(const RoomId& id, Room& room) {
  for (const auto& branch : room.branches) {
    const bool busy = branch.peers >= small && is_busy(branch.shard);
    if (branch.peers < limits_.split && !busy) return branch.shard;
  }
  if (room.branches.size() < rooms_on_.size()) {
    if (const auto shard = least_loaded(&room); !is_busy(shard)) {
      open_branch(id, room, shard);
      return shard;
    }
  }
  return std::ranges::min_element(room.branches, {}, &Branch::peers)->shard;
}

void Branches::open_branch(const RoomId& id, Room& room, ShardIndex shard) {
  room.branches.push_back({shard, 0});
  ++rooms_on_[shard.value];
  const auto made = [this, id, shard, number = room.number](const base::Result<ReplyBody>& reply) {
    auto* still = find(id.value, number);
    if (!reply && still && still->branch_on(shard)) drop_branch(id, *still, shard);
  };
  shards_.send(shard, CreateRoom{id}, made);
  tell_branches(id, room);
  for (const auto& [name, recording] : room.recordings) {
    shards_.send(shard, StartBackup{id, name, recording.people}, ignore);
  }
}

void Branches::tell_branches(const RoomId& id, Room& room) {
  const auto home = room.branches.front().shard;
  JoinBranches to_home{id, room.number, {}, room.shards()};
  to_home.others.erase(to_home.others.begin());
  for (const auto shard : to_home.others) {
    shards_.join(home, shard);
    shards_.send(shard, JoinBranches{id, room.number, home, {}}, ignore);
  }
  shards_.send(home, std::move(to_home), ignore);
}

void Branches::close_branch(const RoomId& id, Room& room, ShardIndex shard) {
  shards_.send(shard, CloseRoom{id}, ignore);
  drop_branch(id, room, shard);
}

// The others go on without it.
void Branches::drop_branch(const RoomId& id, Room& room, ShardIndex shard) {
  std::erase_if(room.branches, [&](const Branch& branch) { return branch.shard == shard; });
  --rooms_on_[shard.value];
  for (auto& [producer, origin] : room.producers) origin.imports.erase(shard);
  for (auto& [producer, origin] : room.data_producers) origin.imports.erase(shard);
  for (const auto& branch : room.branches) shards_.send(branch.shard, EndExports{id, shard}, ignore);
  tell_branches(id, room);
}

void Branches::leave_branch(const RoomId& id, Room& room, ShardIndex shard) {
  auto* branch = room.branch_on(shard);
  if (!branch || --branch->peers > 0 || branch == &room.branches.front()) return;
  close_branch(id, room, shard);
}

// ---- commands

void Branches::call(CommandBody body, Answer answered) {
  std::visit([&](auto& command) { on(command, std::move(answered)); }, body);
}

// What is about a peer goes where it is; what is about no room that we know, anywhere: that shard says so.
template <class Command>
void Branches::on(Command& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  ShardIndex shard;
  if (found != rooms_.end()) {
    shard = found->second.branches.front().shard;
    if constexpr (requires { command.peer; }) shard = found->second.shard_of(command.peer);
  }
  shards_.send(shard, std::move(command), std::move(answered));
}

void Branches::on(CreateRoom& command, Answer answered) {
  const auto [found, fresh] = rooms_.try_emplace(command.room.value);
  auto& room = found->second;
  if (!fresh) return shards_.send(room.branches.front().shard, command, std::move(answered));
  room.number = next_number_++;
  room.branches.push_back({least_loaded(nullptr), 0});
  ++rooms_on_[room.branches.front().shard.value];
  shards_.send(room.branches.front().shard, command,
               [this, id = command.room.value, number = room.number,
                answered = std::move(answered)](base::Result<ReplyBody> reply) {
                 if (!reply && find(id, number)) forget(id);
                 answered(std::move(reply));
               });
}

// What is sent to the room's shards from now on comes after it: a room of that name is another.
void Branches::on(CloseRoom& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, command, std::move(answered));
  const auto shards = found->second.shards();
  forget(command.room.value);
  gather(shards, command, std::move(answered));
}

void Branches::on(JoinRoom& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, std::move(command), std::move(answered));
  auto& room = found->second;
  const auto shard = branch_for(command.room, room);
  ++room.branch_on(shard)->peers;
  auto take = [this, id = command.room, number = room.number, shard,
               answered = std::move(answered)](base::Result<ReplyBody> reply) {
    auto* still = find(id.value, number);
    const auto* joined = reply ? std::get_if<Joined>(&*reply) : nullptr;
    if (still && joined) still->peers[joined->peer] = shard;
    if (still && !joined) leave_branch(id, *still, shard);
    answered(std::move(reply));
  };
  shards_.send(shard, std::move(command), std::move(take));
}

void Branches::on(LeaveRoom& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, command, std::move(answered));
  shards_.send(found->second.shard_of(command.peer), command,
               [this, id = command.room, peer = command.peer, number = found->second.number,
                answered = std::move(answered)](base::Result<ReplyBody> reply) {
                 if (auto* still = reply ? find(id.value, number) : nullptr) remove_peer(id, *still, peer);
                 answered(std::move(reply));
               });
}

void Branches::remove_peer(const RoomId& id, Room& room, const PeerId& peer) {
  const auto remove_of = [&](auto& all) {
    const auto copy = all;
    for (const auto& [producer, origin] : copy) {
      if (origin.peer == peer) remove_producer(id, room, producer);
    }
  };
  remove_of(room.producers);
  remove_of(room.data_producers);
  const auto shard = room.shard_of(peer);
  if (room.peers.erase(peer) > 0) leave_branch(id, room, shard);
}

// ---- producers

template <class Reply, class Command>
void Branches::on_produce(Command& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, std::move(command), std::move(answered));
  const auto shard = found->second.shard_of(command.peer);
  auto take = [this, id = command.room, number = found->second.number, peer = command.peer,
               answered = std::move(answered)](base::Result<ReplyBody> reply) {
    auto* still = find(id.value, number);
    const auto* made = reply ? std::get_if<Reply>(&*reply) : nullptr;
    if (still && made && still->peers.contains(peer)) origins(*still, made->producer)[made->producer] = {peer, {}};
    answered(std::move(reply));
  };
  shards_.send(shard, std::move(command), std::move(take));
}

template <class Command>
void Branches::on_close(Command& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, command, std::move(answered));
  shards_.send(
      found->second.shard_of(command.peer), command,
      [this, command, number = found->second.number, answered = std::move(answered)](base::Result<ReplyBody> reply) {
        auto* still = reply ? find(command.room.value, number) : nullptr;
        if (still) remove_producer(command.room, *still, command.producer);
        answered(std::move(reply));
      });
}

template <class Id>
void Branches::remove_producer(const RoomId& id, Room& room, const Id& producer) {
  const auto removed = origins(room, producer).extract(producer);
  if (removed.empty()) return;
  for (const auto& [shard, import] : removed.mapped().imports) {
    if (import.open) shards_.send(shard, end_of(id, producer), ignore);
  }
}

template <class Command>
void Branches::on_pause(Command& command, bool paused, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, command, std::move(answered));
  shards_.send(found->second.shard_of(command.peer), command,
               [this, command, paused, number = found->second.number,
                answered = std::move(answered)](base::Result<ReplyBody> reply) {
                 auto* still = reply ? find(command.room.value, number) : nullptr;
                 if (still && still->producers.contains(command.producer)) {
                   for (const auto& [shard, import] : still->producers[command.producer].imports) {
                     if (import.open) shards_.send(shard, PauseImport{command.room, command.producer, paused}, ignore);
                   }
                 }
                 answered(std::move(reply));
               });
}

// ---- consumers

template <class Command>
void Branches::on_consume(Command& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, std::move(command), std::move(answered));
  auto& room = found->second;
  const auto shard = room.shard_of(command.peer);
  auto& all = origins(room, command.producer);
  const auto origin = all.find(command.producer);
  const auto from = origin == all.end() ? shard : room.shard_of(origin->second.peer);
  if (from == shard) return shards_.send(shard, std::move(command), std::move(answered));
  auto& import = origin->second.imports[shard];
  if (import.open) return shards_.send(shard, std::move(command), std::move(answered));
  const auto id = command.room;
  const auto producer = command.producer;
  import.waiting->push_back({std::move(command), std::move(answered)});
  if (import.waiting->size() == 1) open_import<PipeOf<Command>>(id, producer, from, shard);
}

template <class Id>
Branches::Import* Branches::find_import(Origins<Id>& all, const Id& producer, ShardIndex to) {
  const auto origin = all.find(producer);
  if (origin == all.end()) return nullptr;
  const auto import = origin->second.imports.find(to);
  return import == origin->second.imports.end() ? nullptr : &import->second;
}

// The one that has it says all about it; then the other can be asked to consume it.
template <class Pipe, class Id>
void Branches::open_import(const RoomId& id, const Id& producer, ShardIndex from, ShardIndex to) {
  shards_.join(from, to);
  const auto pipe = next_number_++;
  auto& room = rooms_.at(id.value);
  const auto waiting = origins(room, producer).at(producer).imports.at(to).waiting;
  const auto take = [this, id, number = room.number, producer, from, to, pipe, waiting](base::Result<ReplyBody> reply) {
    auto* still = find(id.value, number);
    Import* import = still ? find_import(origins(*still, producer), producer, to) : nullptr;
    if (import && import->waiting != waiting) import = nullptr;  // it has ended, and begun again
    auto* said = reply ? std::get_if<typename Pipe::Said>(&*reply) : nullptr;
    if (import && said) {
      import->open = true;
      const auto imported = [this, id, producer, to, number = still->number,
                             waiting](const base::Result<ReplyBody>& done) {
        auto* there = done ? nullptr : find(id.value, number);
        auto* failed = there ? find_import(origins(*there, producer), producer, to) : nullptr;
        if (failed && failed->waiting == waiting) origins(*there, producer).at(producer).imports.erase(to);
      };
      shards_.send(to, typename Pipe::Import{id, from, pipe, std::move(*said)}, imported);
    } else if (import) {
      origins(*still, producer).at(producer).imports.erase(to);
    }
    const bool open = import && said;
    for (auto& one : std::exchange(*waiting, {})) {
      if (open) {
        shards_.send(to, std::move(one.body), std::move(one.answered));
      } else {
        one.answered(tl::unexpected(reply ? gone() : reply.error()));
      }
    }
  };
  shards_.send(from, typename Pipe::Export{id, producer, to, pipe}, take);
}

// ---- the room as a whole

void Branches::on(StartBackup& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, command, std::move(answered));
  found->second.recordings.try_emplace(command.recording, Recording{command.recording})
      .first->second.add(command.people);
  gather(found->second.shards(), command, std::move(answered));
}

void Branches::on(StopBackup& command, Answer answered) {
  const auto found = rooms_.find(command.room.value);
  if (found == rooms_.end()) return shards_.send({}, command, std::move(answered));
  found->second.recordings.erase(command.recording);
  gather(found->second.shards(), command, std::move(answered));
}

void Branches::on(GetStats& command, Answer answered) {
  if (command.room) {
    const auto found = rooms_.find(command.room->value);
    if (found == rooms_.end()) return shards_.send({}, command, std::move(answered));
    return gather(found->second.shards(), command, std::move(answered));
  }
  std::vector<ShardIndex> all;
  for (std::uint16_t i = 0; i < rooms_on_.size(); ++i) all.push_back({i});
  gather(all, command, std::move(answered));
}

// The first error, or the home's answer; of statistics the sum.
void Branches::gather(const std::vector<ShardIndex>& shards, const CommandBody& body, Answer answered) {
  struct Gathering {
    std::optional<base::Result<ReplyBody>> result;
    std::size_t missing = 0;
    Answer answered;
  };
  const auto gathering = std::make_shared<Gathering>(Gathering{{}, shards.size(), std::move(answered)});
  const auto take_one = [gathering](base::Result<ReplyBody> reply) {
    auto& result = gathering->result;
    auto* sum = result && *result ? std::get_if<Stats>(&**result) : nullptr;
    const auto* stats = reply ? std::get_if<Stats>(&*reply) : nullptr;
    if (sum && stats) {
      add(*sum, *stats);
    } else if (!result || (*result && !reply)) {
      result = std::move(reply);
    }
    if (--gathering->missing == 0) gathering->answered(std::move(*result));
  };
  for (const auto shard : shards) shards_.send(shard, body, take_one);
}

// ---- what shards say by themselves, and shards that are lost

void Branches::hear(const Event& event) {
  const auto found = rooms_.find(room_of(event).value);
  if (found != rooms_.end()) {
    const auto& room = room_of(event);
    if (const auto* closed = std::get_if<ProducerClosed>(&event))
      remove_producer(room, found->second, closed->producer);
    if (const auto* closed = std::get_if<DataProducerClosed>(&event)) {
      remove_producer(room, found->second, closed->producer);
    }
  }
  shards_.tell(event);
}

void Branches::lose(ShardIndex shard) {
  std::vector<std::string> concerned;
  for (auto& [id, room] : rooms_) {
    if (room.branch_on(shard)) concerned.push_back(id);
  }
  for (const auto& id : concerned) {
    const auto found = rooms_.find(id);  // what was told of another may have ended this one
    if (found != rooms_.end() && found->second.branch_on(shard)) lose({id}, found->second, shard);
  }
}

void Branches::lose(const RoomId& id, Room& room, ShardIndex shard) {
  if (room.branches.size() == 1) {
    forget(id.value);
    return shards_.tell(RoomLost{id});
  }
  PeersLost lost{id, {}};
  for (const auto& [peer, on] : room.peers) {
    if (on == shard) lost.peers.push_back(peer);
  }
  drop_branch(id, room, shard);
  for (const auto& peer : lost.peers) remove_peer(id, room, peer);
  shards_.tell(lost);
}

}  // namespace greenroom::sfu

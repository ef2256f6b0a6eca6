// Which shard has what of each room: gives a room its home when it appears and more shards when it grows, brings each
// command to the shard whose peer it is about, and pipes what one consumes of another's. Pure: shards are behind an
// interface, and what they answer comes back as closures. Owned by whoever runs the shards, used on one thread.
//
// A room begins on the least loaded shard. Peers that join when its branch is full, or its shard busy, go to a branch
// on another; nobody is moved. Ids are the same everywhere, so that nobody above notices.
// Invariant: what a shard was asked about a room comes after the commands that made it have that part of the room.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sfu/command.hpp"
#include "sfu/recording.hpp"

namespace greenroom::sfu {

class Branches {
 public:
  using Answer = std::function<void(base::Result<ReplyBody>)>;

  class Shards {
   public:
    virtual ~Shards() = default;
    virtual std::size_t count() const = 0;
    virtual double load(ShardIndex shard) const = 0;  // 0..1, of its core
    // Answered once, not before this returns; what is sent to one shard is done in order.
    virtual void send(ShardIndex shard, CommandBody body, Answer answered) = 0;
    virtual void join(ShardIndex a, ShardIndex b) = 0;  // a pipe between them, if there is none yet
    virtual void tell(const Event& event) = 0;
  };
  struct Limits {
    std::size_t split = 500;  // peers in a branch, beyond which others go to another
    double busy = 0.7;        // of a shard, likewise
  };
  static constexpr std::size_t small = 8;  // peers that are not worth a pipe, however busy their shard is

  Branches(Shards& shards, Limits limits) : shards_(shards), limits_(limits), rooms_on_(shards.count(), 0) {}

  void call(CommandBody body, Answer answered);
  void hear(const Event& event);  // from a shard: passed on, after what follows from it
  void lose(ShardIndex shard);    // it has been replaced by one that has nothing

  bool has_room(const std::string& room) const { return rooms_.contains(room); }
  std::vector<std::string> rooms() const;
  std::size_t branches() const;  // of rooms that have more than one
  std::size_t rooms_on(ShardIndex shard) const { return rooms_on_[shard.value]; }

 private:
  struct Branch {
    ShardIndex shard;
    std::size_t peers = 0;  // with those who are about to join
  };
  struct Waiting {
    CommandBody body;
    Answer answered;
  };
  struct Import {
    bool open = false;
    std::shared_ptr<std::vector<Waiting>> waiting = std::make_shared<std::vector<Waiting>>();  // until it is
  };
  struct Origin {  // a producer, of either kind
    PeerId peer;
    std::map<ShardIndex, Import> imports;
  };
  template <class Id>
  using Origins = std::map<Id, Origin>;
  struct Room {
    PipeNumber number = 0;
    std::vector<Branch> branches;  // the first is the home
    std::unordered_map<PeerId, ShardIndex> peers;
    Origins<ProducerId> producers;
    Origins<DataProducerId> data_producers;
    std::map<std::string, Recording> recordings;

    ShardIndex shard_of(const PeerId& peer) const;
    Branch* branch_on(ShardIndex shard);
    std::vector<ShardIndex> shards() const;
  };
  Room* find(const std::string& id, PipeNumber number);
  static auto& origins(Room& room, const ProducerId&) { return room.producers; }
  static auto& origins(Room& room, const DataProducerId&) { return room.data_producers; }

  void on(CreateRoom& command, Answer answered);
  void on(CloseRoom& command, Answer answered);
  void on(JoinRoom& command, Answer answered);
  void on(LeaveRoom& command, Answer answered);
  void on(Produce& command, Answer answered) { on_produce<Produced>(command, std::move(answered)); }
  void on(ProduceData& command, Answer answered) { on_produce<DataProduced>(command, std::move(answered)); }
  void on(CloseProducer& command, Answer answered) { on_close(command, std::move(answered)); }
  void on(CloseDataProducer& command, Answer answered) { on_close(command, std::move(answered)); }
  void on(PauseProducer& command, Answer answered) { on_pause(command, true, std::move(answered)); }
  void on(ResumeProducer& command, Answer answered) { on_pause(command, false, std::move(answered)); }
  void on(Consume& command, Answer answered) { on_consume(command, std::move(answered)); }
  void on(ConsumeData& command, Answer answered) { on_consume(command, std::move(answered)); }
  void on(StartBackup& command, Answer answered);
  void on(StopBackup& command, Answer answered);
  void on(GetStats& command, Answer answered);
  template <class Command>
  void on(Command& command, Answer answered);
  template <class Reply, class Command>
  void on_produce(Command& command, Answer answered);
  template <class Command>
  void on_close(Command& command, Answer answered);
  template <class Command>
  void on_pause(Command& command, bool paused, Answer answered);
  template <class Command>
  void on_consume(Command& command, Answer answered);
  template <class Pipe, class Id>
  void open_import(const RoomId& id, const Id& producer, ShardIndex from, ShardIndex to);

  template <class Id>
  static Import* find_import(Origins<Id>& all, const Id& producer, ShardIndex to);

  ShardIndex least_loaded(const Room* besides) const;
  ShardIndex branch_for(const RoomId& id, Room& room);
  bool is_busy(ShardIndex shard) const { return shards_.load(shard) >= limits_.busy; }
  void open_branch(const RoomId& id, Room& room, ShardIndex shard);
  void close_branch(const RoomId& id, Room& room, ShardIndex shard);
  void drop_branch(const RoomId& id, Room& room, ShardIndex shard);
  void tell_branches(const RoomId& id, Room& room);
  void leave_branch(const RoomId& id, Room& room, ShardIndex shard);
  void remove_peer(const RoomId& id, Room& room, const PeerId& peer);
  template <class Id>
  void remove_producer(const RoomId& id, Room& room, const Id& producer);
  void gather(const std::vector<ShardIndex>& shards, const CommandBody& body, Answer answered);
  void forget(const std::string& room);
  void lose(const RoomId& id, Room& room, ShardIndex shard);

  Shards& shards_;
  const Limits limits_;
  std::map<std::string, Room> rooms_;
  std::vector<std::size_t> rooms_on_;  // branches, by shard
  PipeNumber next_number_ = 1;
};

}  // namespace greenroom::sfu

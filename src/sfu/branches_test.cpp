// Where rooms and people go, and what follows when shards are busy, full or lost; shards here answer what they are told
// to. What the real ones make of it is tested by the simulator and by app.
#include "sfu/branches.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/rng.hpp"

namespace greenroom::sfu {
namespace {

class BranchesTest : public testing::Test, protected Branches::Shards {
 protected:
  struct Sent {
    ShardIndex shard;
    CommandBody body;
    Branches::Answer answered;
  };
  std::size_t count() const override { return loads.size(); }
  double load(ShardIndex shard) const override { return loads[shard.value]; }
  void send(ShardIndex shard, CommandBody body, Branches::Answer answered) override {
    sent.push_back({shard, std::move(body), std::move(answered)});
  }
  void join(ShardIndex a, ShardIndex b) override { joined.insert(std::minmax(a, b)); }
  void tell(const Event& event) override { told.push_back(event); }

  template <class Id>
  Id make() {
    return Id::make(base::WallTime{}, rng_);
  }
  base::Result<ReplyBody> reply(const JoinRoom&) { return Joined{make<PeerId>()}; }
  base::Result<ReplyBody> reply(const Produce&) { return Produced{make<ProducerId>()}; }
  base::Result<ReplyBody> reply(const ExportProducer& c) {
    if (refuse_export) return base::fail(errors::no_such_producer, "gone");
    return PipedProducer{c.producer, {}, {}, {}, false, {}};
  }
  base::Result<ReplyBody> reply(const Consume& c) { return Consumed{make<ConsumerId>(), c.producer, {}, {}}; }
  template <class Other>
  base::Result<ReplyBody> reply(const Other&) {
    return Done{};
  }
  void answer_all() {
    while (!sent.empty()) {
      auto one = std::move(sent.front());
      sent.pop_front();
      seen.emplace_back(one.shard, one.body.index());
      if (const auto* backup = std::get_if<StartBackup>(&one.body)) backups.push_back(*backup);
      one.answered(std::visit([this](const auto& c) { return reply(c); }, one.body));
    }
  }
  base::Result<ReplyBody> ask(CommandBody body) {
    std::optional<base::Result<ReplyBody>> result;
    branches.call(std::move(body), [&](auto answer) { result = std::move(answer); });
    answer_all();
    return std::move(*result);
  }
  PeerId enter() { return std::get<Joined>(*ask(JoinRoom{room, "a", "A", {}})).peer; }
  ProducerId produce(PeerId peer) {
    return std::get<Produced>(*ask(Produce{room, peer, {}, wire::MediaKind::audio, {}, {}})).producer;
  }
  // Which shard was last sent such a command.
  template <class Command>
  std::optional<std::uint16_t> last() const {
    const auto index = CommandBody(Command{}).index();
    const auto found = std::find_if(seen.rbegin(), seen.rend(), [&](const auto& s) { return s.second == index; });
    return found == seen.rend() ? std::nullopt : std::optional(found->first.value);
  }
  template <class Command>
  std::size_t times() const {
    const auto index = CommandBody(Command{}).index();
    return std::size_t(std::count_if(seen.begin(), seen.end(), [&](const auto& s) { return s.second == index; }));
  }

  std::vector<double> loads{0, 0, 0};
  std::deque<Sent> sent;
  std::vector<std::pair<ShardIndex, std::size_t>> seen;
  std::set<std::pair<ShardIndex, ShardIndex>> joined;
  std::vector<Event> told;
  std::vector<StartBackup> backups;
  bool refuse_export = false;
  const RoomId room{"room"};
  base::SeededRng rng_{1};
  Branches branches{*this, {10, 0.7}};
};

TEST_F(BranchesTest, RoomsThatBeginAtOnceSpread) {
  std::set<std::uint16_t> used;
  for (const char* name : {"a", "b", "c"}) {
    ask(CreateRoom{{name}});
    used.insert(*last<CreateRoom>());
  }
  EXPECT_EQ(used.size(), 3u);
}

TEST_F(BranchesTest, LoadCountsMoreThanRooms) {
  loads = {0.6, 0.5, 0.05};
  for (const char* name : {"a", "b", "c"}) {
    ask(CreateRoom{{name}});
    EXPECT_EQ(last<CreateRoom>(), 2);
  }
}

TEST_F(BranchesTest, ARoomThatExistsStaysWhereItIs) {
  ask(CreateRoom{room});
  const auto home = last<CreateRoom>();
  loads[*home] = 0.5;
  ask(CreateRoom{room});
  EXPECT_EQ(last<CreateRoom>(), home);
}

TEST_F(BranchesTest, WhoDoesNotFitGoesToAnother) {
  ask(CreateRoom{room});
  for (int i = 0; i < 10; ++i) enter();
  const auto home = last<JoinRoom>();
  EXPECT_EQ(branches.branches(), 0u);
  enter();
  EXPECT_NE(last<JoinRoom>(), home);
  EXPECT_EQ(branches.branches(), 2u);
  EXPECT_EQ(joined.size(), 1u);
  for (int i = 0; i < 50; ++i) enter();
  EXPECT_EQ(branches.branches(), 3u) << "all are full: people still come in";
}

TEST_F(BranchesTest, ABusyShardGetsNoMorePeopleOfALargeRoom) {
  ask(CreateRoom{room});
  loads[*last<CreateRoom>()] = 0.9;
  for (std::size_t i = 0; i < Branches::small; ++i) enter();
  EXPECT_EQ(branches.branches(), 0u) << "a few people are not worth a pipe";
  enter();
  EXPECT_EQ(branches.branches(), 2u);
}

TEST_F(BranchesTest, WithEveryShardBusyNothingIsSplit) {
  loads = {0.9, 0.9, 0.9};
  ask(CreateRoom{room});
  for (int i = 0; i < 10; ++i) enter();
  EXPECT_EQ(branches.branches(), 0u);
}

class PipedTest : public BranchesTest {
 protected:
  void SetUp() override {
    ask(CreateRoom{room});
    for (int i = 0; i < 10; ++i) here = enter();
    there = enter();
    producer = produce(here);
  }
  base::Result<ReplyBody> consume(PeerId peer) { return ask(Consume{room, peer, {}, producer, {}}); }
  PeerId here, there;
  ProducerId producer;
};

TEST_F(PipedTest, AProducerIsPipedOnceToWhoeverConsumesItThere) {
  EXPECT_TRUE(consume(here));
  EXPECT_EQ(times<ExportProducer>(), 0u);
  EXPECT_TRUE(consume(there));
  EXPECT_TRUE(consume(there));
  EXPECT_EQ(times<ExportProducer>(), 1u);
  EXPECT_EQ(times<ImportProducer>(), 1u);
  EXPECT_NE(last<ExportProducer>(), last<ImportProducer>());
  ask(PauseProducer{room, here, producer});
  EXPECT_EQ(last<PauseImport>(), last<ImportProducer>());
  ask(CloseProducer{room, here, producer});
  EXPECT_EQ(times<EndImport>(), 1u);
}

TEST_F(PipedTest, ThoseWhoWaitForAPipeAreAnsweredWhenThereIsNone) {
  refuse_export = true;
  const auto refused = consume(there);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errors::no_such_producer);
  refuse_export = false;
  EXPECT_TRUE(consume(there)) << "the next who asks tries again";
}

TEST_F(PipedTest, ThoseWhoWaitAreAnsweredWhenTheRoomEnds) {
  int answered = 0;
  for (int i = 0; i < 3; ++i) {
    branches.call(Consume{room, there, {}, producer, {}}, [&](const auto& reply) { answered += reply ? 0 : 1; });
  }
  branches.call(CloseRoom{room}, [](const auto&) {});
  answer_all();
  EXPECT_EQ(answered, 3);
}

TEST_F(PipedTest, WhoLeavesTakesTheirProducersAndTheLastTheirBranch) {
  consume(there);
  ask(LeaveRoom{room, here});
  EXPECT_EQ(times<EndImport>(), 1u);
  ask(LeaveRoom{room, there});
  EXPECT_EQ(branches.branches(), 0u);
  EXPECT_EQ(times<CloseRoom>(), 1u);
  EXPECT_EQ(times<EndExports>(), 1u);
}

TEST_F(PipedTest, ABranchThatIsLostLeavesTheRest) {
  consume(there);
  branches.lose({*last<ImportProducer>()});
  answer_all();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(std::get<PeersLost>(told[0]).peers, std::vector<PeerId>{there});
  EXPECT_TRUE(branches.has_room("room"));
  EXPECT_TRUE(consume(here));
  branches.lose({*last<ExportProducer>()});
  EXPECT_TRUE(std::holds_alternative<RoomLost>(told.back()));
  EXPECT_FALSE(branches.has_room("room"));
}

TEST_F(PipedTest, ARecordingBeginsOnLaterBranchesToo) {
  ask(LeaveRoom{room, there});
  ask(StartBackup{room, "take", std::set<std::string>{"ada"}});
  ask(StartBackup{room, "take", std::set<std::string>{"bob"}});
  const auto before = times<StartBackup>();
  enter();
  EXPECT_EQ(times<StartBackup>(), before + 1);
  EXPECT_EQ(*backups.back().people, (std::set<std::string>{"ada", "bob"}));
  ask(StopBackup{room, "take"});
  EXPECT_EQ(times<StopBackup>(), 2u);
}

}  // namespace
}  // namespace greenroom::sfu

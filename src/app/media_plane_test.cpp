// Real media threads: one that hangs loses its rooms, which come back on another, and nobody waits for ever; and a room
// on two of them.
#include "app/media_plane.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>

#include "db/test_database.hpp"

namespace greenroom::app {
namespace {

// Hangs the thread that connects a transport until it is let go: a real thread in a real call.
class HangingChannels final : public crypto::SecureChannelFactory {
 public:
  explicit HangingChannels(std::latch& let_go) : let_go_(let_go) {}
  std::vector<crypto::Fingerprint> local_fingerprints() const override { return null_->local_fingerprints(); }
  std::unique_ptr<crypto::SecureChannel> create(crypto::DtlsRole role,
                                                std::vector<crypto::Fingerprint> remote) const override {
    let_go_.wait();
    return null_->create(role, std::move(remote));
  }

 private:
  std::latch& let_go_;
  const std::unique_ptr<crypto::SecureChannelFactory> null_ = crypto::make_null_channel_factory();
};

class MediaPlaneTest : public testing::Test {
 protected:
  explicit MediaPlaneTest(std::size_t split = 500) {
    MediaPlaneOptions options;
    options.shards = 2;
    options.limits.split = split;
    options.announced = {*base::parse_ip("127.0.0.1", 0)};
    options.port_min = 42000;
    options.port_max = 42999;
    options.make_channels = [this] { return std::make_unique<HangingChannels>(let_go_); };
    look([&] { plane_ = *MediaPlane::open(std::move(options), loop_, recorder_, log_); });
    plane_->set_hooks({.event = [this](const sfu::Event& event) { hear(event); },
                       .room_created = [](const std::string&) {},
                       .backup_started = [](const record::TrackHeader&) {},
                       .backup_ended = [](const std::string&, const std::string&) {}});
  }
  ~MediaPlaneTest() override {
    let_go_.count_down();
    while (look([&] { return plane_->stalled(); })) look([&] { plane_->watch(); });  // it turns again, and is ended
    look([&] { plane_->stop(); });
    loop_.stop();
    thread_.join();
  }

  // On the control thread.
  template <class F, class R = std::invoke_result_t<F>>
  R look(F f) {
    std::packaged_task<R()> task(std::move(f));
    auto result = task.get_future();
    loop_.post([&] { task(); });
    return result.get();
  }
  void hear(const sfu::Event& event) {
    if (const auto* lost = std::get_if<sfu::RoomLost>(&event)) lost_.push_back(lost->room.value);
    if (const auto* lost = std::get_if<sfu::PeersLost>(&event))
      lost_peers_.insert(lost->peers.begin(), lost->peers.end());
    if (const auto* closed = std::get_if<sfu::ConsumerClosed>(&event)) closed_.insert(closed->consumer);
  }
  base::Result<sfu::ReplyBody> ask(sfu::CommandBody command) {
    std::promise<base::Result<sfu::ReplyBody>> answer;
    loop_.post([&] {
      plane_->call(std::move(command), [&](base::Result<sfu::ReplyBody> reply) { answer.set_value(std::move(reply)); });
    });
    return answer.get_future().get();
  }
  std::vector<std::string> lost() {
    return look([&] { return lost_; });
  }
  // A room whose thread hangs as soon as its transport is connected.
  void hang(const std::string& room) {
    ASSERT_TRUE(ask(sfu::CreateRoom{{room}}));
    const auto joined = ask(sfu::JoinRoom{{room}, "ana", "Ana", {}});
    const auto peer = std::get<sfu::Joined>(*joined).peer;
    const auto made = ask(sfu::CreateTransport{{room}, peer, sfu::Direction::send});
    const auto& transport = std::get<sfu::TransportCreated>(*made);
    look([&] {
      plane_->call(sfu::ConnectTransport{{room}, peer, transport.transport, transport.dtls_parameters},
                   [this](const auto& reply) { told_of_hanging_ = !reply; });
    });
  }

  std::latch let_go_{1};
  net::Loop loop_;
  db::TestDirectory folder_;
  base::NullLog log_;
  RecorderThread recorder_{folder_.path(), log_};
  std::unique_ptr<MediaPlane> plane_;
  std::vector<std::string> lost_;
  std::set<sfu::PeerId> lost_peers_;
  std::set<sfu::ConsumerId> closed_;
  bool told_of_hanging_ = false;
  std::thread thread_{[this] { loop_.run(); }};
};

TEST_F(MediaPlaneTest, RoomsOfAThreadThatHangsComeBackOnAnother) {
  hang("stuck");
  ASSERT_TRUE(ask(sfu::CreateRoom{{"well"}}));  // on the other
  for (int turn = 0; turn < 20 && lost().empty(); ++turn) {
    look([&] { plane_->watch(); });
    ASSERT_TRUE(ask(sfu::CreateRoom{{"well"}}));  // its thread has answered all that was asked before
  }
  EXPECT_EQ(lost(), std::vector<std::string>{"stuck"});
  EXPECT_TRUE(look([&] { return told_of_hanging_; }));
  EXPECT_EQ(look([&] { return plane_->stalled(); }), 1u);
  EXPECT_EQ(look([&] { return plane_->workers(); }), 2u);
  EXPECT_EQ(look([&] { return plane_->rooms(); }), std::vector<std::string>{"well"});
  EXPECT_TRUE(ask(sfu::CreateRoom{{"stuck"}}));
  EXPECT_TRUE(ask(sfu::JoinRoom{{"stuck"}, "ana", "Ana", {}}));
}

TEST_F(MediaPlaneTest, AThreadIsAsBusyAsWhatItHasToDo) {
  ASSERT_TRUE(ask(sfu::CreateRoom{{"busy"}}));
  look([&] { plane_->watch(); });
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(ask(sfu::GetStats{sfu::RoomId{"busy"}}));
  look([&] { plane_->watch(); });
  const auto loads = look([&] { return plane_->loads(); });
  ASSERT_EQ(loads.size(), 2u);
  const auto [least, most] = std::ranges::minmax(loads);
  EXPECT_GT(most, least);
  EXPECT_LE(most, 1);
  EXPECT_EQ(look([&] { return plane_->least_load(); }), least);
}

TEST_F(MediaPlaneTest, ThreadsThatAnswerStay) {
  ASSERT_TRUE(ask(sfu::CreateRoom{{"a"}}));
  ASSERT_TRUE(ask(sfu::CreateRoom{{"b"}}));
  for (int turn = 0; turn < 20; ++turn) {
    look([&] { plane_->watch(); });
    for (const char* room : {"a", "b"}) ASSERT_TRUE(ask(sfu::CreateRoom{{room}}));
  }
  EXPECT_EQ(look([&] { return plane_->stalled(); }), 0u);
  EXPECT_TRUE(lost().empty());
}

// Each person on another thread than the one before.
class SpreadRoomTest : public MediaPlaneTest {
 protected:
  SpreadRoomTest() : MediaPlaneTest(1) {}

  struct Person {
    sfu::PeerId peer;
    sfu::TransportCreated send, recv;
  };
  Person enter(const std::string& name) {
    Person person;
    person.peer = std::get<sfu::Joined>(*ask(sfu::JoinRoom{room_, name, name, {}})).peer;
    person.send = create(person.peer, sfu::Direction::send);
    person.recv = create(person.peer, sfu::Direction::recv);
    return person;
  }
  sfu::TransportCreated create(const sfu::PeerId& peer, sfu::Direction direction) {
    return std::get<sfu::TransportCreated>(*ask(sfu::CreateTransport{room_, peer, direction}));
  }
  sfu::ProducerId produce(const Person& person) {
    wire::RtpParameters sound;
    sound.mid = "0";
    sound.codecs.push_back({"audio/opus", 111, 48000, 2, {}, {}});
    sound.encodings.emplace(1);
    (*sound.encodings)[0].ssrc = 1234;
    return std::get<sfu::Produced>(*ask(sfu::Produce{room_, person.peer, person.send.transport, wire::MediaKind::audio,
                                                     sound, boost::json::object{}}))
        .producer;
  }
  base::Result<sfu::ReplyBody> consume(const Person& person, sfu::ProducerId producer) {
    return ask(sfu::Consume{room_, person.peer, person.recv.transport, producer, capabilities_});
  }
  sfu::ConsumerId consumer(const Person& person, sfu::ProducerId producer) {
    return std::get<sfu::Consumed>(*consume(person, producer)).consumer;
  }
  void SetUp() override { capabilities_ = std::get<sfu::RoomCreated>(*ask(sfu::CreateRoom{room_})).rtp_capabilities; }
  sfu::Stats stats() { return std::get<sfu::Stats>(*ask(sfu::GetStats{room_})); }

  const sfu::RoomId room_{"large"};
  wire::RtpCapabilities capabilities_;
};

TEST_F(SpreadRoomTest, WhatIsSentToOneThreadIsConsumedOnTheOther) {
  const auto ana = enter("ana"), ben = enter("ben");
  EXPECT_NE(ana.send.ice_candidates.front().port, ben.send.ice_candidates.front().port);
  const auto producer = produce(ana);
  const auto one = consumer(ben, producer);
  const auto two = consumer(ben, producer);
  EXPECT_NE(one, two);
  EXPECT_EQ(stats().branches, 2u);
  EXPECT_EQ(stats().imports, 1u) << "one copy, however many consume it";
  EXPECT_EQ(stats().producers, 1u);
  EXPECT_EQ(look([&] { return plane_->branches(); }), 2u);
  ASSERT_TRUE(ask(sfu::CloseProducer{room_, ana.peer, producer}));
  EXPECT_EQ(stats().imports, 0u);
  EXPECT_EQ(look([&] { return closed_; }), (std::set{one, two}));
  const auto late = consume(ben, producer);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, sfu::errors::no_such_producer);
}

TEST_F(SpreadRoomTest, ManyWhoAskAtOnceAreAllAnswered) {
  const auto ana = enter("ana"), ben = enter("ben");
  const auto producer = produce(ana);
  constexpr int at_once = 20;
  std::atomic<int> consumed{0};
  std::latch answered(at_once);
  look([&] {
    for (int i = 0; i < at_once; ++i) {
      plane_->call(sfu::Consume{room_, ben.peer, ben.recv.transport, producer, capabilities_}, [&](const auto& reply) {
        consumed += reply ? 1 : 0;
        answered.count_down();
      });
    }
  });
  answered.wait();
  EXPECT_EQ(consumed, at_once);
  EXPECT_EQ(stats().imports, 1u);
  EXPECT_EQ(stats().consumers, std::uint32_t(at_once));
}

TEST_F(SpreadRoomTest, AThreadThatHangsTakesItsOwnPeopleOnly) {
  const auto ana = enter("ana"), ben = enter("ben");
  const auto from_ben = produce(ben);
  const auto of_ana = consumer(ana, from_ben);
  look([&] {
    plane_->call(sfu::ConnectTransport{room_, ben.peer, ben.send.transport, ben.send.dtls_parameters},
                 [this](const auto& reply) { told_of_hanging_ = !reply; });
  });
  const auto people = [&] { return look([&] { return lost_peers_; }); };
  for (int turn = 0; turn < 20 && people().empty(); ++turn) {
    look([&] { plane_->watch(); });
    ASSERT_TRUE(ask(sfu::GetPeerStats{room_, ana.peer}));  // her thread has answered all that was asked before
  }
  EXPECT_EQ(people(), std::set{ben.peer});
  EXPECT_TRUE(lost().empty()) << "the room goes on";
  EXPECT_TRUE(look([&] { return told_of_hanging_; }));
  ASSERT_TRUE(ask(sfu::GetPeerStats{room_, ana.peer}));
  EXPECT_EQ(look([&] { return closed_; }), std::set{of_ana});
  const auto again = enter("ben");
  EXPECT_TRUE(consume(ana, produce(again)));
  EXPECT_TRUE(consume(again, produce(ana)));
}

TEST_F(SpreadRoomTest, ARoomThatEndsLeavesNothingOnEitherThread) {
  const auto ana = enter("ana"), ben = enter("ben");
  consumer(ben, produce(ana));
  consumer(ana, produce(ben));
  ASSERT_TRUE(ask(sfu::CloseRoom{room_}));
  const auto all = std::get<sfu::Stats>(*ask(sfu::GetStats{}));
  EXPECT_EQ(all.rooms + all.peers + all.transports + all.producers + all.consumers + all.imports + all.branches, 0u);
}

}  // namespace
}  // namespace greenroom::app

// A media thread that hangs: its rooms are lost and come back on another, and nobody waits for ever.
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
  MediaPlaneTest() {
    MediaPlaneOptions options;
    options.shards = 2;
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

}  // namespace
}  // namespace greenroom::app

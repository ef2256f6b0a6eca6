// The two connections to Redis, one for commands and one for subscriptions, as one thing that is up or down: opens
// both, greets, notices when either breaks or falls silent, and tries again with a growing pause. Owned by RedisBus, on
// its thread. Up means: every subscription is in place and the first command has been answered.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "bus/bus.hpp"
#include "bus/detail/redis_connection.hpp"

namespace greenroom::bus {

struct LinkHooks {
  std::function<void(RedisConnection&)> subscribe;  // the first on the new connection for subscriptions
  std::function<void(RedisConnection&)> greeted;    // the first on the new connection for commands
  std::function<void(const RedisReply&)> pushed;
  // `again`: it was down, or could not be reached before. `young`: Redis has only just started, perhaps once more.
  std::function<void(bool again, bool young)> up;
  std::function<void()> down;
};

class RedisLink {
 public:
  RedisLink(RedisAddress address, const RedisOptions& options, base::LogSink& log, LinkHooks hooks);
  ~RedisLink();

  bool up() const { return up_; }
  RedisConnection& commands() { return *commands_; }            // when up
  RedisConnection& subscriptions() { return *subscriptions_; }  // when up

  int command_fd() const { return commands_ ? commands_->fd() : -1; }
  int subscription_fd() const { return subscriptions_ ? subscriptions_->fd() : -1; }
  bool commands_wait_to_write() const { return commands_ && commands_->wants_to_write(); }
  bool subscriptions_wait_to_write() const { return subscriptions_ && subscriptions_->wants_to_write(); }
  void commands_ready(bool readable, bool writable);
  void subscriptions_ready(bool readable, bool writable);

  void turn(SteadyTime now);     // what is due by the clock
  SteadyTime next_turn() const;  // at the latest

 private:
  void open(SteadyTime now);
  void log_in(RedisConnection& connection, SteadyTime now);
  RedisConnection::Answer expect_success();
  void answered(const std::string& info);
  void come_up();
  void go_down(SteadyTime now, const std::string& why);
  std::string trouble(SteadyTime now) const;  // empty: none
  void ping(RedisConnection& connection, SteadyTime now);

  const RedisAddress address_;
  const RedisOptions& options_;
  base::LogSink& log_;
  const LinkHooks hooks_;
  std::unique_ptr<RedisConnection> commands_, subscriptions_;
  SteadyTime next_attempt_{};
  SteadyTime next_ping_{};
  base::Duration back_off_;
  std::string refusal_;  // what Redis answered to the greeting, when that was an error
  bool greeted_ = false, subscribed_ = false, up_ = false;
  bool young_ = false;
  bool failed_ = false;  // since the last time it was up, or ever
};

}  // namespace greenroom::bus

// One connection to Redis that never blocks (but for resolving the host's name), over hiredis. Owned by RedisLink and
// used on its thread, which polls fd() and calls ready(). Commands are answered in their order; what subscriptions
// bring comes by `pushed`. Once broken it stays so, and every command that waits is answered with nothing.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/detail/redis_url.hpp"

struct redisContext;

namespace greenroom::bus {

using SteadyTime = std::chrono::steady_clock::time_point;

struct RedisReply {
  enum class Kind { nothing, text, number, list, error };
  Kind kind = Kind::nothing;
  std::string text;  // of text and error
  std::int64_t number = 0;
  std::vector<RedisReply> list;
};

class RedisConnection {
 public:
  using Answer = std::function<void(const RedisReply*)>;  // null: the connection broke first
  using Pushed = std::function<void(const RedisReply&)>;
  using Command = std::initializer_list<std::string_view>;

  RedisConnection(const RedisAddress& address, Pushed pushed);
  ~RedisConnection();

  int fd() const;
  bool wants_to_write() const { return !written_; }
  bool broken() const { return broken_; }
  std::string why() const;  // it broke

  void send(Command command, SteadyTime now, Answer answer);
  void send_unanswered(Command command);  // SUBSCRIBE and its like: they answer through `pushed`
  void ready(bool readable, bool writable);
  // When the command was sent that has waited longest.
  std::optional<SteadyTime> waiting_since() const;

 private:
  struct Waiting {
    Answer answer;
    SteadyTime since;
  };
  struct Free {
    void operator()(redisContext* context) const;
  };

  void append(Command command);
  void read();
  void take(const RedisReply& reply);

  const Pushed pushed_;
  std::unique_ptr<redisContext, Free> context_;
  std::deque<Waiting> waiting_;
  bool written_ = true;
  bool broken_ = false;
};

}  // namespace greenroom::bus

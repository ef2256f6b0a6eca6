// What the processes of one installation tell one another: publish and subscribe by topic, presence, and claims on
// things that only one of them may have. app owns the one Bus; every thread may use it. Two backends: within one
// process, and over Redis.
// A subscriber has a bounded queue of its own and drains it on its own thread; `wake` is called from another thread
// when the queue stops being empty. Answers are called once each, from the bus's thread or inside the call. Both must
// only post (net::Loop::post) and must not call back into the Bus. Invariants: messages of one publisher arrive in
// order; publishing never waits; what does not arrive is a declared gap: the subscriber sees it in `missed`.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace greenroom::bus {

using base::ErrorCode;
using base::ErrorKind;
// The other processes cannot be reached now. It passes by itself.
inline constexpr ErrorCode error_unavailable{ErrorKind::unavailable, "bus.unavailable"};
// More is on its way than may be.
inline constexpr ErrorCode error_full{ErrorKind::exhausted, "bus.full"};
inline constexpr ErrorCode error_bad_url{ErrorKind::invalid, "bus.bad_url"};

struct Message {
  std::string topic;    // "session/0190163d-..."
  std::string payload;  // any bytes
};

struct Drained {
  std::vector<Message> messages;
  // Dropped since the last drain, at least. After the other processes could not be reached for a while nobody knows the
  // number: then it is at least one.
  std::uint64_t missed = 0;
};

class Queue;  // detail

// Ends with its life: after the destructor `wake` is not called any more. May outlive the Bus.
class Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::shared_ptr<Queue> queue);
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();
  Drained drain();
  explicit operator bool() const { return queue_ != nullptr; }

 private:
  std::shared_ptr<Queue> queue_;
};

struct SubscribeOptions {
  std::size_t capacity = 1'024;  // messages kept until drained
  std::function<void()> wake = {};
};

// Somebody or something that is there now.
struct Member {
  std::string name;
  std::string payload;
  friend bool operator==(const Member&, const Member&) = default;
};
using MembersAnswer = std::function<void(base::Result<std::vector<Member>>)>;

using ClaimAnswer = std::function<void(base::Result<std::string>)>;  // the node that has it now
using ClaimLost = std::function<void()>;

class Bus {
 public:
  static constexpr std::size_t members_max = 10'000;  // of one topic that are answered

  virtual ~Bus() = default;
  // The name of this process on the bus, unique among those that run.
  virtual const std::string& node() const = 0;

  // To the subscribers of this process at once and in any case; an error says that those of others will not hear it
  // (they are told of the gap when they can be).
  virtual base::Status publish(std::string_view topic, std::string payload) = 0;
  // To the subscribers of this process alone.
  virtual void publish_here(std::string_view topic, std::string payload) = 0;
  // One topic, or with a trailing "/*" every topic under it: "session/*". What other processes publish is heard from a
  // round trip later on; settle() waits for that.
  virtual Subscription subscribe(std::string_view topic, SubscribeOptions options) = 0;

  // Presence. A member is there until withdrawn, or until this process has not been heard of for the lease time.
  // Announced again it changes its payload. A member is announced by one process at a time.
  virtual void announce(std::string_view topic, std::string_view member, std::string payload) = 0;
  virtual void withdraw(std::string_view topic, std::string_view member) = 0;
  virtual void members(std::string_view topic, MembersAnswer answer) = 0;  // in the order of their names

  // Claims. The first to claim a key has it until it releases it, or has not been heard of for the lease time; the
  // answer names who has it. `lost` is called at most once, after an answer that named us: another process has it now
  // (ours could not be reached for longer than the lease). Claiming what is ours again replaces `lost`.
  virtual void claim(std::string_view key, ClaimAnswer answer, ClaimLost lost) = 0;
  virtual void release(std::string_view key) = 0;
  // Claims for another process what nobody has: it is that one's for the lease time, in which it has to claim it. The
  // answer names who has it now.
  virtual void offer(std::string_view key, std::string_view node, ClaimAnswer answer) = 0;

  // error_unavailable while other processes are not reached.
  virtual base::Status state() const = 0;
  // Waits until they are, and until they hear all that has been subscribed to so far. Blocks.
  virtual base::Status settle(base::Duration patience) = 0;
};

// Within one process: nothing here is ever unavailable, and every claim is ours.
std::unique_ptr<Bus> make_local_bus(std::string node = "local");

struct RedisOptions {
  std::string url;                       // redis://[user:pass@]host[:port][/db]
  std::string node;                      // name of this process; a fresh one at each start
  std::string name_space = "greenroom";  // installations with different ones do not see each other on one Redis
  base::Duration lease = std::chrono::seconds(6);  // of presence and claims; renewed three times in it
  // Redis that leaves a command or a connection unanswered for so long is gone.
  base::Duration patience = std::chrono::seconds(2);
  base::Duration back_off_min = std::chrono::milliseconds(50);  // between attempts to connect; doubles
  base::Duration back_off_max = std::chrono::milliseconds(800);
  // After Redis has come back, possibly without its memory, every process has had the time to claim and announce again
  // what it has, before somebody claims anew or counts who is there. More than back_off_max.
  base::Duration settling = std::chrono::milliseconds(1'500);
  std::size_t in_flight_max = 16'384;  // published messages that Redis has not answered
  std::size_t in_flight_bytes_max = 32ull << 20;
};

// Connects in the background, for as long as it takes. Fails for a bad URL only. `log` outlives it.
base::Result<std::unique_ptr<Bus>> make_redis_bus(RedisOptions options, base::LogSink& log);

}  // namespace greenroom::bus

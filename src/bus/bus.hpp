// Publish and subscribe by topic. app owns the one Bus; every thread may use it. A subscriber has a bounded queue of
// its own and drains it on its own thread; `wake` is called from the publisher's thread when the queue stops being
// empty and should only post (net::Loop::post). Invariants: messages of one publisher arrive in order; publishing never
// waits; what does not fit is dropped, oldest first, and counted: the subscriber sees the gap in `missed`.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace greenroom::bus {

struct Message {
  std::string topic;    // "session/0190163d-..."
  std::string payload;  // JSON text
};

struct Drained {
  std::vector<Message> messages;
  std::uint64_t missed = 0;  // dropped since the last drain
};

class Queue;  // detail

// Ends with its life. May outlive the Bus.
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
  std::size_t capacity = 1'024;     // messages kept until drained
  std::function<void()> wake = {};  // must not call back into the Bus
};

class Bus {
 public:
  virtual ~Bus() = default;
  virtual void publish(std::string_view topic, std::string payload) = 0;
  // One topic, or with a trailing "/*" every topic under it: "session/*".
  virtual Subscription subscribe(std::string_view topic, SubscribeOptions options) = 0;
};

// Within one process.
std::unique_ptr<Bus> make_local_bus();

}  // namespace greenroom::bus

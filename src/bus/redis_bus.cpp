// The bus over Redis: one thread that owns the connections, and operations handed to it. A process's own subscribers
// get its messages directly; through Redis, where every message carries its sender's name, go those for the others.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <set>
#include <thread>

#include "base/assert.hpp"
#include "base/thread_name.hpp"
#include "bus/bus.hpp"
#include "bus/detail/redis_leases.hpp"
#include "bus/detail/redis_link.hpp"
#include "bus/detail/topics.hpp"

namespace greenroom::bus {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t operations_max = 65'536;  // handed over and not yet taken up
constexpr auto sweep_every = std::chrono::seconds(1);
constexpr auto farewell_max = std::chrono::milliseconds(300);

tl::unexpected<base::Error> full() { return base::fail(error_full, "too much is on its way to the other servers"); }

// For PSUBSCRIBE: the characters that mean something in a pattern, escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("*?[]\\^-").find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

class RedisBus final : public Bus {
 public:
  RedisBus(RedisOptions options, const RedisAddress& address, base::LogSink& log);
  ~RedisBus() override;

  const std::string& node() const override { return options_.node; }
  base::Status publish(std::string_view topic, std::string payload) override;
  void publish_here(std::string_view topic, std::string payload) override {
    topics_.deliver({std::string(topic), std::move(payload)});
  }
  Subscription subscribe(std::string_view topic, SubscribeOptions options) override;
  void announce(std::string_view topic, std::string_view member, std::string payload) override;
  void withdraw(std::string_view topic, std::string_view member) override;
  void members(std::string_view topic, MembersAnswer answer) override;
  void claim(std::string_view key, ClaimAnswer answer, ClaimLost lost) override;
  void release(std::string_view key) override;
  void offer(std::string_view key, std::string_view node, ClaimAnswer answer) override;
  base::Status state() const override {
    if (!reaching_) return unavailable();
    return {};
  }
  base::Status settle(base::Duration patience) override;

 private:
  using Operation = std::function<void()>;

  bool hand_over(Operation operation);  // false: too many wait

  // ---- on the thread
  void run();
  void poll_once();
  void take_operations();
  void turn();
  void farewell();
  RedisConnection* commands() { return link_.up() ? &link_.commands() : nullptr; }
  bool settled() const { return link_.up() && Clock::now() >= settled_at_; }
  void set_reaching(bool reaching);

  void came_up(bool again, bool young);
  void went_down();
  void subscribe_all(RedisConnection& connection);
  void match_all();
  void match(const std::string& key);  // what Redis sends us of this key, with who subscribes to it here
  void pushed(const RedisReply& reply);
  void arrived(std::string_view key, std::string_view channel, std::string_view envelope);
  void send(const std::string& topic, const std::string& payload);
  void sent(std::size_t bytes, bool arrived);
  void confess();  // tells the others how many messages of ours they have missed
  std::string channel_of(std::string_view topic) const { return prefix_ + std::string(topic); }
  void send_subscription(RedisConnection& connection, const std::string& key, bool on);

  const RedisOptions options_;
  const std::string prefix_;       // of channels and keys. Channels know no database, so its number is in the prefix
  const std::string gap_channel_;  // where nodes confess
  const std::string sender_;       // what our envelopes begin with
  Topics topics_;

  std::mutex lock_;
  std::vector<Operation> operations_;
  bool stopping_ = false;
  std::condition_variable changed_;  // of reaching_
  std::atomic<bool> up_ = false, reaching_ = false;
  std::atomic<std::uint64_t> lost_ = 0;  // messages that others do not know they have missed
  std::atomic<std::size_t> in_flight_ = 0, in_flight_bytes_ = 0;
  const int event_;

  // the thread's own
  RedisLeases leases_;
  RedisLink link_;
  std::set<std::string> subscribed_;             // keys, on the present connection
  std::map<std::string, std::string> patterns_;  // as Redis names them: the key
  Clock::time_point settled_at_{}, next_renewal_{}, next_sweep_{};
  std::thread thread_;
};

RedisBus::RedisBus(RedisOptions options, const RedisAddress& address, base::LogSink& log)
    : options_(std::move(options)),
      prefix_(options_.name_space + ":" + std::to_string(address.database) + ":"),
      gap_channel_(options_.name_space + "!" + std::to_string(address.database) + "!gap"),
      sender_(options_.node + "\n"),
      event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      leases_(options_.node, prefix_, options_.lease),
      link_(address, options_, log,
            {.subscribe = [this](RedisConnection& connection) { subscribe_all(connection); },
             .greeted = [this](RedisConnection& connection) { leases_.renew(connection, Clock::now()); },
             .pushed = [this](const RedisReply& reply) { pushed(reply); },
             .up = [this](bool again, bool young) { came_up(again, young); },
             .down = [this] { went_down(); }}) {
  GREENROOM_ASSERT(event_ >= 0);
  thread_ = std::thread([this] { run(); });
}

RedisBus::~RedisBus() {
  {
    std::lock_guard guard(lock_);
    stopping_ = true;
  }
  hand_over({});
  thread_.join();
  ::close(event_);
}

// ---- from any thread

bool RedisBus::hand_over(Operation operation) {
  {
    std::lock_guard guard(lock_);
    if (operation && operations_.size() >= operations_max) return false;
    if (operation) operations_.push_back(std::move(operation));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto full_means_woken = ::write(event_, &one, sizeof one);
  return true;
}

base::Status RedisBus::publish(std::string_view topic, std::string payload) {
  publish_here(topic, payload);
  const auto bytes = payload.size();
  const bool room = in_flight_ < options_.in_flight_max && in_flight_bytes_ + bytes <= options_.in_flight_bytes_max;
  if (!up_ || !room) {
    ++lost_;
    if (!up_) return unavailable();
    return full();
  }
  ++in_flight_;
  in_flight_bytes_ += bytes;
  if (hand_over([this, topic = std::string(topic), payload = std::move(payload)] { send(topic, payload); })) return {};
  sent(bytes, false);
  return full();
}

Subscription RedisBus::subscribe(std::string_view topic, SubscribeOptions options) {
  auto subscription = topics_.add(topic, std::move(options));
  hand_over([this, key = std::string(topic)] { match(key); });  // refused: the next sweep does it
  return subscription;
}

void RedisBus::announce(std::string_view topic, std::string_view member, std::string payload) {
  hand_over([this, topic = std::string(topic), member = std::string(member), payload = std::move(payload)] {
    leases_.announce(commands(), Clock::now(), topic, member, payload);
  });
}

void RedisBus::withdraw(std::string_view topic, std::string_view member) {
  hand_over([this, topic = std::string(topic), member = std::string(member)] {
    leases_.withdraw(commands(), Clock::now(), topic, member);
  });
}

void RedisBus::members(std::string_view topic, MembersAnswer answer) {
  const bool taken = hand_over([this, topic = std::string(topic), answer] {
    if (!settled()) return answer(unavailable());
    leases_.members(link_.commands(), Clock::now(), topic, answer);
  });
  if (!taken) answer(full());
}

void RedisBus::claim(std::string_view key, ClaimAnswer answer, ClaimLost lost) {
  const bool taken = hand_over([this, key = std::string(key), answer, lost = std::move(lost)] {
    if (!settled()) return answer(unavailable());
    leases_.claim(link_.commands(), Clock::now(), key, answer, lost);
  });
  if (!taken) answer(full());
}

void RedisBus::release(std::string_view key) {
  hand_over([this, key = std::string(key)] { leases_.release(commands(), Clock::now(), key); });
}

void RedisBus::offer(std::string_view key, std::string_view node, ClaimAnswer answer) {
  const bool taken = hand_over([this, key = std::string(key), node = std::string(node), answer] {
    if (!settled()) return answer(unavailable());
    leases_.offer(link_.commands(), Clock::now(), key, node, answer);
  });
  if (!taken) answer(full());
}

base::Status RedisBus::settle(base::Duration patience) {
  const auto deadline = Clock::now() + patience;
  while (Clock::now() < deadline) {
    {
      std::unique_lock guard(lock_);
      if (!changed_.wait_until(guard, deadline, [this] { return reaching_.load(); })) break;
    }
    auto heard = std::make_shared<std::promise<bool>>();
    auto answer = heard->get_future();
    // A round trip on the connection of subscriptions, behind all that has been subscribed to.
    const bool asked = hand_over([this, heard] {
      if (!link_.up()) return heard->set_value(false);
      link_.subscriptions().send({"PING"}, Clock::now(), [heard](const RedisReply* reply) { heard->set_value(reply); });
    });
    if (asked && answer.wait_until(deadline) == std::future_status::ready && answer.get()) return {};
  }
  return unavailable();
}

// ---- the thread

void RedisBus::run() {
  base::name_this_thread("bus");
  for (;;) {
    {
      std::lock_guard guard(lock_);
      if (stopping_) break;
    }
    take_operations();
    turn();
    poll_once();
  }
  farewell();
}

void RedisBus::take_operations() {
  std::vector<Operation> taken;
  {
    std::lock_guard guard(lock_);
    taken.swap(operations_);
  }
  for (const auto& operation : taken) operation();
}

void RedisBus::turn() {
  const auto now = Clock::now();
  link_.turn(now);
  set_reaching(settled());
  if (link_.up() && now >= next_renewal_) {
    next_renewal_ = now + options_.lease / 3;
    leases_.renew(link_.commands(), now);
    confess();
  }
  if (now < next_sweep_) return;
  next_sweep_ = now + sweep_every;
  topics_.sweep();
  match_all();
}

void RedisBus::poll_once() {
  const auto events = [](bool write) { return short(POLLIN | (write ? POLLOUT : 0)); };
  std::array<pollfd, 3> polled{pollfd{event_, POLLIN, 0},
                               {link_.command_fd(), events(link_.commands_wait_to_write()), 0},
                               {link_.subscription_fd(), events(link_.subscriptions_wait_to_write()), 0}};
  auto until = std::min(link_.next_turn(), next_sweep_);
  if (link_.up()) until = std::min(until, next_renewal_);
  if (link_.up() && !reaching_) until = std::min(until, settled_at_);
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  ::poll(polled.data(), polled.size(), int(std::max<std::int64_t>(wait, 0)));
  std::uint64_t woken = 0;
  if (polled[0].revents && ::read(event_, &woken, sizeof woken) < 0) woken = 0;
  constexpr short readable = POLLIN | POLLHUP | POLLERR;
  link_.commands_ready(polled[1].revents & readable, polled[1].revents & POLLOUT);
  link_.subscriptions_ready(polled[2].revents & readable, polled[2].revents & POLLOUT);
}

// What is ours goes at once, not after the lease. Redis that does not take it within the time has the lease.
void RedisBus::farewell() {
  take_operations();
  if (!link_.up()) return;
  leases_.give_up_all(link_.commands(), Clock::now());
  const auto deadline = Clock::now() + farewell_max;
  while (link_.commands().waiting_since() && !link_.commands().broken() && Clock::now() < deadline) {
    pollfd polled{link_.command_fd(), short(POLLIN | (link_.commands_wait_to_write() ? POLLOUT : 0)), 0};
    ::poll(&polled, 1, int(std::chrono::milliseconds(farewell_max).count()));
    link_.commands_ready(polled.revents & (POLLIN | POLLHUP | POLLERR), polled.revents & POLLOUT);
  }
}

void RedisBus::set_reaching(bool reaching) {
  if (reaching_ == reaching) return;
  std::lock_guard guard(lock_);
  reaching_ = reaching;
  changed_.notify_all();
}

void RedisBus::came_up(bool again, bool young) {
  const auto now = Clock::now();
  settled_at_ = again || young ? now + options_.settling : now;
  next_renewal_ = now;  // once more: what was announced since the greeting
  up_ = true;
  match_all();
  confess();
  // What others published while we were away nobody can count.
  if (again) topics_.miss(1);
}

void RedisBus::went_down() {
  up_ = false;
  set_reaching(false);
  subscribed_.clear();
}

// ---- subscriptions

void RedisBus::send_subscription(RedisConnection& connection, const std::string& key, bool on) {
  if (!key.ends_with("/*")) return connection.send_unanswered({on ? "SUBSCRIBE" : "UNSUBSCRIBE", channel_of(key)});
  const auto pattern = escaped(channel_of(key.substr(0, key.size() - 1))) + "*";
  patterns_[pattern] = key;
  if (!on) patterns_.erase(pattern);
  connection.send_unanswered({on ? "PSUBSCRIBE" : "PUNSUBSCRIBE", pattern});
}

void RedisBus::subscribe_all(RedisConnection& connection) {
  connection.send_unanswered({"SUBSCRIBE", gap_channel_});
  subscribed_.clear();
  for (const auto& key : topics_.keys()) {
    send_subscription(connection, key, true);
    subscribed_.insert(key);
  }
}

void RedisBus::match(const std::string& key) {
  // While it comes up the connection is not ours to use yet; then all are matched.
  if (!link_.up()) return;
  const bool wanted = topics_.contains(key);
  if (wanted == subscribed_.contains(key)) return;
  send_subscription(link_.subscriptions(), key, wanted);
  wanted ? void(subscribed_.insert(key)) : void(subscribed_.erase(key));
}

void RedisBus::match_all() {
  const auto before = subscribed_;
  for (const auto& key : before) match(key);
  for (const auto& key : topics_.keys()) match(key);
}

void RedisBus::pushed(const RedisReply& reply) {
  const auto& list = reply.list;
  if (list[0].text == "message" && list.size() == 3 && list[1].text.starts_with(prefix_)) {
    const auto topic = std::string_view(list[1].text).substr(prefix_.size());
    return arrived(topic, topic, list[2].text);
  }
  if (list[0].text == "message" && list.size() == 3 && list[1].text == gap_channel_) {
    if (!list[2].text.starts_with(sender_)) topics_.miss(1);
    return;
  }
  if (list[0].text != "pmessage" || list.size() != 4 || !list[2].text.starts_with(prefix_)) return;
  const auto pattern = patterns_.find(list[1].text);
  if (pattern == patterns_.end()) return;
  arrived(pattern->second, std::string_view(list[2].text).substr(prefix_.size()), list[3].text);
}

void RedisBus::arrived(std::string_view key, std::string_view topic, std::string_view envelope) {
  const auto end = envelope.find('\n');
  if (end == envelope.npos || envelope.starts_with(sender_)) return;  // our own subscribers have had it
  topics_.deliver_to(key, {std::string(topic), std::string(envelope.substr(end + 1))});
}

// ---- publishing

void RedisBus::send(const std::string& topic, const std::string& payload) {
  auto* connection = commands();
  if (!connection) return sent(payload.size(), false);
  connection->send({"PUBLISH", channel_of(topic), sender_ + payload}, Clock::now(),
                   [this, bytes = payload.size()](const RedisReply* reply) {
                     sent(bytes, reply && reply->kind == RedisReply::Kind::number);
                   });
}

void RedisBus::sent(std::size_t bytes, bool arrived) {
  --in_flight_;
  in_flight_bytes_ -= bytes;
  if (!arrived) ++lost_;
}

void RedisBus::confess() {
  if (lost_.exchange(0) == 0) return;
  link_.commands().send({"PUBLISH", gap_channel_, sender_}, Clock::now(), [this](const RedisReply* reply) {
    if (!reply || reply->kind != RedisReply::Kind::number) ++lost_;
  });
}

}  // namespace

base::Result<std::unique_ptr<Bus>> make_redis_bus(RedisOptions options, base::LogSink& log) {
  GREENROOM_TRY(const auto address, parse_redis_url(options.url));
  GREENROOM_ASSERT(!options.node.empty() && options.node.find('\n') == std::string::npos);
  return std::make_unique<RedisBus>(std::move(options), address, log);
}

}  // namespace greenroom::bus

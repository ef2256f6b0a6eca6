// The whole of a call in virtual time: a shard or several with pipes between them, browsers, and a link each way
// between these and their shard. The loop is the one that app runs around a shard, with another drain and flush.
// Everything that happens follows from the seed.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/rng.hpp"
#include "sfu/branches.hpp"
#include "sfu/shard.hpp"
#include "sim/browser.hpp"
#include "sim/egress.hpp"
#include "sim/network.hpp"

namespace greenroom::sim {

// What the recorder was told of one track.
struct BackupLog {
  sfu::BackupTrackStarted started;
  std::vector<std::uint64_t> sequences;  // unwrapped, in order of arrival
  std::vector<std::uint32_t> times;
  std::vector<base::Bytes> packets;
  std::uint64_t sender_reports = 0;
  bool ended = false;
};

struct Sharding {
  std::uint16_t shards = 1;
  std::size_t split = 500;  // peers of a room on one of them
  std::size_t pipe_bytes = sfu::PipeLane::ring_bytes;
};
inline constexpr Sharding spread{3, 1};  // each person on another shard, as long as there is one

class World : private sfu::Branches::Shards {
 public:
  explicit World(std::uint64_t seed, std::unique_ptr<crypto::SecureChannelFactory> channels = nullptr,
                 sfu::ShardConfig config = {}, Sharding sharding = {});

  base::Instant now() const { return now_; }
  void run_for(base::Duration time);
  void run_until(base::Instant end);
  // Runs until the condition holds, at most so long.
  bool run_until(const std::function<bool()>& condition, base::Duration at_most);

  template <class Body>
  sfu::Reply call(Body body) {
    std::optional<sfu::Reply> reply;
    branches_.call(std::move(body), [&](auto result) { reply = sfu::Reply{0, std::move(result)}; });
    collect();
    return std::move(*reply);
  }
  // As call(), for what must succeed.
  template <class Answer, class Body>
  Answer ask(Body body);

  // ---- a call as people see it
  Browser& join(const std::string& name);
  void leave(const std::string& name);
  // `source`: what its appData says it is; the label, if nothing.
  sfu::ProducerId publish(const std::string& name, const std::string& label, SourceSettings settings,
                          const std::string& source = {});
  void unpublish(const std::string& name, const std::string& label);
  // `label` is "alice/cam". The consumer is resumed unless told otherwise.
  Sink& subscribe(const std::string& name, const std::string& label, bool resume = true);
  void subscribe_all();  // everyone to everything
  void resume(const std::string& name, const std::string& label);
  void pause(const std::string& name, const std::string& label);
  void restart_ice(const std::string& name);
  void start_backup(const std::string& recording, std::optional<std::set<std::string>> people = {});
  void stop_backup(const std::string& recording);
  Browser& browser(const std::string& name) { return *people_.at(name).browser; }
  bool present(const std::string& name) const { return people_.contains(name); }
  // What goes to `name` goes through the link to `other` from now on: one bottleneck for both.
  void share_down(const std::string& name, const std::string& other);
  Link& up(const std::string& name) { return people_.at(name).up; }      // from the browser
  Link& down(const std::string& name) { return people_.at(name).down; }  // to it
  sfu::PeerId peer(const std::string& name) const { return people_.at(name).peer; }
  sfu::ProducerId producer(const std::string& label) const { return producers_.at(label); }
  sfu::Stats stats(bool detailed = true);
  // Throws datagrams at the shard that nobody sent.
  void inject(const base::Address& from, base::Bytes datagram);

  // Called with true before and with false after the shard handles a datagram or advances.
  std::function<void(bool)> around_shard = [](bool) {};

  // Another shard in its place, that knows nothing; who was on it is heard of no more.
  void lose_shard(std::uint16_t shard);
  std::size_t shard_of(const std::string& name) const { return shard_at(people_.at(name).browser->side(true)); }

  const std::vector<sfu::Event>& events() const { return events_; }
  template <class T>
  std::vector<T> events_of() const {
    std::vector<T> found;
    for (const auto& e : events_) {
      if (const auto* match = std::get_if<T>(&e)) found.push_back(*match);
    }
    return found;
  }
  std::map<std::string, BackupLog>& backups() { return backups_; }  // by track
  const Egress& egress() const { return egress_; }
  base::Duration grain = std::chrono::microseconds(200);  // the loop turns at most so often
  base::Rng& rng() { return rng_; }
  const sfu::RoomId room{"room"};

 private:
  struct Person {
    std::unique_ptr<Browser> browser;
    sfu::PeerId peer;
    Link up, down;
    Person* through = nullptr;  // whose link `down` is used
  };
  struct Node {
    std::unique_ptr<sfu::Shard> shard;
    std::map<std::uint64_t, sfu::Branches::Answer> waiting;
  };
  // ---- of Branches
  std::size_t count() const override { return sharding_.shards; }
  double load(sfu::ShardIndex) const override { return 0; }
  void send(sfu::ShardIndex shard, sfu::CommandBody body, sfu::Branches::Answer answered) override;
  void join(sfu::ShardIndex a, sfu::ShardIndex b) override;
  void tell(const sfu::Event& event) override;

  base::Address address_of(std::size_t shard) const;
  std::size_t shard_at(const Browser::Side& side) const { return side.server_address.port - address_of(0).port; }
  void start(std::size_t shard);
  Person* person_at(const base::Address& address);
  void collect();
  bool collect(std::size_t shard);
  void step();
  void move_datagrams();
  void record(const sfu::BackupRecord& record);
  base::Instant next_event() const;

  base::SeededRng rng_;
  std::unique_ptr<crypto::SecureChannelFactory> channels_;
  sfu::ShardConfig config_;
  Sharding sharding_;
  std::vector<Node> nodes_;
  std::set<std::pair<sfu::ShardIndex, sfu::ShardIndex>> joined_;
  sfu::Branches branches_;
  base::Instant now_{std::chrono::seconds(1000)};
  std::uint16_t next_port_ = 1;
  std::uint64_t request_ = 0;
  std::vector<sfu::Event> events_;
  std::map<std::string, Person> people_;
  std::unordered_map<std::uint16_t, Person*> by_port_;  // of either side
  Egress egress_;
  std::map<std::string, sfu::ProducerId> producers_;  // by label
  std::map<std::string, BackupLog> backups_;
};

template <class Answer, class Body>
Answer World::ask(Body body) {
  auto reply = call(std::move(body));
  if (!reply.result)
    throw std::runtime_error(std::string(reply.result.error().code.name) + ": " + reply.result.error().what);
  return std::get<Answer>(std::move(*reply.result));
}

}  // namespace greenroom::sim

// The whole of a call in virtual time: one shard, browsers, and a link each way between them and the shard. The loop is
// the one that app runs around a shard, with another drain and flush. Everything that happens follows from the seed.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/rng.hpp"
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

class World {
 public:
  explicit World(std::uint64_t seed, std::unique_ptr<crypto::SecureChannelFactory> channels = nullptr,
                 sfu::ShardConfig config = {});

  base::Instant now() const { return now_; }
  void run_for(base::Duration time);
  void run_until(base::Instant end);
  // Runs until the condition holds, at most so long.
  bool run_until(const std::function<bool()>& condition, base::Duration at_most);

  template <class Body>
  sfu::Reply call(Body body) {
    shard_->handle({++request_, std::move(body)}, now_);
    collect();
    return std::move(replies_.at(request_));
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
  void start_backup(const std::string& recording);
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
  Person* person_at(const base::Address& address);
  void collect();
  void step();
  void move_datagrams();
  void record(const sfu::BackupRecord& record);
  base::Instant next_event() const;

  base::SeededRng rng_;
  std::unique_ptr<crypto::SecureChannelFactory> channels_;
  std::unique_ptr<sfu::Shard> shard_;
  base::Instant now_{std::chrono::seconds(1000)};
  base::Address server_ = base::Address::v4(127, 0, 0, 1, 40000);
  std::uint16_t next_port_ = 1;
  std::uint64_t request_ = 0;
  std::map<std::uint64_t, sfu::Reply> replies_;
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

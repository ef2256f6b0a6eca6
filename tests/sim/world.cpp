#include "sim/world.hpp"

#include <algorithm>

namespace greenroom::sim {

World::World(std::uint64_t seed, std::unique_ptr<crypto::SecureChannelFactory> channels, sfu::ShardConfig config,
             Sharding sharding)
    : rng_(seed),
      channels_(channels ? std::move(channels) : crypto::make_null_channel_factory()),
      config_(std::move(config)),
      sharding_(sharding),
      nodes_(sharding.shards),
      branches_(*this, {sharding.split, 0.7}) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) start(i);
  ask<sfu::RoomCreated>(sfu::CreateRoom{room});
}

// ---- shards

base::Address World::address_of(std::size_t shard) const {
  return base::Address::v4(127, 0, 0, 1, std::uint16_t(40000 + shard));
}

void World::start(std::size_t shard) {
  auto config = config_;
  config.announced = {address_of(shard)};
  nodes_[shard].shard = std::make_unique<sfu::Shard>(config, *channels_, rng_);
}

void World::send(sfu::ShardIndex shard, sfu::CommandBody body, sfu::Branches::Answer answered) {
  auto& node = nodes_[shard.value];
  node.waiting.emplace(++request_, std::move(answered));
  node.shard->handle({request_, std::move(body)}, now_);
}

void World::join(sfu::ShardIndex a, sfu::ShardIndex b) {
  if (!joined_.insert(std::minmax(a, b)).second) return;
  auto [end_of_a, end_of_b] = sfu::make_pipe(a, b, sharding_.pipe_bytes);
  nodes_[a.value].shard->attach(std::move(end_of_a));
  nodes_[b.value].shard->attach(std::move(end_of_b));
}

void World::tell(const sfu::Event& event) {
  if (const auto* closed = std::get_if<sfu::ConsumerClosed>(&event)) {
    for (auto& [name, person] : people_) {
      if (person.peer == closed->peer) person.browser->remove_sink(closed->consumer);
    }
  }
  events_.push_back(event);
}

void World::lose_shard(std::uint16_t shard) {
  std::erase_if(joined_, [&](const auto& pair) { return pair.first.value == shard || pair.second.value == shard; });
  nodes_[shard].waiting.clear();
  start(shard);
  branches_.lose({shard});
  collect();
}

// ---- the loop

void World::collect() {
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < nodes_.size(); ++i) more |= collect(i);
  }
}

// True when there was something that others may have to say something about.
bool World::collect(std::size_t shard) {
  bool said = false;
  for (sfu::Output output; nodes_[shard].shard->poll(output);) {
    if (auto* transmit = std::get_if<sfu::Transmit>(&output)) {
      auto* person = person_at(transmit->to);
      transmit->for_each([&](base::ByteView datagram) {
        egress_.note(transmit->to, datagram);
        if (!person) return;
        auto& link = person->through ? person->through->down : person->down;
        link.send({address_of(shard), transmit->to, base::Bytes(datagram.begin(), datagram.end())}, now_, rng_);
      });
    } else if (auto* reply = std::get_if<sfu::Reply>(&output)) {
      const auto answer = nodes_[shard].waiting.extract(reply->request_id);
      if (!answer.empty()) answer.mapped()(std::move(reply->result));
      said = true;
    } else if (auto* event = std::get_if<sfu::Event>(&output)) {
      branches_.hear(*event);
    } else if (const auto* backup = std::get_if<sfu::BackupRecord>(&output)) {
      record(*backup);
    }
  }
  return said;
}

void World::record(const sfu::BackupRecord& record) {
  if (const auto* started = std::get_if<sfu::BackupTrackStarted>(&record)) {
    backups_[started->track.str()].started = *started;
  } else if (const auto* packet = std::get_if<sfu::BackupPacket>(&record)) {
    auto& log = backups_.at(packet->track.str());
    const auto rtp = *wire::RtpView::parse(packet->rtp);
    const auto near = log.sequences.empty() ? wire::ExtSeq{0x10000} : wire::ExtSeq{log.sequences.back()};
    log.sequences.push_back((near + distance(rtp.sequence(), near.seq())).value);
    log.times.push_back(rtp.timestamp().value);
    log.packets.emplace_back(packet->rtp.begin(), packet->rtp.end());
  } else if (const auto* report = std::get_if<sfu::BackupSenderReport>(&record)) {
    ++backups_.at(report->track.str()).sender_reports;
  } else {
    backups_.at(std::get<sfu::BackupTrackEnded>(record).track.str()).ended = true;
  }
}

// What comes at one moment comes in one row, as a port has it.
void World::move_datagrams() {
  Datagram datagram;
  std::vector<std::vector<Datagram>> arrived(nodes_.size());
  for (auto& [name, person] : people_) {
    while (person.up.receive(datagram, now_)) {
      arrived[std::size_t(datagram.to.port - address_of(0).port)].push_back(std::move(datagram));
    }
    while (person.down.receive(datagram, now_)) {
      if (auto* receiver = person_at(datagram.to)) receiver->browser->deliver(datagram, now_);
    }
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    std::vector<base::Datagram> row;
    for (auto& each : arrived[i]) row.push_back({each.from, each.bytes});
    around_shard(true);
    nodes_[i].shard->deliver(row, now_);
    around_shard(false);
  }
  collect();
}

void World::step() {
  move_datagrams();
  for (auto& node : nodes_) {
    for (bool more = true; more;) {
      around_shard(true);
      node.shard->take_piped(now_);
      more = node.shard->advance(now_);
      around_shard(false);
      collect();
    }
  }
  for (auto& [name, person] : people_) {
    person.browser->advance(now_);
    for (Datagram datagram; person.browser->poll(datagram);) person.up.send(std::move(datagram), now_, rng_);
  }
}

base::Instant World::next_event() const {
  auto next = base::Instant::max();
  for (const auto& node : nodes_) next = std::min(next, node.shard->next_deadline());
  for (const auto& [name, person] : people_) {
    next = std::min({next, person.up.next_arrival(), person.down.next_arrival(), person.browser->next_deadline()});
  }
  return next;
}

void World::run_until(base::Instant end) {
  while (now_ < end) {
    step();
    now_ = std::min(end, std::max(next_event(), now_ + grain));
  }
}

void World::run_for(base::Duration time) { run_until(now_ + time); }

bool World::run_until(const std::function<bool()>& condition, base::Duration at_most) {
  for (const auto end = now_ + at_most; now_ < end;) {
    if (condition()) return true;
    run_for(std::chrono::milliseconds(5));
  }
  return condition();
}

// ---- a call

Browser& World::join(const std::string& name) {
  auto& person = people_[name];
  person.browser = std::make_unique<Browser>(name, base::Address::v4(10, 0, 0, 1, next_port_), *channels_, rng_);
  by_port_[next_port_] = by_port_[std::uint16_t(next_port_ + 1)] = &person;
  next_port_ = std::uint16_t(next_port_ + 2);
  person.peer = ask<sfu::Joined>(sfu::JoinRoom{room, name, name, device_capabilities()}).peer;
  for (const bool send : {true, false}) {
    const auto direction = send ? sfu::Direction::send : sfu::Direction::recv;
    const auto created = ask<sfu::TransportCreated>(sfu::CreateTransport{room, person.peer, direction});
    person.browser->open(send, created, now_);
    ask<sfu::Done>(sfu::ConnectTransport{room, person.peer, created.transport, person.browser->dtls_parameters()});
  }
  return *person.browser;
}

void World::leave(const std::string& name) {
  ask<sfu::Done>(sfu::LeaveRoom{room, peer(name)});
  std::erase_if(by_port_, [&](const auto& p) { return p.second == &people_.at(name); });
  people_.erase(name);
  std::erase_if(producers_, [&](const auto& p) { return p.first.starts_with(name + "/"); });
}

void World::share_down(const std::string& name, const std::string& other) {
  people_.at(name).through = &people_.at(other);
}

World::Person* World::person_at(const base::Address& address) {
  const auto found = by_port_.find(address.port);
  return found == by_port_.end() ? nullptr : found->second;
}

sfu::ProducerId World::publish(const std::string& name, const std::string& label, SourceSettings settings,
                               const std::string& source_name) {
  auto& person = people_.at(name);
  const auto kind = settings.video ? wire::MediaKind::video : wire::MediaKind::audio;
  auto& source = person.browser->add_source(label, std::move(settings));
  const auto id =
      ask<sfu::Produced>(sfu::Produce{room, person.peer, person.browser->side(true).id, kind, source.parameters(),
                                      boost::json::object{{"source", source_name.empty() ? label : source_name}}})
          .producer;
  person.browser->start(label);
  return producers_[name + "/" + label] = id;
}

void World::unpublish(const std::string& name, const std::string& label) {
  ask<sfu::Done>(sfu::CloseProducer{room, peer(name), producer(name + "/" + label)});
  producers_.erase(name + "/" + label);
  browser(name).remove_source(label);
}

Sink& World::subscribe(const std::string& name, const std::string& label, bool resume_it) {
  auto& person = people_.at(name);
  const auto consumed = ask<sfu::Consumed>(
      sfu::Consume{room, person.peer, person.browser->side(false).id, producer(label), device_capabilities()});
  auto& sink = person.browser->add_sink(label, consumed);
  if (resume_it) resume(name, label);
  return sink;
}

void World::subscribe_all() {
  for (auto& [name, person] : people_) {
    for (const auto& [label, id] : producers_) {
      if (!label.starts_with(name + "/") && !person.browser->sink(label)) subscribe(name, label);
    }
  }
}

void World::resume(const std::string& name, const std::string& label) {
  ask<sfu::Done>(sfu::ResumeConsumer{room, peer(name), browser(name).sink(label)->consumer});
}

void World::pause(const std::string& name, const std::string& label) {
  ask<sfu::Done>(sfu::PauseConsumer{room, peer(name), browser(name).sink(label)->consumer});
}

void World::restart_ice(const std::string& name) {
  for (const bool send : {true, false}) {
    const auto id = browser(name).side(send).id;
    browser(name).restart_ice(send, ask<sfu::IceRestarted>(sfu::RestartIce{room, peer(name), id}).ice_parameters);
  }
}

void World::start_backup(const std::string& recording, std::optional<std::set<std::string>> people) {
  ask<sfu::Done>(sfu::StartBackup{room, recording, std::move(people)});
}
void World::stop_backup(const std::string& recording) { ask<sfu::Done>(sfu::StopBackup{room, recording}); }

sfu::Stats World::stats(bool detailed) {
  return ask<sfu::Stats>(sfu::GetStats{detailed ? std::optional(room) : std::nullopt});
}

void World::inject(const base::Address& from, base::Bytes datagram) {
  nodes_[0].shard->deliver(from, datagram, now_);
  collect();
}

}  // namespace greenroom::sim

#include "load/crowd.hpp"

#include "crypto/dtls.hpp"
#include "load/process.hpp"
#include "net/clock.hpp"

namespace greenroom::load {
namespace {
using namespace std::chrono_literals;
constexpr int joining_stretch = 6;
// People do not send in step: what is due of all of them goes out four times a millisecond, so that the server's delays
// are not those of a millisecond's packets handed to it at once.
constexpr base::Duration send_interval = 250us, read_interval = 1ms, repair_interval = 5ms, leave_timeout = 20s;

Tally difference(const Tally& after, const Tally& before) {
  return {after.sent - before.sent,
          after.received - before.received,
          after.received_bytes - before.received_bytes,
          after.recovered - before.recovered,
          after.duplicates - before.duplicates,
          after.late - before.late,
          after.opened - before.opened,
          after.forged - before.forged,
          after.out_of_line - before.out_of_line,
          after.probes - before.probes,
          after.nacked - before.nacked,
          after.asked - before.asked,
          after.keyframes_asked - before.keyframes_asked,
          after.feedbacks - before.feedbacks};
}
}  // namespace

Crowd::Crowd(CrowdOptions options) : options_(std::move(options)) {}

Crowd::~Crowd() { timer_.cancel(); }

base::Result<std::unique_ptr<Crowd>> Crowd::open(CrowdOptions options) {
  std::unique_ptr<Crowd> crowd(new Crowd(std::move(options)));
  GREENROOM_CHECK_OK(crowd->begin());
  return crowd;
}

base::Status Crowd::begin() {
  allow_many_files();
  GREENROOM_TRY(auto certificate, crypto::DtlsCertificate::generate(net::wall_now()));
  channels_ = crypto::make_dtls_channel_factory(std::move(certificate));
  swarm_ = net::UdpSwarm::make(
      {.coalesce = options_.coalesce},
      [this](net::UdpSwarm::Member member, base::ByteSpan datagram, const net::UdpArrival& arrival) {
        if (auto* client = by_member_[member]) client->take(member, datagram, arrival);
      });
  arm();
  return {};
}

// ---- time

void Crowd::arm() {
  timer_ = loop_.after(send_interval, [this] {
    tick();
    arm();
  });
}

void Crowd::tick() {
  auto now = net::now();
  if (!senders_paused_)
    for (auto* publisher : publishers_) publisher->send_due(now, stretch_);
  if (now < next_read_) return;
  next_read_ = now + read_interval;
  swarm_->read();
  now = net::now();
  serve_slices(now);
  if (now < next_repair_) return;
  next_repair_ = now + repair_interval;
  repair_some(now);
  start_more(now);
}

// Each client has its turn once every feedback_ms, evenly spread.
void Crowd::serve_slices(base::Instant now) {
  const auto cycle = std::int64_t(options_.feedback_ms), slice = now.time_since_epoch() / 1ms;
  const auto first = std::max(last_slice_ + 1, slice - cycle + 1);
  for (auto at = first; at <= slice; ++at)
    for (auto i = std::size_t(at % cycle); i < started_; i += std::size_t(cycle)) clients_[i]->service(now);
  last_slice_ = slice;
}

void Crowd::repair_some(base::Instant now) {
  std::erase_if(to_repair_, [now](Client* client) { return !client->repair(now); });
}

void Crowd::start_more(base::Instant now) {
  for (auto* client : joining_) client->service(now);
  std::erase_if(joining_, [](const Client* client) { return client->settled() || client->failure(); });
  while (joining_.size() < options_.joining_max && started_ < clients_.size()) {
    auto* client = clients_[started_++].get();
    client->start(now);
    joining_.push_back(client);
    if (!client->plan().sends.empty()) publishers_.push_back(client);
  }
}

void Crowd::run_for(base::Duration time) {
  const auto end = net::now() + time;
  loop_.run_while([end] { return net::now() < end; });
}

// ---- joining and leaving

std::optional<std::string> Crowd::failure() const {
  for (const auto& client : clients_)
    if (client->failure()) return client->failure();
  return std::nullopt;
}

std::size_t Crowd::flowing() const {
  std::size_t total = 0;
  for (const auto& client : clients_) total += client->reception().flowing();
  return total;
}

base::Status Crowd::join(std::vector<ClientPlan> plans, std::size_t streams) {
  for (auto& plan : plans)
    clients_.push_back(std::make_unique<Client>(
        ClientPlace{
            loop_, {*swarm_, *channels_, rng_, capture_}, options_.server, tally_, latency_us_, by_member_, to_repair_},
        std::move(plan)));
  const auto deadline = net::now() + options_.join_timeout;
  std::optional<std::string> problem;
  auto next_look = net::now();
  bool done = false;
  stretch_ = joining_stretch;
  loop_.run_while([&] {
    const auto now = net::now();
    if (now < next_look) return true;  // looking at everybody costs
    next_look = now + 20ms;
    problem = failure();
    done = started_ == clients_.size() && joining_.empty() && flowing() >= streams;
    return !problem && !done && now < deadline;
  });
  stretch_ = 1;
  if (problem) return base::fail(join_failed, *problem);
  if (done) return {};
  return base::fail(join_failed,
                    fmt::format("only {} of {} streams arrive, {} of {} clients have begun, {} are waiting", flowing(),
                                streams, started_, clients_.size(), joining_.size()));
}

void Crowd::leave_all() {
  publishers_.clear();
  for (const auto& client : clients_) client->leave();
  const auto deadline = net::now() + leave_timeout;
  loop_.run_while(
      [&] { return net::now() < deadline && !std::ranges::all_of(clients_, [](const auto& c) { return c->gone(); }); });
  joining_.clear(), to_repair_.clear();
  clients_.clear();
  started_ = 0;
}

FloodTarget Crowd::flood_target() const {
  auto* link = clients_.front()->send_link();
  return {link->remote().address, link->remote().username_fragment,
          clients_.front()->publications().front()->numbers().ssrc, link};
}

// ---- measuring

std::int64_t Crowd::lost() const {
  std::int64_t total = 0;
  for (const auto& client : clients_) total += client->reception().lost();
  return total;
}

Window Crowd::measure(base::Duration time) {
  latency_us_.clear();
  const auto tally = tally_;
  const auto missing = lost();
  const auto overflow = swarm_->stats().overflow;
  const auto begun = net::now();
  const auto server = cpu_time(options_.pids), own = own_cpu_time();
  run_for(time);
  Window out;
  out.server_cpu = cpu_time(options_.pids) - server;
  out.own_cpu = own_cpu_time() - own;
  out.time = net::now() - begun;
  out.counted = difference(tally_, tally);
  out.lost = lost() - missing;
  out.overflow = swarm_->stats().overflow - overflow;
  out.latency_us_p50 = latency_us_.percentile(0.5);
  out.latency_us_p99 = latency_us_.percentile(0.99);
  return out;
}

Distribution Crowd::join_times() const {
  Distribution out;
  for (const auto& client : clients_) out.add(std::uint32_t(client->join_time().count()));
  return out;
}

Distribution Crowd::first_packets() const {
  Distribution out;
  for (const auto& client : clients_)
    for (const auto& wait : client->reception().waits()) out.add(std::uint32_t(wait.count()));
  return out;
}

}  // namespace greenroom::load

// A thousand uploads in virtual time over a network that cuts without a word, forgets answers, repeats requests and
// damages bytes, by clients that sleep for ten minutes in the middle of a request; against the real Uploads on a
// database and a disk (STO-01, STO-02, C-02, C-03). None may stay stuck or differ, and a newer request is never told to
// wait. The seed is printed; UPLOAD_SEED=n repeats a run, GREENROOM_UPLOADS=n is another number of them.
#include <map>

#include "base/test_number.hpp"
#include "blob/test_store.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "db/test_database.hpp"
#include "upload/uploads.hpp"

namespace greenroom::upload {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration server_silence = 30s;   // then the server gives a request up
constexpr base::Duration client_patience = 10s;  // then a client does
constexpr base::Duration nap = 10min;
constexpr base::Duration all_done_within = std::chrono::hours(24);
constexpr base::Duration takeover_max = 2s;

std::string hash_of(std::string_view text) { return crypto::to_hex(crypto::sha256(base::as_bytes(text))); }

struct Tally {
  int heads = 0, patches = 0, cut = 0, lost = 0, repeated = 0, damaged = 0, naps = 0, preempted = 0, takeovers = 0;
  int refused_at_once = 0;  // a request that knew the offset and was refused though nobody came between: never
  base::Duration takeover_longest{};
};

struct World {
  explicit World(std::uint64_t seed)
      : rng(seed),
        database(db::open_test_database(directory, migrations())),
        store(blob::open_test_store(directory.path() / "blobs")),
        uploads({*database, *store, [this] { return now; }, id_rng, log, {}}) {}

  void at(base::WallTime when, std::function<void()> what) { events.emplace(when, std::move(what)); }
  void after(base::Duration wait, std::function<void()> what) { at(now + wait, std::move(what)); }
  bool chance(unsigned percent) { return rng.below(100) < percent; }
  base::Duration between(base::Duration low, base::Duration high) {
    return low + base::Duration(std::int64_t(rng.below(std::uint64_t((high - low).count()) + 1)));
  }
  void run(base::WallTime until) {
    while (!events.empty() && events.begin()->first <= until) {
      auto event = events.extract(events.begin());
      now = event.key();
      event.mapped()();
    }
  }

  base::WallTime now = base::wall_from_micros(1'700'000'000'000'000);
  std::multimap<base::WallTime, std::function<void()>> events;
  base::SeededRng rng;
  crypto::SystemRng id_rng;
  base::NullLog log;
  db::TestDirectory directory;
  std::unique_ptr<db::Database> database;
  std::unique_ptr<blob::Store> store;
  Uploads uploads;
  Tally tally;
};

// What is left of a request on the server's side.
struct Endpoint {
  std::unique_ptr<Appender> appender;
  bool closed = false;
  base::WallTime heard;
};

// Who was last heard of at one upload, and what of it hangs at the server.
struct Door {
  std::uint64_t arrivals = 0;
  std::vector<std::weak_ptr<Endpoint>> open;

  bool anybody() const {
    for (const auto& one : open)
      if (const auto endpoint = one.lock(); endpoint && !endpoint->closed && endpoint->appender) return true;
    return false;
  }
};

struct Link {
  bool dead = false;          // nothing comes through any more, and nobody is told
  bool loses_answer = false;  // of the PATCH
  base::WallTime arrives;     // what is sent next comes no earlier
  std::shared_ptr<Endpoint> endpoint = std::make_shared<Endpoint>();
};

class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(World& world, std::string text, UploadId id, bool deferred, bool checked)
      : world_(world), text_(std::move(text)), id_(id), deferred_(deferred), checked_(checked) {}

  void start() { ask(); }
  bool done() const { return done_; }
  UploadId id() const { return id_; }
  const std::string& text() const { return text_; }
  std::function<void()> when_done;

 private:
  using Answer = base::Result<UploadInfo>;

  // --- the client's side ---
  void ask() {
    if (done_) return;
    const auto link = link_ = std::make_shared<Link>();
    link->dead = world_.chance(5);
    world_.tally.cut += link->dead;
    link->loses_answer = world_.chance(10);
    ++world_.tally.heads;
    be_patient(client_patience);
    deliver(link, [this, link] {
      const auto number = ++door_.arrivals;
      const bool taken_over = door_.anybody();
      const auto began = world_.now;
      auto info = world_.uploads.head(id_);
      EXPECT_TRUE(info) << info.error().what;
      answer(link,
             [this, link, number, taken_over, began, info] { offset_known(link, *info, number, taken_over, began); });
    });
  }

  void offset_known(const std::shared_ptr<Link>& link, const UploadInfo& info, std::uint64_t number, bool taken_over,
                    base::WallTime began) {
    if (link != link_ || done_) return;
    if (info.complete) return finished();
    send(link, info.offset, {number, taken_over, began});
  }

  struct Asked {
    std::uint64_t number;  // of the HEAD among all requests that reached this upload
    bool took_over;
    base::WallTime began;
  };

  void send(const std::shared_ptr<Link>& link, std::uint64_t offset, const Asked& asked) {
    const auto size = std::min<std::uint64_t>(text_.size() - offset, 500 + world_.rng.below(6'000));
    std::string body = text_.substr(offset, size);
    Patch patch{offset, size, {}};
    if (deferred_ && offset + size == text_.size()) patch.declared_length = text_.size();
    if (checked_) {
      const auto digest = crypto::sha1(base::as_bytes(body));
      patch.checksum = wire::Checksum{wire::ChecksumAlgorithm::sha1, {digest.begin(), digest.end()}};
      if (size > 0 && world_.chance(10)) ++world_.tally.damaged, body[world_.rng.below(size)] ^= 0x20;
    }
    ++world_.tally.patches;
    if (world_.chance(8)) repeat(patch, body);
    transmit(link, patch, body, asked);
  }

  // The whole request once more, by something between the two that tries too hard; its answer goes nowhere.
  void repeat(const Patch& patch, const std::string& body) {
    ++world_.tally.repeated;
    const auto ghost = std::make_shared<Link>();
    world_.after(world_.between(0s, 40s),
                 [self = shared_from_this(), ghost, patch, body] { self->transmit(ghost, patch, body, std::nullopt); });
  }

  void transmit(const std::shared_ptr<Link>& link, const Patch& patch, const std::string& body,
                std::optional<Asked> asked) {
    deliver(link, [this, link, patch, asked] { arrive(link, patch, asked); });
    base::Duration wait{};
    const bool dies = world_.chance(10), sleeps = asked && world_.chance(6);
    const auto where = world_.rng.below(body.size() + 1);
    for (std::size_t at = 0; at < body.size();) {
      const auto size = std::min<std::size_t>(body.size() - at, 1 + world_.rng.below(1'500));
      wait += world_.between(1ms, 50ms);
      if (sleeps && at <= where && where < at + size) ++world_.tally.naps, wait += nap;
      const bool cut = dies && at <= where && where < at + size;
      world_.after(wait, [self = shared_from_this(), link, piece = body.substr(at, size), cut] {
        if (cut && !link->dead) ++self->world_.tally.cut, link->dead = true;
        self->deliver(link, [self = self.get(), link, piece] { self->write(link, piece); });
      });
      at += size;
    }
    world_.after(wait, [self = shared_from_this(), link] {
      self->deliver(link, [self = self.get(), link] { self->end(link); });
    });
    if (asked) be_patient(wait + client_patience);
  }

  void answered(const std::shared_ptr<Link>& link, const Answer& answer) {
    if (link != link_ || done_) return;
    if (answer && answer->complete) return finished();
    if (!answer) world_.tally.preempted += answer.error().code == error_preempted;
    ask_again(answer ? base::Duration(0) : world_.between(100ms, 3s));
  }

  void finished() {
    done_ = true;
    if (when_done) when_done();
  }

  void ask_again(base::Duration wait) {
    link_.reset();
    ++patience_;
    world_.after(wait, [self = shared_from_this()] { self->ask(); });
  }

  void be_patient(base::Duration patience) {
    world_.after(patience, [self = shared_from_this(), number = ++patience_] {
      if (self->done_ || self->patience_ != number) return;
      self->ask_again(self->world_.between(0s, 2s));
    });
  }

  // --- the network: in order, late, or not at all ---
  void deliver(const std::shared_ptr<Link>& link, std::function<void()> what) {
    if (link->dead) return;
    link->arrives = std::max(link->arrives, world_.now + world_.between(5ms, 200ms));
    world_.at(link->arrives, [self = shared_from_this(), link, what = std::move(what)] {
      if (!link->dead) what();
    });
  }
  void answer(const std::shared_ptr<Link>& link, std::function<void()> what) {
    if (link->dead) return;
    world_.after(world_.between(5ms, 200ms), [self = shared_from_this(), what = std::move(what)] { what(); });
  }
  void reply(const std::shared_ptr<Link>& link, Answer result) {
    link->endpoint->closed = true;
    link->endpoint->appender.reset();
    if (link->loses_answer) return void(++world_.tally.lost);
    answer(link, [this, link, result = std::move(result)] { answered(link, result); });
  }

  // --- the server's side ---
  void arrive(const std::shared_ptr<Link>& link, const Patch& patch, const std::optional<Asked>& asked) {
    const bool nobody_between = asked && asked->number == door_.arrivals;
    ++door_.arrivals;
    const bool taken_over = door_.anybody() || (asked && asked->took_over);
    auto appender = world_.uploads.open_append(id_, patch);
    if (nobody_between && !appender) ++world_.tally.refused_at_once;
    if (!appender) return reply(link, tl::unexpected(appender.error()));
    if (nobody_between && taken_over) {
      ++world_.tally.takeovers;
      world_.tally.takeover_longest = std::max(world_.tally.takeover_longest, world_.now - asked->began);
    }
    link->endpoint->appender = std::move(*appender);
    door_.open.push_back(link->endpoint);
    hear(link);
  }

  void write(const std::shared_ptr<Link>& link, const std::string& piece) {
    if (link->endpoint->closed) return reset(link);
    if (auto status = link->endpoint->appender->write(base::as_bytes(piece)); !status)
      return reply(link, tl::unexpected(status.error()));
    hear(link);
  }

  void end(const std::shared_ptr<Link>& link) {
    if (link->endpoint->closed) return reset(link);
    reply(link, link->endpoint->appender->finish());
  }

  // The connection has been closed: whoever still sends learns so.
  void reset(const std::shared_ptr<Link>& link) {
    answer(link, [this, link] { answered(link, base::fail(error_preempted, "reset")); });
  }

  void hear(const std::shared_ptr<Link>& link) {
    link->endpoint->heard = world_.now;
    world_.after(server_silence, [endpoint = link->endpoint, heard = world_.now] {
      if (endpoint->closed || endpoint->heard != heard) return;
      endpoint->closed = true;
      endpoint->appender.reset();
    });
  }

  World& world_;
  const std::string text_;
  const UploadId id_;
  const bool deferred_;
  const bool checked_;
  bool done_ = false;
  std::shared_ptr<Link> link_;
  std::uint64_t patience_ = 0;
  Door door_;
};

std::string random_text(base::Rng& rng) {
  std::string text(rng.below(12'000), '\0');
  for (char& c : text) c = char(rng.u64());
  return text;
}

std::shared_ptr<Client> make_client(World& world, std::string text, std::string concat) {
  const bool deferred = world.chance(30);
  const auto length = deferred ? std::nullopt : std::optional<std::uint64_t>(text.size());
  const auto info = world.uploads.create({"participant/x", "a/b", "", length, std::move(concat)});
  EXPECT_TRUE(info);
  return std::make_shared<Client>(world, std::move(text), info->id, deferred, world.chance(30));
}

void expect_whole(World& world, UploadId id, const std::string& text) {
  const auto info = world.uploads.find(id);
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->complete);
  EXPECT_EQ(info->sha256, hash_of(text));
  auto reader = world.store->open(blob_name(id));
  ASSERT_TRUE(reader);
  std::string stored((*reader)->size().value, '\0');
  EXPECT_TRUE((*reader)->read(0, {reinterpret_cast<std::uint8_t*>(stored.data()), stored.size()}));
  EXPECT_TRUE(stored == text) << id.str();
}

// A file in parts of its own uploads, joined when the last of them is there.
struct Parts {
  std::vector<std::shared_ptr<Client>> clients;
  std::optional<UploadId> whole;

  void join_when_done(World& world) {
    for (const auto& client : clients)
      if (!client->done()) return;
    std::vector<UploadId> ids;
    for (const auto& client : clients) ids.push_back(client->id());
    const auto info = world.uploads.create({"participant/x", "a/b", "", {}, "final;...", ids});
    ASSERT_TRUE(info) << info.error().what;
    whole = info->id;
  }
  std::string text() const {
    std::string all;
    for (const auto& client : clients) all += client->text();
    return all;
  }
};

TEST(UploadNetwork, AThousandUploadsOverABadNetwork) {
  const auto seed = base::test_number("UPLOAD_SEED", crypto::SystemRng().u64());
  const auto uploads = base::test_number("GREENROOM_UPLOADS", 1000);
  SCOPED_TRACE(testing::Message() << "UPLOAD_SEED=" << seed);
  RecordProperty("seed", std::to_string(seed));
  World world(seed);
  std::vector<std::shared_ptr<Client>> alone;
  std::vector<std::shared_ptr<Parts>> joined;
  std::size_t made = 0;
  const auto start = [&](const std::shared_ptr<Client>& client) {
    ++made;
    world.after(world.between(0s, 60s), [client] { client->start(); });
  };
  while (made < uploads) {
    if (!world.chance(5)) {
      alone.push_back(make_client(world, random_text(world.rng), ""));
      start(alone.back());
      continue;
    }
    auto parts = joined.emplace_back(std::make_shared<Parts>());
    for (int i = 0; i < 3; ++i) {
      const auto& client = parts->clients.emplace_back(make_client(world, random_text(world.rng), "partial"));
      client->when_done = [&world, one = parts.get()] { one->join_when_done(world); };
      start(client);
    }
  }
  world.run(world.now + all_done_within);

  for (const auto& client : alone) {
    ASSERT_TRUE(client->done()) << "stuck: " << client->id().str();
    expect_whole(world, client->id(), client->text());
  }
  for (const auto& parts : joined) {
    ASSERT_TRUE(parts->whole);
    expect_whole(world, *parts->whole, parts->text());
  }
  const Tally& tally = world.tally;
  EXPECT_EQ(tally.refused_at_once, 0);
  EXPECT_LT(tally.takeover_longest, takeover_max);
  for (const int seen : {tally.cut, tally.lost, tally.repeated, tally.damaged, tally.naps, tally.takeovers})
    EXPECT_GT(seen, int(uploads / 50));  // else the network was better than it should be
  fmt::print(
      "seed {}: {} uploads, {} HEAD, {} PATCH; {} cut, {} answers lost, {} requests repeated, {} damaged, {} naps, {} "
      "preempted; {} takeovers, the longest {} ms\n",
      seed, made, tally.heads, tally.patches, tally.cut, tally.lost, tally.repeated, tally.damaged, tally.naps,
      tally.preempted, tally.takeovers,
      std::chrono::duration_cast<std::chrono::milliseconds>(tally.takeover_longest).count());
}

}  // namespace
}  // namespace greenroom::upload

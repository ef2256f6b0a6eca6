// A whole studio in a directory of its own, with a clock that stands still until it is moved: for tests here and in
// api.
#pragma once
#include "base/assert.hpp"
#include "blob/test_store.hpp"
#include "bus/bus.hpp"
#include "db/test_database.hpp"
#include "jobs/queue.hpp"
#include "people/test_people.hpp"
#include "studio/studio.hpp"

namespace greenroom::studio {

using people::LockedRng;

struct RecordedControl final : RecordingControl {
  void start_backup(SessionId, const TakeInProgress& take) override {
    started.push_back(take.id);
    recorded.insert(take.agreed.begin(), take.agreed.end());
  }
  void stop_backup(SessionId, TakeId take) override { stopped.push_back(take); }
  std::vector<TakeId> started, stopped;
  std::set<ParticipantId> recorded;
};

// What a process has while it lives. Made anew over the same directory, it is a restart.
struct TestProcess {
  explicit TestProcess(const db::TestDirectory& directory, base::WallTime at)
      : now(at),
        rng(std::uint64_t(base::to_micros(at))),
        database(db::open_test_database(directory, all_migrations())),
        store(blob::open_test_store(directory.path() / "blobs")),
        bus(bus::make_local_bus()),
        uploads({*database, *store, [this] { return now; }, rng, log, {}}),
        queue(*database, rng),
        people({*database, base::Bytes(32, 7), [this] { return now; }, rng, log, post,
                [] { return std::string("https://studio.test"); }, true, people::test_limits()}),
        studio({*database,
                *store,
                *bus,
                uploads,
                queue,
                people,
                directory.path(),
                base::Bytes(32, 7),
                [this] { return now; },
                rng,
                log,
                &recording,
                {},
                blob::test_keys()}) {}

  // The first owner, signed in.
  Actor owner() {
    const std::string token = **people.make_setup_token();
    auto in = people.set_up({token, "Ada", "Ada@Example.org", "correct horse"}, {});
    GREENROOM_ASSERT(in.has_value());
    return *people.user_of(in->tokens.access);
  }

  base::WallTime now;
  LockedRng rng;
  base::NullLog log;
  RecordedControl recording;
  std::unique_ptr<db::Database> database;
  std::unique_ptr<blob::Store> store;
  std::unique_ptr<bus::Bus> bus;
  upload::Uploads uploads;
  jobs::Queue queue;
  notify::TestPost post;
  people::People people;
  Studio studio;
};

}  // namespace greenroom::studio

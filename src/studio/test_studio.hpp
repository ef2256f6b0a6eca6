// A whole studio in a directory of its own, with a clock that stands still until it is moved: for tests here and in
// api.
#pragma once
#include <mutex>

#include "base/assert.hpp"
#include "bus/bus.hpp"
#include "db/test_database.hpp"
#include "jobs/queue.hpp"
#include "studio/studio.hpp"

namespace greenroom::studio {

// Repeatable, and thread-safe as Studio wants it.
class LockedRng final : public base::Rng {
 public:
  explicit LockedRng(std::uint64_t seed) : rng_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    std::lock_guard guard(lock_);
    rng_.fill(out);
  }

 private:
  std::mutex lock_;
  base::SeededRng rng_;
};

struct RecordedControl final : RecordingControl {
  void start_backup(SessionId, TakeId take) override { started.push_back(take); }
  void stop_backup(SessionId, TakeId take) override { stopped.push_back(take); }
  std::vector<TakeId> started, stopped;
};

// What a process has while it lives. Made anew over the same directory, it is a restart.
struct TestProcess {
  explicit TestProcess(const db::TestDirectory& directory, base::WallTime at)
      : now(at),
        rng(std::uint64_t(base::to_micros(at))),
        database(db::open_test_database(directory, all_migrations())),
        store(std::move(*blob::open_disk_store(directory.path() / "blobs"))),
        bus(bus::make_local_bus()),
        uploads({*database, *store, [this] { return now; }, rng, log, {}}),
        queue(*database, rng),
        studio({*database, *store, *bus, uploads, queue, directory.path(), base::Bytes(32, 7), [this] { return now; },
                rng, log, &recording, limits()}) {}

  static StudioLimits limits() {
    StudioLimits limits;
    limits.password_cost = crypto::PasswordCost::cheapest();
    return limits;
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
  Studio studio;
};

}  // namespace greenroom::studio

// Durable commits a second: a job pushed, leased, reported on and finished is four.
#include <benchmark/benchmark.h>

#include "db/test_database.hpp"
#include "jobs/queue.hpp"

namespace {

using namespace greenroom;

void job_life(benchmark::State& state) {
  db::TestDirectory directory;
  auto database = db::open_test_database(directory, jobs::migrations());
  base::SeededRng rng(1);
  jobs::Queue queue(*database, rng);
  auto now = base::wall_from_micros(1'700'000'000'000'000);
  for (auto _ : state) {
    now += std::chrono::milliseconds(1);
    const auto id = database->write([&](db::Transaction& tx) { return queue.push(tx, {"compose", "take/1"}, now); });
    const auto lease = queue.lease(*id, now);
    (void)queue.report(*lease, {0.5, "mix", {}}, now);
    (void)database->write([&](db::Transaction& tx) { return queue.finish(tx, *lease, now); });
  }
  state.SetItemsProcessed(state.iterations() * 4);
}
BENCHMARK(job_life)->UseRealTime();

}  // namespace

// The list of sessions in a workspace that has 10,000 of them, each with its link and every tenth with a result: the
// first page, a page in the middle, and filters that match few.
#include <benchmark/benchmark.h>

#include "studio/detail/rows.hpp"
#include "studio/test_studio.hpp"

namespace {

using namespace greenroom;
using namespace greenroom::studio;

constexpr int sessions_count = 10'000;

struct BigWorkspace {
  BigWorkspace() {
    const auto status = process.database->write([this](db::Transaction& tx) -> base::Status {
      for (int i = 0; i < sessions_count; ++i) GREENROOM_CHECK_OK(add(tx, i));
      return {};
    });
    GREENROOM_ASSERT(status.has_value());
  }

  base::Status add(db::Transaction& tx, int i) {
    process.now += std::chrono::seconds(1);
    SessionRow row;
    row.id = SessionId::make(process.now, process.rng);
    row.workspace = std::get<UserActor>(owner).workspace;
    row.created_by = std::get<UserActor>(owner).user;
    row.created_at = row.since = process.now;
    row.title = "Episode";
    row.kind = SessionKind(i % 3);
    row.state = i % 10 == 0 ? SessionState::ready : SessionState::scheduled;
    if (i == sessions_count / 2) middle = row.id.str();
    if (i < 5) row.project = project;
    GREENROOM_CHECK_OK(sessions::insert(tx, row));
    const InviteRow invite{InviteId::make(process.now, process.rng), row.id.str(), row.id, {}, process.now, {}, 0, {}};
    GREENROOM_CHECK_OK(invites::insert(tx, invite));
    if (row.state != SessionState::ready) return {};
    TakeRow take;
    take.id = TakeId::make(process.now, process.rng);
    take.session = row.id;
    take.state = TakeState::ready;
    take.started_at = process.now;
    take.stopped_at = process.now + std::chrono::minutes(30);
    GREENROOM_CHECK_OK(takes::insert(tx, take));
    AssetRow thumbnail;
    thumbnail.id = AssetId::make(process.now, process.rng);
    thumbnail.take = take.id;
    thumbnail.kind = AssetKind::thumbnail;
    return assets::insert(tx, thumbnail);
  }

  db::TestDirectory directory;
  TestProcess process{directory, base::wall_from_micros(1'700'000'000'000'000)};
  Actor owner = process.owner();
  ProjectId project = process.studio.create_project(owner, {.name = "Old show"})->id;
  std::string middle;
};

void list(benchmark::State& state, const std::function<SessionFilter(BigWorkspace&)>& filter) {
  static BigWorkspace workspace;
  const SessionFilter asked = filter(workspace);
  std::size_t items = 0;
  for (auto _ : state) items = workspace.process.studio.sessions(workspace.owner, asked)->items.size();
  state.counters["items"] = double(items);
}

BENCHMARK_CAPTURE(list, first_100, [](BigWorkspace&) { return SessionFilter{.limit = 100}; })->UseRealTime();
BENCHMARK_CAPTURE(list, middle_100, [](BigWorkspace& w) {
  return SessionFilter{.limit = 100, .cursor = w.middle};
})->UseRealTime();
BENCHMARK_CAPTURE(list, ready_100, [](BigWorkspace&) {
  return SessionFilter{.limit = 100, .state = SessionState::ready};
})->UseRealTime();
BENCHMARK_CAPTURE(list, none_live, [](BigWorkspace&) {
  return SessionFilter{.limit = 100, .state = SessionState::live};
})->UseRealTime();
BENCHMARK_CAPTURE(list, five_of_a_project, [](BigWorkspace& w) {
  return SessionFilter{.limit = 100, .project_id = w.project};
})->UseRealTime();

}  // namespace

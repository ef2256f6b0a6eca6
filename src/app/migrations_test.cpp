// Every earlier version of the tables, with rows in all of them, comes forward to this one; two processes may try at
// once.
#include <gtest/gtest.h>

#include <thread>

#include "app/test_rows.hpp"
#include "db/test_database.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {
namespace {

const base::WallTime migrated_at = base::wall_from_micros(1);

std::map<std::string, std::string> values_of(db::Database& database) {
  auto values = database.read([](db::Transaction& tx) { return all_values(tx); });
  EXPECT_TRUE(values) << (values ? "" : values.error().context);
  return values.value_or(std::map<std::string, std::string>());
}

TEST(Migrations, FromEveryEarlierVersionWithRows) {
  const auto all = studio::all_migrations();
  for (std::size_t version = 1; version <= all.size(); ++version) {
    SCOPED_TRACE(fmt::format("from version {}, {}", version, all[version - 1].name));
    const db::TestDirectory directory;
    const auto earlier = std::span(all).first(version);
    const auto database = db::open_test_database(directory, earlier);
    const auto added = database->write([&](db::Transaction& tx) { return add_rows(tx, earlier); });
    ASSERT_TRUE(added) << added.error().context;
    const auto before = values_of(*database);
    const auto ran = db::migrate(*database, all, migrated_at);
    ASSERT_TRUE(ran) << ran.error().context;
    EXPECT_EQ(std::size_t(*ran), all.size() - version);
    auto after = values_of(*database);
    for (const auto& [column, values] : before) {
      EXPECT_FALSE(values.empty()) << column;
      if (after.contains(column)) {
        EXPECT_EQ(after[column], values) << column;
      }
    }
  }
}

TEST(Migrations, OfTwoProcessesAtOnceEachRunsOnce) {
  const auto all = studio::all_migrations();
  const db::TestDirectory directory;
  static_cast<void>(db::open_test_database(directory));
  std::atomic<int> ran = 0, failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto own = db::Database::open(db::test_options(directory.path()));
      const auto done = own ? db::migrate(**own, all, migrated_at) : tl::unexpected(own.error());
      if (done)
        ran += *done;
      else
        ++failed;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(std::size_t(ran), all.size());
}

}  // namespace
}  // namespace greenroom::app

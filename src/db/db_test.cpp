#include "db/db.hpp"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/describe/enum.hpp>
#include <stdexcept>
#include <thread>

#include "db/enum_column.hpp"
#include "db/test_database.hpp"

namespace greenroom::db {
namespace {

enum class Colour { red, class_ };
BOOST_DESCRIBE_ENUM(Colour, red, class_)
struct ThingTag;
using ThingId = base::Id<ThingTag>;

const std::vector<Migration> tables = {{"test.1-things",
                                        {"CREATE TABLE things (id TEXT PRIMARY KEY, n BIGINT, x DOUBLE PRECISION, "
                                         "t TEXT, b BYTEA)",
                                         "CREATE TABLE counters (name TEXT PRIMARY KEY, n BIGINT NOT NULL)"}}};

class DatabaseTest : public testing::Test {
 protected:
  std::int64_t counter(Database& database) {
    auto n = database.read([](Transaction& tx) { return tx.scalar<std::int64_t>("SELECT n FROM counters"); });
    return n && *n ? **n : -1;
  }
  base::Status count(Database& database) {
    return database.write([](Transaction& tx) -> base::Status {
      GREENROOM_TRY(auto n, tx.scalar<std::int64_t>("SELECT n FROM counters WHERE name = $1", {"c"}));
      GREENROOM_CHECK_OK(tx.run("UPDATE counters SET n = $2 WHERE name = $1", {"c", n.value_or(0) + 1}));
      return {};
    });
  }
  void start_counter(Database& database) {
    ASSERT_TRUE(database.write([](Transaction& tx) { return tx.run("INSERT INTO counters VALUES ('c', 0)"); }));
  }
  TestDirectory directory_;
};

TEST_F(DatabaseTest, EveryTypeComesBackAsItWasStored) {
  auto database = open_test_database(directory_, tables);
  base::SeededRng rng(1);
  const auto id = ThingId::make(base::wall_from_micros(5'000'000), rng);
  const base::Bytes bytes{0, 1, 0, 255};
  const std::string text = "with 'quote', \\, \n and ü";
  ASSERT_TRUE(database->write([&](Transaction& tx) {
    return tx.run("INSERT INTO things (b, id, t, x, n) VALUES ($5, $1, $4, $3, $2)",
                  {id, base::wall_from_micros(-7), 1.5, text, bytes});
  }));
  const auto read = [&](Row& row) {
    EXPECT_EQ(row.next<ThingId>(), id);
    EXPECT_EQ(row.next<base::WallTime>(), base::wall_from_micros(-7));
    EXPECT_EQ(row.next<double>(), 1.5);
    EXPECT_EQ(row.next<std::string>(), text);
    EXPECT_EQ(row.next<base::Bytes>(), bytes);
    return true;
  };
  auto found = database->read([&](Transaction& tx) { return tx.one("SELECT id, n, x, t, b FROM things", {}, read); });
  ASSERT_TRUE(found && *found);
}

TEST_F(DatabaseTest, EnumsOptionalsAndMismatches) {
  auto database = open_test_database(directory_, tables);
  ASSERT_TRUE(database->write([&](Transaction& tx) {
    return tx.run("INSERT INTO things (id, t, n) VALUES ('x', $1, $2)", {Colour::class_, std::optional<int>()});
  }));
  auto colour = database->read([](Transaction& tx) { return tx.scalar<Colour>("SELECT t FROM things"); });
  EXPECT_EQ(**colour, Colour::class_);
  auto text = database->read([](Transaction& tx) { return tx.scalar<std::string>("SELECT t FROM things"); });
  EXPECT_EQ(**text, "class");
  auto none = database->read([](Transaction& tx) { return tx.scalar<std::optional<int>>("SELECT n FROM things"); });
  EXPECT_EQ(**none, std::nullopt);
  auto wrong = database->read([](Transaction& tx) { return tx.scalar<ThingId>("SELECT id FROM things"); });
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, error_corrupt);
}

TEST_F(DatabaseTest, AnErrorInTheBodyLeavesNoTraceAndTellsNobody) {
  auto database = open_test_database(directory_, tables);
  start_counter(*database);
  bool told = false;
  auto status = database->write([&](Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(tx.run("UPDATE counters SET n = 9"));
    tx.after_commit([&] { told = true; });
    return base::fail(error_failed, "no");
  });
  EXPECT_FALSE(status);
  EXPECT_FALSE(told);
  EXPECT_EQ(counter(*database), 0);
  ASSERT_TRUE(database->write([&](Transaction& tx) -> base::Status {
    tx.after_commit([&] { told = counter(*database) == 0; });  // the reader sees a committed world
    return {};
  }));
  EXPECT_TRUE(told);
}

TEST_F(DatabaseTest, ErrorsHaveKinds) {
  auto database = open_test_database(directory_, tables);
  start_counter(*database);
  auto twice = database->write([](Transaction& tx) { return tx.run("INSERT INTO counters VALUES ('c', 0)"); });
  EXPECT_EQ(twice.error().code, error_constraint);
  auto nonsense = database->write([](Transaction& tx) { return tx.run("SELEKT"); });
  EXPECT_EQ(nonsense.error().code, error_failed);
  auto reader = database->read([](Transaction& tx) { return tx.run("UPDATE counters SET n = 1"); });
  EXPECT_FALSE(reader);
  auto nowhere = Database::open({.path = "/nonexistent/greenroom.db"});
  EXPECT_EQ(nowhere.error().code, error_io);
}

TEST_F(DatabaseTest, NoFileOfGarbageIsTakenForADatabase) {
  const auto path = directory_.path() / "greenroom.db";
  FILE* file = fopen(path.c_str(), "w");
  for (int i = 0; i < 1000; ++i) fputs("this is no database ", file);
  fclose(file);
  auto opened = Database::open({.path = path.string()});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, error_corrupt);
}

TEST_F(DatabaseTest, FourWritersInOneProcessLoseNothing) {
  auto database = open_test_database(directory_, tables);
  start_counter(*database);
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) failed += count(*database) ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(counter(*database), 200);
}

TEST_F(DatabaseTest, FourConnectionsOfTheirOwnLoseNothing) {
  auto first = open_test_database(directory_, tables);
  start_counter(*first);
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int t = 0; t < 4; ++t) {  // as four processes would
    threads.emplace_back([&] {
      auto own = open_test_database(directory_, tables);
      for (int i = 0; i < 50; ++i) failed += count(*own) ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(counter(*first), 200);
}

TEST_F(DatabaseTest, KilledWriterLosesNoCommitThatReturned) {
  { start_counter(*open_test_database(directory_, tables)); }
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto database = open_test_database(directory_, tables);
    for (;;) {
      if (!count(*database)) _exit(1);
      if (write(pipe_ends[1], "c", 1) != 1) _exit(1);
    }
  }
  close(pipe_ends[1]);
  char byte = 0;
  int acknowledged = 0;
  while (acknowledged < 40 && read(pipe_ends[0], &byte, 1) == 1) ++acknowledged;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(pipe_ends[0], &byte, 1) == 1) ++acknowledged;
  close(pipe_ends[0]);
  EXPECT_GE(acknowledged, 40);
  EXPECT_GE(counter(*open_test_database(directory_, tables)), acknowledged);
}

TEST_F(DatabaseTest, MigrationsRunOnceAndMayNotChange) {
  const auto now = base::wall_from_micros(1);
  auto database = open_test_database(directory_, tables);
  EXPECT_EQ(*migrate(*database, tables, now), 0);
  std::vector<Migration> more = tables;
  more.push_back({"test.2-more", {"ALTER TABLE things ADD COLUMN more TEXT"}});
  EXPECT_EQ(*migrate(*database, more, now), 1);
  more[0].statements.push_back("SELECT 1");
  EXPECT_EQ(migrate(*database, more, now).error().code, error_migration);
}

TEST_F(DatabaseTest, AFailedMigrationLeavesNothing) {
  auto database = open_test_database(directory_, tables);
  const std::vector<Migration> bad = {{"test.2-bad", {"CREATE TABLE half (x BIGINT)", "CREATE TABEL"}}};
  EXPECT_FALSE(migrate(*database, bad, base::wall_from_micros(1)));
  const std::vector<Migration> good = {{"test.2-bad", {"CREATE TABLE half (x BIGINT)"}}};
  EXPECT_EQ(*migrate(*database, good, base::wall_from_micros(1)), 1);
}

// Several that write at once are committed together; what one does wrong is its own affair.
TEST_F(DatabaseTest, WritersAtOnceShareNothingButTheCommit) {
  auto database = open_test_database(directory_, tables);
  constexpr int writers = 8, rounds = 40;
  std::atomic<int> told = 0, failed = 0, thrown = 0, wrong = 0;
  const auto write = [&](int writer, int round) {
    const int kind = (writer + round) % 4;
    const auto name = fmt::format("{}-{}", writer, round);
    const auto status = database->write([&](Transaction& tx) -> base::Status {
      GREENROOM_CHECK_OK(tx.run("INSERT INTO counters VALUES ($1, $2)", {name, round}));
      tx.after_commit([&] { ++told; });
      if (kind == 1) return base::fail(error_failed, "no");
      if (kind == 2) throw std::runtime_error("no");
      if (kind == 3) GREENROOM_CHECK_OK(tx.run("INSERT INTO counters VALUES ($1, 1)", {name}));
      return {};
    });
    status ? wrong += kind != 0 : ++failed;
    if (kind == 3 && (status || status.error().code != error_constraint)) ++wrong;
    const auto there =
        database->read([&](Transaction& tx) { return tx.any("SELECT n FROM counters WHERE name = $1", {name}); });
    if (!there || *there != (kind == 0)) ++wrong;
  };
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      for (int round = 0; round < rounds; ++round) {
        try {
          write(writer, round);
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(told, writers * rounds / 4);
  EXPECT_EQ(failed, writers * rounds / 2);
  EXPECT_EQ(thrown, writers * rounds / 4);
  const auto stored =
      database->read([](Transaction& tx) { return tx.scalar<std::int64_t>("SELECT COUNT(*) FROM counters"); });
  EXPECT_EQ(**stored, writers * rounds / 4);
}

TEST_F(DatabaseTest, AReadWithinAReadSeesTheSame) {
  auto database = open_test_database(directory_, tables);
  start_counter(*database);
  const auto status = database->read([&](Transaction&) -> base::Status {
    EXPECT_EQ(counter(*database), 0);
    std::thread([&] { ASSERT_TRUE(count(*database)); }).join();
    EXPECT_EQ(counter(*database), 0);
    return {};
  });
  EXPECT_TRUE(status);
  EXPECT_EQ(counter(*database), 1);
}

}  // namespace
}  // namespace greenroom::db

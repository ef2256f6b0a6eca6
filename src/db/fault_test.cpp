// What a database does when the world does not hold: a full disk, a server that goes, hangs, and comes back, an answer
// that is lost. PostgreSQL's part stands behind a relay that can be told to do each of these.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <list>
#include <mutex>
#include <regex>
#include <thread>

#include "db/test_database.hpp"

namespace greenroom::db {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::vector<Migration> fault_tables = {
    {"test.1-things", {"CREATE TABLE things (name TEXT PRIMARY KEY, n BIGINT NOT NULL, b BYTEA)"}}};

std::int64_t count_of(Database& database) {
  auto n = database.read([](Transaction& tx) { return tx.scalar<std::int64_t>("SELECT COUNT(*) FROM things"); });
  return n && *n ? **n : -1;
}

base::Status insert(Database& database, std::string_view name) {
  return database.write([&](Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(tx.run("INSERT INTO things (name, n) VALUES ($1, 1)", {name}));
    return {};
  });
}

int listen_on_loopback(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  GREENROOM_ASSERT(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(fd, 64) == 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  GREENROOM_ASSERT(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

enum class Mode {
  pass,
  silent,               // nothing gets through, nothing is closed
  gone,                 // connections are closed at once
  lose_commits_answer,  // the COMMIT arrives, its answer does not
  lose_commit,          // the COMMIT does not arrive
};

// Between a Database and the server, on a thread of its own.
class Relay {
 public:
  explicit Relay(std::uint16_t to) : to_(to), listener_(listen_on_loopback(port_)), thread_([this] { run(); }) {}
  ~Relay() {
    end_ = true;
    thread_.join();
    for (const Pair& pair : pairs_) close(pair);
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }
  void set(Mode mode) {
    std::lock_guard guard(lock_);  // what was in flight has been relayed, or will be under the new mode
    mode_ = mode;
  }
  // As a server that was restarted: what is open ends, new connections are taken.
  void cut() {
    std::lock_guard guard(lock_);
    for (const Pair& pair : pairs_) close(pair);
    pairs_.clear();
  }

 private:
  struct Pair {
    int client, server;
  };
  static void close(const Pair& pair) {
    ::close(pair.client);
    ::close(pair.server);
  }

  void run() {
    while (!end_) {
      auto sockets = open_sockets();
      ::poll(sockets.data(), nfds_t(sockets.size()), 5);
      std::lock_guard guard(lock_);
      if (sockets.size() == 1 + 2 * pairs_.size()) turn(sockets);  // else cut() came between
    }
  }

  std::vector<pollfd> open_sockets() {
    std::lock_guard guard(lock_);
    std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
    for (const Pair& pair : pairs_) {
      sockets.push_back({pair.client, POLLIN, 0});
      sockets.push_back({pair.server, POLLIN, 0});
    }
    return sockets;
  }

  void turn(const std::vector<pollfd>& sockets) {
    if (sockets[0].revents) accept_one();
    if (mode_ == Mode::silent) return;
    std::size_t at = 1;
    for (auto pair = pairs_.begin(); pair != pairs_.end(); at += 2) {
      const bool known = at + 1 < sockets.size();  // accepted just now: next time
      const bool lives = mode_ != Mode::gone && (!known || (relay(sockets[at], pair->client, pair->server, true) &&
                                                            relay(sockets[at + 1], pair->server, pair->client, false)));
      if (lives) {
        ++pair;
        continue;
      }
      close(*pair);
      pair = pairs_.erase(pair);
    }
  }

  void accept_one() {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    if (mode_ == Mode::gone)
      ::close(client);
    else
      pairs_.push_back({client, connect_to(to_)});
  }

  bool relay(const pollfd& ready, int from, int to, bool to_server) {
    if (!ready.revents) return true;
    char bytes[16384];
    const ssize_t n = ::read(from, bytes, sizeof bytes);
    if (n <= 0) return false;
    const bool commits = to_server && std::string_view(bytes, std::size_t(n)).find("COMMIT") != std::string_view::npos;
    if (commits && mode_ == Mode::lose_commit) return false;
    const bool sent = ::send(to, bytes, std::size_t(n), MSG_NOSIGNAL) == n;
    if (commits && mode_ == Mode::lose_commits_answer) return ::read(to, bytes, sizeof bytes) < 0;
    return sent;
  }

  const std::uint16_t to_;
  std::uint16_t port_ = 0;
  const int listener_;
  std::mutex lock_;  // of what follows
  Mode mode_ = Mode::pass;
  std::list<Pair> pairs_;
  std::atomic<bool> end_ = false;
  std::thread thread_;
};

class PostgresqlFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!on_postgresql()) GTEST_SKIP() << "for PostgreSQL";
    static_cast<void>(open_test_database(directory_, fault_tables));
    const std::string url = test_url(directory_.path());
    std::smatch port;
    ASSERT_TRUE(std::regex_search(url, port, std::regex(":([0-9]+)/")));
    relay_ = std::make_unique<Relay>(std::uint16_t(std::stoi(port[1])));
    url_ = std::string(port.prefix()) + ":" + std::to_string(relay_->port()) + "/" + std::string(port.suffix());
    database_ = connect(DatabaseOptions{}.answer_timeout);
  }
  std::unique_ptr<Database> connect(std::chrono::milliseconds answer_timeout) {
    DatabaseOptions options;
    options.url = url_;
    options.answer_timeout = answer_timeout;
    return std::move(*Database::open(options));
  }
  // Until it works again; nobody restarts anything. What is there already was stored by a try whose answer came late.
  static void recovers(Database& database) {
    const auto until = Clock::now() + 5s;
    const auto stored = [&] {
      const auto status = insert(database, "again");
      return status || status.error().code == error_constraint;
    };
    bool works = stored();
    while (!works && Clock::now() < until) works = stored();
    EXPECT_TRUE(works);
  }
  // Each of several calls fails, and soon.
  static void is_unavailable(Database& database) {
    const auto began = Clock::now();
    for (int i = 0; i < 50; ++i) {
      const auto status = insert(database, "never");
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, error_unavailable) << status.error().context;
    }
    EXPECT_LT(Clock::now() - began, 4s);
  }
  // One that gives up sooner than a busy disk may let a commit return, so it is for what is about giving up.
  static constexpr std::chrono::milliseconds hasty{300};

  TestDirectory directory_;
  std::unique_ptr<Relay> relay_;
  std::string url_;
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresqlFaultTest, AServerThatIsGoneIsAnErrorAtOnceAndComesBack) {
  ASSERT_TRUE(insert(*database_, "a"));
  relay_->set(Mode::gone);
  is_unavailable(*database_);
  relay_->set(Mode::pass);
  recovers(*database_);
  EXPECT_EQ(count_of(*database_), 2);
}

TEST_F(PostgresqlFaultTest, AServerThatHangsIsAnErrorInTimeAndComesBack) {
  ASSERT_TRUE(insert(*database_, "a"));
  const auto database = connect(hasty);
  relay_->set(Mode::silent);
  is_unavailable(*database);
  relay_->set(Mode::pass);
  recovers(*database);
  EXPECT_EQ(count_of(*database_), 2);
}

TEST_F(PostgresqlFaultTest, ConnectionsThatDiedInThePoolAreReplacedUnseen) {
  ASSERT_TRUE(insert(*database_, "a"));
  relay_->cut();
  const auto status = insert(*database_, "b");
  EXPECT_TRUE(status) << status.error().context;
  EXPECT_EQ(count_of(*database_), 2);
}

TEST_F(PostgresqlFaultTest, ACommitWhoseAnswerIsLostIsReportedAndNotRunAgain) {
  for (const Mode mode : {Mode::lose_commits_answer, Mode::lose_commit}) {
    ASSERT_EQ(count_of(*database_), 0);
    relay_->set(mode);
    int runs = 0;
    bool told = false;
    const auto status = database_->write([&](Transaction& tx) -> base::Status {
      ++runs;
      tx.after_commit([&] { told = true; });
      GREENROOM_CHECK_OK(tx.run("INSERT INTO things (name, n) VALUES ('once', 1)"));
      return {};
    });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, error_outcome_unknown) << status.error().context;
    EXPECT_EQ(runs, 1);
    EXPECT_FALSE(told);
    relay_->set(Mode::pass);
    const std::int64_t stored = mode == Mode::lose_commits_answer ? 1 : 0;
    EXPECT_EQ(count_of(*database_), stored);
    ASSERT_TRUE(database_->write([](Transaction& tx) { return tx.run("DELETE FROM things"); }));
  }
}

TEST_F(PostgresqlFaultTest, AFailedStatementThatIsPassedOverIsNoCommit) {
  const auto status = database_->write([](Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(tx.run("INSERT INTO things (name, n) VALUES ('a', 1)"));
    static_cast<void>(tx.run("INSERT INTO things (name, n) VALUES ('a', 1)"));
    return {};
  });
  EXPECT_FALSE(status);
  EXPECT_EQ(count_of(*database_), 0);
  EXPECT_TRUE(insert(*database_, "a")) << "the connection is good for the next";
}

TEST_F(PostgresqlFaultTest, AStatementThatTakesTooLongIsCutOff) {
  const auto status = connect(hasty)->read([](Transaction& tx) { return tx.any("SELECT pg_sleep(20)"); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, error_unavailable);
  EXPECT_EQ(count_of(*database_), 0);
}

class FaultTest : public testing::Test {
 protected:
  TestDirectory directory_;
};

// Each looks before it leaps, all at once: as if one after the other.
TEST_F(FaultTest, TransactionsDoNotLookPastEachOther) {
  const auto database = open_test_database(directory_, fault_tables);
  constexpr int room = 5;
  std::atomic<int> in = 0, full = 0, wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const auto entered = database->write([&](Transaction& tx) -> base::Result<bool> {
        GREENROOM_TRY(const auto there, tx.scalar<std::int64_t>("SELECT COUNT(*) FROM things"));
        if (there.value_or(0) >= room) return false;
        GREENROOM_CHECK_OK(tx.run("INSERT INTO things (name, n) VALUES ($1, 1)", {fmt::format("{}", t)}));
        return true;
      });
      if (!entered)
        ++wrong;
      else
        ++(*entered ? in : full);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(in, room);
  EXPECT_EQ(count_of(*database), room);
}

TEST_F(FaultTest, ATextWithANulIsRefusedOnBothEngines) {
  const auto database = open_test_database(directory_, fault_tables);
  const auto status = insert(*database, std::string_view("a\0b", 3));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, error_text);
}

TEST_F(FaultTest, AFullDiskIsAnErrorThatPasses) {
  if (on_postgresql()) GTEST_SKIP() << "for SQLite";
  const auto database = open_test_database(directory_, fault_tables);
  ASSERT_TRUE(insert(*database, "before"));
  const auto limit = [&](int pages) {
    return database->write([&](Transaction& tx) { return tx.run(fmt::format("PRAGMA max_page_count = {}", pages)); });
  };
  ASSERT_TRUE(limit(30));  // as SQLite itself sees a file system without room
  const auto big = [&](int i) {
    return database->write([&](Transaction& tx) {
      return tx.run("INSERT INTO things (name, n, b) VALUES ($1, 1, $2)", {fmt::format("{}", i), base::Bytes(30'000)});
    });
  };
  int stored = 0;
  base::Result<std::int64_t> last = 0;
  while (stored < 100 && (last = big(stored))) ++stored;
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, error_full);
  EXPECT_EQ(count_of(*database), stored + 1) << "what was acknowledged is there, what failed is not";
  ASSERT_TRUE(limit(1'000'000));
  EXPECT_TRUE(big(stored));
}

}  // namespace
}  // namespace greenroom::db

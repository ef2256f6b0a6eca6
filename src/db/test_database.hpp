// A database of a test's own that goes away with its directory: for tests of modules with tables. SQLite in the
// directory; with GREENROOM_TEST_ENGINE=postgresql (ctest's entries <module>_postgresql) a schema named after it on the
// server that GREENROOM_TEST_POSTGRESQL names (`eval "$(tools/services start DIR)"` starts one).
#pragma once
#include <stdlib.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>
#include <span>

#include "base/assert.hpp"
#include "base/test_directory.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"

namespace greenroom::db {

inline bool on_postgresql() {
  const char* engine = getenv("GREENROOM_TEST_ENGINE");
  return engine && std::string_view(engine) == "postgresql";
}

inline std::string test_server() {
  const char* url = getenv("GREENROOM_TEST_POSTGRESQL");
  GREENROOM_ASSERT(url != nullptr);  // eval "$(tools/services start DIR)"
  return url;
}

// A schema's name, from a name made by mkdtemp, as letters of one case.
inline std::string test_schema(const std::filesystem::path& directory) {
  std::string name = "test";
  for (unsigned char c : directory.filename().string()) name += fmt::format("_{:x}", c);
  return name.substr(0, 4) + name.substr(name.size() - std::min<std::size_t>(name.size() - 4, 36));
}

// Makes the schema if it is not there.
inline std::string test_url(const std::filesystem::path& directory) {
  const std::string server = test_server(), schema = test_schema(directory);
  auto database = Database::open({.url = server});
  GREENROOM_ASSERT(database.has_value());
  const auto made =
      (*database)->change_schema([&](Transaction& tx) { return tx.run("CREATE SCHEMA IF NOT EXISTS " + schema); });
  GREENROOM_ASSERT(made.has_value());
  return server + (server.find('?') == server.npos ? "?" : "&") + "options=-csearch_path%3D" + schema;
}

inline void drop_test_schema(const std::filesystem::path& directory) {
  if (!on_postgresql()) return;
  auto database = Database::open({.url = test_server()});
  GREENROOM_ASSERT(database.has_value());
  static_cast<void>((*database)->change_schema([&](Transaction& tx) {
    return tx.run(fmt::format("DROP SCHEMA IF EXISTS {} CASCADE", test_schema(directory)));
  }));
}

// Its schema, where it has one, goes with it.
class TestDirectory {
 public:
  ~TestDirectory() { drop_test_schema(path()); }
  const std::filesystem::path& path() const { return directory_.path(); }

 private:
  base::TestDirectory directory_;
};

// Of the database in a directory: of the test's TestDirectory, or of one below it.
inline DatabaseOptions test_options(const std::filesystem::path& directory) {
  if (!on_postgresql()) return {.path = (directory / "greenroom.db").string()};
  return {.url = test_url(directory)};
}

inline std::unique_ptr<Database> open_test_database(const TestDirectory& directory,
                                                    std::span<const Migration> migrations = {}) {
  auto database = Database::open(test_options(directory.path()));
  GREENROOM_ASSERT(database.has_value());
  GREENROOM_ASSERT(migrate(**database, migrations, base::wall_from_micros(0)).has_value());
  return std::move(*database);
}

}  // namespace greenroom::db

// A database in a directory of its own that goes away with it: for tests of modules with tables.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <span>

#include "base/assert.hpp"
#include "db/db.hpp"
#include "db/migrate.hpp"

namespace greenroom::db {

class TestDirectory {
 public:
  TestDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "greenroom-test-XXXXXX").string();
    GREENROOM_ASSERT(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<Database> open_test_database(const TestDirectory& directory,
                                                    std::span<const Migration> migrations = {}) {
  auto database = Database::open({.path = (directory.path() / "greenroom.db").string()});
  GREENROOM_ASSERT(database.has_value());
  GREENROOM_ASSERT(migrate(**database, migrations, base::wall_from_micros(0)).has_value());
  return std::move(*database);
}

}  // namespace greenroom::db

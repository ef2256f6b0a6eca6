// Forward migrations. Each module that owns tables gives an ordered list; app runs all lists at start, lower modules
// first. Invariant: a migration runs once, whole or not at all, and its text never changes afterwards (its hash is
// kept; a difference is refused). It may change rows that are there, but adds none to an empty database: a backup is
// restored by running the migrations that its maker had run and then inserting its rows. Ids of modules prefix the
// names: "upload.1-uploads".
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "db/db.hpp"

namespace greenroom::db {

inline constexpr base::ErrorCode error_migration{base::ErrorKind::internal, "db.migration"};

// Where the engines know no common text (triggers), a statement begins with the name of the one that it is for:
// "/* sqlite */ CREATE ..."; the other skips it.
struct Migration {
  std::string_view name;
  std::vector<std::string_view> statements;
};

// The number of migrations that were run now.
base::Result<int> migrate(Database& database, std::span<const Migration> migrations, base::WallTime now);

}  // namespace greenroom::db

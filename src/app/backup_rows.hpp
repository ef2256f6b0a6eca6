// A backup's values: rows as lines of JSON, and the documents that describe them. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "db/db.hpp"
#include "wire/json.hpp"

namespace greenroom::app {

inline constexpr int backup_format = 1;

struct BackupTable {
  std::string name;
  std::vector<std::string> columns;
};
BOOST_DESCRIBE_STRUCT(BackupTable, (), (name, columns))

struct BackupManifest {
  int format = backup_format;
  base::WallTime created_at{};
  bool media = false;
  std::vector<std::string> migrations;
  std::vector<BackupTable> tables;  // in an order in which rows can be inserted: what is referred to comes first
};
BOOST_DESCRIBE_STRUCT(BackupManifest, (), (format, created_at, media, migrations, tables))

struct BackupCount {
  std::string table;
  std::uint64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(BackupCount, (), (table, rows))

struct BackupCounts {
  std::vector<BackupCount> tables;
};
BOOST_DESCRIBE_STRUCT(BackupCounts, (), (tables))

struct BackupFile {
  std::string path;  // in the data folder
  std::uint64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(BackupFile, (), (path, size))

struct BackupEnd {
  std::uint64_t rows = 0;
  std::uint64_t files = 0;
};
BOOST_DESCRIBE_STRUCT(BackupEnd, (), (rows, files))

std::string print_row(const db::Row& row);  // without the line's end
base::Result<std::vector<db::Parameter>> parse_row(std::string_view line, std::size_t columns);

// What is referred to comes first. An error when tables refer to each other in a circle.
base::Result<std::vector<db::Table>> in_order_of_reference(std::vector<db::Table> tables);

}  // namespace greenroom::app

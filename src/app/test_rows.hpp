// For tests: one row in every table of a database, made from what the database says of its tables, whatever they are.
// Every key and every text is the same id, so that each reference finds its row.
#pragma once
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "app/backup_rows.hpp"
#include "db/migrate.hpp"

namespace greenroom::app {

inline constexpr std::string_view row_id = "01920000-0000-7000-8000-000000000001";

// The first of the values that a CHECK allows to a column, by the column's name.
inline std::map<std::string, std::string> allowed_values(std::span<const db::Migration> migrations) {
  static const std::regex check(R"((\w+) IN \('([^']*)')");
  std::map<std::string, std::string> out;
  for (const auto& migration : migrations) {
    for (const auto statement : migration.statements) {
      const std::string text(statement);
      if (!text.starts_with("CREATE TABLE")) continue;
      for (std::sregex_iterator at(text.begin(), text.end(), check), end; at != end; ++at)
        out.emplace((*at)[1], (*at)[2]);
    }
  }
  return out;
}

inline db::Parameter test_value(const db::TableColumn& column, const std::map<std::string, std::string>& allowed) {
  if (column.type == "bigint") return 1;
  if (column.type == "double precision") return 1.5;
  if (column.type == "bytea") return base::Bytes{0, 1, 255};
  const auto found = allowed.find(column.name);
  return found == allowed.end() ? db::Parameter(row_id) : db::Parameter(std::string_view(found->second));
}

// Into each table that has none.
inline base::Status add_rows(db::Transaction& tx, std::span<const db::Migration> migrations) {
  const auto allowed = allowed_values(migrations);
  GREENROOM_TRY(auto found, tx.tables());
  GREENROOM_TRY(const auto tables, in_order_of_reference(std::move(found)));
  for (const auto& table : tables) {
    GREENROOM_TRY(const auto there, tx.any(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name)));
    if (there) continue;
    std::string columns, places;
    std::vector<db::Parameter> values;
    for (const auto& column : table.columns) {
      values.push_back(test_value(column, allowed));
      columns += fmt::format("{}\"{}\"", columns.empty() ? "" : ", ", column.name);
      places += fmt::format("{}${}", places.empty() ? "" : ", ", values.size());
    }
    GREENROOM_CHECK_OK(
        tx.run_with(fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, columns, places), values));
  }
  return {};
}

// table.column -> its values as text, of all tables but that of the migrations.
inline base::Result<std::map<std::string, std::string>> all_values(db::Transaction& tx) {
  std::map<std::string, std::string> out;
  GREENROOM_TRY(const auto tables, tx.tables());
  for (const auto& table : tables) {
    if (table.name == "migrations") continue;
    for (const auto& column : table.columns) {
      std::string& values = out[table.name + "." + column.name];
      GREENROOM_CHECK_OK(
          tx.each(fmt::format("SELECT \"{}\" FROM {}", column.name, table.name), {}, [&](db::Row row) -> base::Status {
            values += print_row(row);
            return {};
          }));
    }
  }
  return out;
}

}  // namespace greenroom::app

#include "db/migrate.hpp"

namespace greenroom::db {

namespace {

// FNV-1a: finds an edited migration, protects against nothing else.
std::string hash_of(const Migration& migration) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (auto statement : migration.statements) {
    for (char c : statement) hash = (hash ^ std::uint8_t(c)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

bool is_for(std::string_view statement, std::string_view engine) {
  constexpr std::string_view open = "/* ", close = " */";
  if (!statement.starts_with(open)) return true;
  return statement.substr(open.size()).starts_with(std::string(engine) + std::string(close));
}

base::Status make_table(Database& database) {
  return database.change_schema([](Transaction& tx) -> base::Status {
    GREENROOM_CHECK_OK(
        tx.run("CREATE TABLE IF NOT EXISTS migrations ("
               "name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at BIGINT NOT NULL)"));
    return {};
  });
}

// True when it was run now.
base::Result<bool> apply(Transaction& tx, std::string_view engine, const Migration& migration, base::WallTime now) {
  const std::string hash = hash_of(migration);
  GREENROOM_TRY(auto known, tx.scalar<std::string>("SELECT hash FROM migrations WHERE name = $1", {migration.name}));
  if (known && *known == hash) return false;
  if (known) return base::fail(error_migration, fmt::format("migration {} was edited after it ran", migration.name));
  for (auto statement : migration.statements) {
    if (is_for(statement, engine)) GREENROOM_CHECK_OK(tx.run(statement));
  }
  GREENROOM_CHECK_OK(
      tx.run("INSERT INTO migrations (name, hash, applied_at) VALUES ($1, $2, $3)", {migration.name, hash, now}));
  return true;
}

}  // namespace

base::Result<int> migrate(Database& database, std::span<const Migration> migrations, base::WallTime now) {
  GREENROOM_CHECK_OK(make_table(database));
  int applied = 0;
  for (const Migration& migration : migrations) {
    GREENROOM_TRY(bool ran, database.change_schema(
                                [&](Transaction& tx) { return apply(tx, database.engine(), migration, now); }));
    applied += ran;
  }
  return applied;
}

}  // namespace greenroom::db

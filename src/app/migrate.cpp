#include "app/migrate.hpp"

#include <cstdio>

#include "app/storehouse.hpp"
#include "net/clock.hpp"

namespace greenroom::app {
namespace {

base::Result<int> migrate(const PlaceConfig& place) {
  GREENROOM_TRY(auto options, database_options(place));
  if (options.url.empty()) GREENROOM_CHECK_OK(make_folder(place.data));
  GREENROOM_TRY(auto database, db::Database::open(std::move(options)));
  return db::migrate(*database, studio::all_migrations(), net::wall_now());
}

}  // namespace

int run_migrate(const MigrateConfig& config, base::LogSink& log) {
  const auto ran = migrate(config.place);
  if (!ran) {
    log.error("migrate", {{"error", ran.error().what}, {"context", ran.error().context}});
    return 1;
  }
  std::printf("%d migrations were run; the database is at this version.\n", *ran);
  return 0;
}

}  // namespace greenroom::app

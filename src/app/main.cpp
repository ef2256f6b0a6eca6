#include <cstdio>

#include "api/api.hpp"
#include "api/realtime/server.hpp"
#include "app/backup.hpp"
#include "app/bench.hpp"
#include "app/config.hpp"
#include "app/decrypt.hpp"
#include "app/inspect.hpp"
#include "app/log.hpp"
#include "app/migrate.hpp"
#include "app/serve.hpp"
#include "app/storage_keys.hpp"
#include "app/verify.hpp"
#include "app/work.hpp"

namespace greenroom::app {
namespace {

int run(const ServeConfig& config) { return run_serve(config, *make_log(config.log_level)); }
int run(const WorkConfig& config) { return run_work(config, *make_log(config.log_level)); }
int run(const MigrateConfig& config) { return run_migrate(config, *make_log("info")); }
int run(const BackupConfig& config) { return run_backup(config, *make_log("info")); }
int run(const RestoreConfig& config) { return run_restore(config, *make_log("info")); }
int run(const InspectConfig& config) { return run_inspect(config); }
int run(const VerifyConfig& config) { return run_verify(config); }
int run(const DecryptConfig& config) { return run_decrypt(config); }
int run(const StorageKeyConfig&) { return run_storage_key(); }
int run(const BenchConfig& config) { return run_bench(config); }
int run(const Exit& exit) { return exit.code; }

int run(const PrintConfig& config) {
  if (config.what == "openapi") std::puts(api::openapi_document().c_str());
  if (config.what == "events") std::puts(api::realtime::event_document().c_str());
  if (config.what == "version") std::puts("greenroom 0.1.0");
  return 0;
}

}  // namespace
}  // namespace greenroom::app

int main(int argc, char** argv) {
  return std::visit([](const auto& command) { return greenroom::app::run(command); },
                    greenroom::app::parse_command_line(argc, argv));
}

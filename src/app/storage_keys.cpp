#include "app/storage_keys.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

#include "crypto/random.hpp"

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 64 * 1024;

}  // namespace

base::Result<crypto::StorageKeys> read_storage_keys(const fs::path& file, base::LogSink* log) {
  if (file.empty()) return crypto::StorageKeys();
  std::ifstream in(file, std::ios::binary);
  std::string text(file_bytes_max, '\0');
  in.read(text.data(), std::streamsize(text.size()));
  text.resize(std::size_t(in.gcount()));
  if (text.empty() && !in.eof())
    return base::fail(crypto::bad_storage_key, "the storage keys cannot be read: " + file.string());
  std::error_code unknown;
  const auto open_to = fs::status(file, unknown).permissions();
  if (log && !unknown && (open_to & fs::perms::others_read) != fs::perms::none)
    log->warning("storage.keys_readable_by_all", {{"file", file.string()}, {"advice", "chmod 600"}});
  auto keys = crypto::StorageKeys::parse(text);
  if (!keys) return base::fail(keys.error().code, file.string() + ": " + keys.error().what);
  return keys;
}

int run_storage_key() {
  crypto::SystemRng rng;
  std::puts(crypto::make_storage_key(rng).c_str());
  return 0;
}

}  // namespace greenroom::app

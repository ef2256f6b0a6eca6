// The file that --storage-key-file names, and `greenroom storage-key`, which makes a line for it.
#pragma once
#include <filesystem>

#include "base/log.hpp"
#include "base/result.hpp"
#include "crypto/at_rest.hpp"

namespace greenroom::app {

// No keys for no name. `log` is told of a file that everybody on this machine may read.
base::Result<crypto::StorageKeys> read_storage_keys(const std::filesystem::path& file, base::LogSink* log = nullptr);

int run_storage_key();

}  // namespace greenroom::app

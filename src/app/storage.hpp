// From what a person configured to a store of blobs: address, credentials, and what a job's process must be told.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/config.hpp"
#include "base/log.hpp"
#include "blob/s3_store.hpp"

namespace greenroom::app {

inline constexpr base::ErrorCode bad_storage{base::ErrorKind::invalid, "app.bad_storage"};

bool is_s3(const StorageConfig& config);

// The keys: of the file's section [default], where there is a file.
base::Result<crypto::AwsCredentials> read_credentials(const StorageConfig& config);

base::Result<blob::S3Options> s3_options(const StorageConfig& config);

// Neither reaches for the network.
base::Result<std::unique_ptr<blob::S3Store>> open_s3_store(const StorageConfig& config,
                                                           const std::filesystem::path& root);

// Asks S3 once. What only a person can put right is an error; a storage that is away may come back, so that is a line
// in the log.
base::Status check_at_start(blob::Store& store, base::LogSink& log);

// Variables of the environment that say the same as this configuration.
std::vector<std::pair<std::string, std::string>> storage_variables(const StorageConfig& config);

}  // namespace greenroom::app

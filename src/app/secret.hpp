// The key that tokens and links are signed with: <data>/secret.key, 32 bytes, readable by the server's user alone.
#pragma once
#include <filesystem>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"

namespace greenroom::app {

// Made once. It appears under its name only when it is whole and durable, so a crash leaves either none or a good one.
base::Result<base::Bytes> load_or_make_secret(const std::filesystem::path& folder, base::Rng& rng);

// Whether `secret` is good and the folder has none or this one.
base::Status check_secret(const std::filesystem::path& folder, base::ByteView secret);
// Where none is there.
base::Status store_secret(const std::filesystem::path& folder, base::ByteView secret);

}  // namespace greenroom::app

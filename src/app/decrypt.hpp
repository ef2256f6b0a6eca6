// `greenroom decrypt`: encrypted files of the data folder or of a bucket as plain ones, for whoever has the key file.
// What is not encrypted is copied as it is. Of a folder everything in it, links followed: a take's folder becomes one
// that is complete in itself.
#pragma once
#include "app/config.hpp"
#include "base/result.hpp"

namespace greenroom::app {

base::Status decrypt(const DecryptConfig& config);
int run_decrypt(const DecryptConfig& config);

}  // namespace greenroom::app

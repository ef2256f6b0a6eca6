// How this server sends mail, by its configuration: through a mail server with a queue before it, or, where none is
// configured, as files in <data>/mail with their links in the log. Owned by Storehouse, before whatever sends; ending
// it sends what still waits.
#pragma once
#include <filesystem>
#include <memory>

#include "app/config.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/rng.hpp"
#include "notify/post.hpp"

namespace greenroom::app {

base::Result<std::unique_ptr<notify::Post>> open_post(const MailConfig& config, const std::filesystem::path& data,
                                                      base::Rng& rng, base::LogSink& log);

}  // namespace greenroom::app

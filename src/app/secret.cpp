#include "app/secret.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "app/storehouse.hpp"

namespace greenroom::app {
namespace {

constexpr std::size_t secret_size = 32;

std::filesystem::path path_of(const std::filesystem::path& folder) { return folder / "secret.key"; }

base::Result<std::optional<base::Bytes>> load(const std::filesystem::path& folder) {
  const int fd = ::open(path_of(folder).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::optional<base::Bytes>{};
  if (fd < 0) return base::fail(bad_data_folder, "cannot read secret.key", std::generic_category().message(errno));
  base::Bytes secret(secret_size);
  const bool whole = ::read(fd, secret.data(), secret.size()) == ssize_t(secret.size());
  ::close(fd);
  if (!whole) return base::fail(bad_data_folder, "secret.key is damaged: it must have 32 bytes");
  return std::optional(std::move(secret));
}

base::Status write(const std::filesystem::path& folder, base::ByteView secret) {
  const auto path = path_of(folder), fresh = folder / "secret.key.new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, secret.data(), secret.size()) == ssize_t(secret.size()) && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0)
    return base::fail(bad_data_folder, "cannot write " + path.string(), std::generic_category().message(errno));
  return {};
}

}  // namespace

base::Result<base::Bytes> load_or_make_secret(const std::filesystem::path& folder, base::Rng& rng) {
  GREENROOM_TRY(auto stored, load(folder));
  if (stored) return std::move(*stored);
  base::Bytes secret(secret_size);
  rng.fill(secret);
  GREENROOM_CHECK_OK(write(folder, secret));
  return secret;
}

base::Status check_secret(const std::filesystem::path& folder, base::ByteView secret) {
  if (secret.size() != secret_size) return base::fail(bad_data_folder, "the secret must have 32 bytes");
  GREENROOM_TRY(const auto stored, load(folder));
  if (stored && !std::equal(stored->begin(), stored->end(), secret.begin(), secret.end()))
    return base::fail(bad_data_folder, "the data folder has a secret.key of another installation");
  return {};
}

base::Status store_secret(const std::filesystem::path& folder, base::ByteView secret) {
  GREENROOM_TRY(const auto stored, load(folder));
  return stored ? base::Status{} : write(folder, secret);
}

}  // namespace greenroom::app

#include "app/storehouse.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "net/clock.hpp"

namespace greenroom::app {
namespace {

constexpr std::size_t secret_size = 32;

base::Result<base::Bytes> read_secret(int fd) {
  base::Bytes secret(secret_size);
  if (::read(fd, secret.data(), secret.size()) != ssize_t(secret.size()))
    return base::fail(bad_data_folder, "secret.key is damaged: it must have 32 bytes");
  return secret;
}

// The key that tokens and links are signed with: made once, readable by the server's user alone. It appears under its
// name only when it is whole and durable, so a crash leaves either none or a good one.
base::Result<base::Bytes> load_secret(const std::filesystem::path& folder, base::Rng& rng) {
  const auto path = folder / "secret.key", fresh = folder / "secret.key.new";
  if (const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); fd >= 0) {
    auto secret = read_secret(fd);
    ::close(fd);
    return secret;
  }
  base::Bytes secret(secret_size);
  rng.fill(secret);
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, secret.data(), secret.size()) == ssize_t(secret.size()) && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0)
    return base::fail(bad_data_folder, "cannot write " + path.string(), std::generic_category().message(errno));
  return secret;
}

}  // namespace

base::Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return base::fail(bad_data_folder, "cannot make the folder " + folder.string(), error.message());
  return {};
}

base::Result<db::DatabaseOptions> database_options(const PlaceConfig& place) {
  const std::string& address = place.database;
  db::DatabaseOptions options;
  if (address.empty() || address == "sqlite")
    options.path = (std::filesystem::absolute(place.data) / "greenroom.db").string();
  else if (address.starts_with("postgresql://") || address.starts_with("postgres://"))
    options.url = address;
  else
    return base::fail(bad_database, "--database is either sqlite or postgresql://user:password@host/name");
  return options;
}

base::Result<std::unique_ptr<Storehouse>> Storehouse::open(const PlaceConfig& place, base::LogSink& log,
                                                           studio::RecordingControl* recording) {
  GREENROOM_TRY(auto options, database_options(place));
  GREENROOM_CHECK_OK(make_folder(place.data));
  std::unique_ptr<Storehouse> house(new Storehouse(std::filesystem::absolute(place.data)));
  GREENROOM_TRY(auto secret, load_secret(house->data, house->rng));
  GREENROOM_TRY(house->database, db::Database::open(std::move(options)));
  GREENROOM_CHECK_OK(db::migrate(*house->database, studio::all_migrations(), net::wall_now()));
  GREENROOM_TRY(house->blobs, blob::open_disk_store(house->data / "blobs"));
  house->bus = bus::make_local_bus();
  house->queue = std::make_unique<jobs::Queue>(*house->database, house->rng);
  house->uploads = std::make_unique<upload::Uploads>(
      upload::Dependencies{*house->database, *house->blobs, net::wall_now, house->rng, log, {}});
  house->people = std::make_unique<people::People>(
      people::PeopleDependencies{*house->database, secret, net::wall_now, house->rng, log, {}});
  house->studio = std::make_unique<studio::Studio>(studio::StudioDependencies{*house->database,
                                                                              *house->blobs,
                                                                              *house->bus,
                                                                              *house->uploads,
                                                                              *house->queue,
                                                                              *house->people,
                                                                              house->data,
                                                                              std::move(secret),
                                                                              net::wall_now,
                                                                              house->rng,
                                                                              log,
                                                                              recording,
                                                                              {}});
  return house;
}

}  // namespace greenroom::app

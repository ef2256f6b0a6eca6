#include "app/storehouse.hpp"

#include <system_error>

#include "app/mail.hpp"
#include "app/secret.hpp"
#include "app/storage.hpp"
#include "app/storage_keys.hpp"
#include "blob/encrypted_store.hpp"
#include "net/clock.hpp"

namespace greenroom::app {

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

namespace {

// Every process is a node of its own: what it said it had does not outlive it.
base::Result<std::unique_ptr<bus::Bus>> open_bus(const std::string& redis, base::Rng& rng, base::LogSink& log) {
  auto node = base::to_string(base::make_uuid_v7(net::wall_now(), rng));
  if (redis.empty()) return bus::make_local_bus(std::move(node));
  bus::RedisOptions options;
  options.url = redis;
  options.node = std::move(node);
  return bus::make_redis_bus(std::move(options), log);
}

}  // namespace

base::Status Storehouse::open_blobs(const StorageConfig& storage, base::LogSink& log) {
  GREENROOM_TRY(storage_keys, read_storage_keys(storage.key_file, &log));
  std::unique_ptr<blob::Store> bytes;
  if (is_s3(storage)) {
    GREENROOM_TRY(auto store, open_s3_store(storage, data / "blobs"));
    s3 = store.get();
    bytes = std::move(store);
  } else {
    GREENROOM_TRY(bytes, blob::open_disk_store(data / "blobs"));
  }
  blobs = std::make_unique<blob::EncryptedStore>(std::move(bytes), storage_keys);
  return {};
}

base::Result<std::unique_ptr<Storehouse>> Storehouse::open(const PlaceConfig& place, base::LogSink& log,
                                                           studio::RecordingControl* recording,
                                                           PeopleSettings settings) {
  GREENROOM_TRY(auto options, database_options(place));
  GREENROOM_CHECK_OK(make_folder(place.data));
  std::unique_ptr<Storehouse> house(new Storehouse(std::filesystem::absolute(place.data)));
  GREENROOM_TRY(auto secret, load_or_make_secret(house->data, house->rng));
  GREENROOM_TRY(house->database, db::Database::open(std::move(options)));
  GREENROOM_CHECK_OK(db::migrate(*house->database, studio::all_migrations(), net::wall_now()));
  GREENROOM_CHECK_OK(house->open_blobs(place.storage, log));
  GREENROOM_TRY(house->bus, open_bus(place.redis, house->rng, log));
  house->queue = std::make_unique<jobs::Queue>(*house->database, house->rng);
  house->uploads = std::make_unique<upload::Uploads>(
      upload::Dependencies{*house->database, *house->blobs, net::wall_now, house->rng, log, {}});
  GREENROOM_TRY(house->post, open_post(settings.mail, house->data, house->rng, log));
  GREENROOM_TRY(house->providers, open_providers(settings.provider, {secret, {}, house->rng, log}));
  house->people = std::make_unique<people::People>(people::PeopleDependencies{*house->database,
                                                                              secret,
                                                                              net::wall_now,
                                                                              house->rng,
                                                                              log,
                                                                              *house->post,
                                                                              std::move(settings.public_url),
                                                                              settings.registration_open,
                                                                              {}});
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
                                                                              {},
                                                                              house->storage_keys});
  return house;
}

}  // namespace greenroom::app

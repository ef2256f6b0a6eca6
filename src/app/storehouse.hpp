// What every process over a data folder has: the database with its tables, the blobs, the queue, uploads,
// people and the studio. serve and work each own one; several processes may share the folder.
#pragma once
#include <filesystem>
#include <memory>

#include "app/config.hpp"
#include "app/providers.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "blob/s3_store.hpp"
#include "bus/bus.hpp"
#include "crypto/random.hpp"
#include "db/db.hpp"
#include "jobs/queue.hpp"
#include "notify/post.hpp"
#include "people/people.hpp"
#include "studio/studio.hpp"
#include "upload/uploads.hpp"

namespace greenroom::app {

inline constexpr base::ErrorCode bad_data_folder{base::ErrorKind::io, "app.bad_data_folder"};
inline constexpr base::ErrorCode bad_database{base::ErrorKind::invalid, "app.bad_database"};

// Of --database: "sqlite" is the file in the data folder.
base::Result<db::DatabaseOptions> database_options(const PlaceConfig& place);
base::Status make_folder(const std::filesystem::path& folder);

// What serve's configuration says about people.
struct PeopleSettings {
  std::function<std::string()> public_url = [] { return std::string(); };  // links in mails begin with it
  bool registration_open = true;
  MailConfig mail = {};
  ProviderConfig provider = {};
};

class Storehouse {
 public:
  // Makes the folder, the server's secret and the tables where they are missing. `recording` is null in a job process.
  static base::Result<std::unique_ptr<Storehouse>> open(const PlaceConfig& place, base::LogSink& log,
                                                        studio::RecordingControl* recording,
                                                        PeopleSettings settings = {});

  const std::filesystem::path data;
  crypto::SystemRng rng;
  crypto::StorageKeys storage_keys;
  std::unique_ptr<bus::Bus> bus;
  std::unique_ptr<db::Database> database;
  std::unique_ptr<blob::Store> blobs;
  blob::S3Store* s3 = nullptr;  // where blobs are, when sealed bytes are to be moved
  std::unique_ptr<jobs::Queue> queue;
  std::unique_ptr<upload::Uploads> uploads;
  std::unique_ptr<notify::Post> post;
  std::unique_ptr<people::People> people;
  Providers providers;
  std::unique_ptr<studio::Studio> studio;

 private:
  explicit Storehouse(std::filesystem::path folder) : data(std::move(folder)) {}
  base::Status open_blobs(const StorageConfig& storage, base::LogSink& log);
};

}  // namespace greenroom::app

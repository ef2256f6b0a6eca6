#include "app/storage.hpp"

#include <fstream>

#include "net/clock.hpp"

namespace greenroom::app {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view spaces = " \t\r";
  const auto first = text.find_first_not_of(spaces);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

void take_line(crypto::AwsCredentials& credentials, std::string_view name, std::string_view value) {
  if (name == "aws_access_key_id") credentials.access_key = value;
  if (name == "aws_secret_access_key") credentials.secret_key = value;
  if (name == "aws_session_token") credentials.session_token = value;
}

// Lines `name = value` below [default], or before any section.
base::Result<crypto::AwsCredentials> credentials_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return base::fail(bad_storage, "the storage's credentials cannot be read: " + file.string());
  crypto::AwsCredentials credentials;
  bool ours = true;
  for (std::string line; std::getline(in, line);) {
    const auto text = trimmed(line);
    if (text.starts_with('[')) ours = text == "[default]";
    const auto equals = text.find('=');
    if (ours && equals != text.npos && !text.starts_with('#'))
      take_line(credentials, trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1)));
  }
  return credentials;
}

std::string full_path(const std::filesystem::path& file) {
  return file.empty() ? std::string() : std::filesystem::absolute(file).string();
}

}  // namespace

bool is_s3(const StorageConfig& config) { return config.place != "disk"; }

base::Result<crypto::AwsCredentials> read_credentials(const StorageConfig& config) {
  crypto::AwsCredentials credentials{config.access_key, config.secret_key, config.session_token};
  if (!config.credentials.empty()) {
    GREENROOM_TRY(credentials, credentials_of(config.credentials));
  }
  if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
  return base::fail(bad_storage,
                    config.credentials.empty()
                        ? "--storage needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a file by --s3-credentials"
                        : config.credentials.string() + " has no aws_access_key_id with its aws_secret_access_key");
}

base::Result<blob::S3Options> s3_options(const StorageConfig& config) {
  blob::S3Options options;
  if (!blob::set_address(options, config.place))
    return base::fail(bad_storage, "--storage is either disk or like s3://bucket/prefix");
  options.endpoint = config.endpoint;
  options.region = config.region;
  options.path_style = config.path_style;
  options.ca_file = config.ca_file.string();
  options.now = net::wall_now;
  GREENROOM_TRY(options.credentials, read_credentials(config));
  return options;
}

base::Result<std::unique_ptr<blob::S3Store>> open_s3_store(const StorageConfig& config,
                                                           const std::filesystem::path& root) {
  GREENROOM_TRY(auto options, s3_options(config));
  return blob::S3Store::open(root, std::move(options), config.delivery == "redirect");
}

base::Status check_at_start(blob::Store& store, base::LogSink& log) {
  const auto status = store.check();
  if (status) return {};
  const auto& error = status.error();
  const bool for_a_person = error.code == blob::error_credentials || error.code == blob::error_denied ||
                            error.code == blob::error_bucket || error.code == blob::error_clock;
  if (for_a_person) return base::fail(bad_storage, "the storage cannot be used: " + error.what, error.context);
  log.warning("storage.away", {{"error", error.what}, {"context", error.context}});
  return {};
}

std::vector<std::pair<std::string, std::string>> storage_variables(const StorageConfig& config) {
  return {{"GREENROOM_STORAGE", config.place},
          {"S3_ENDPOINT", config.endpoint},
          {"S3_REGION", config.region},
          {"S3_PATH_STYLE", config.path_style ? "true" : "false"},
          {"AWS_ACCESS_KEY_ID", config.access_key},
          {"AWS_SECRET_ACCESS_KEY", config.secret_key},
          {"AWS_SESSION_TOKEN", config.session_token},
          {"S3_CREDENTIALS", full_path(config.credentials)},
          {"S3_CA", full_path(config.ca_file)},
          {"S3_DELIVERY", config.delivery},
          {"GREENROOM_STORAGE_KEY_FILE", full_path(config.key_file)}};
}

}  // namespace greenroom::app

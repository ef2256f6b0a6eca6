#include "app/storage.hpp"

#include <stdlib.h>

#include <fstream>

namespace greenroom::app {
namespace {

StorageConfig with_file(const std::string& text) {
  const auto path = std::filesystem::path(testing::TempDir()) / fmt::format("credentials-{}", ::getpid());
  std::ofstream(path) << text;
  StorageConfig config;
  config.place = "s3://bucket/studio";
  config.credentials = path;
  return config;
}

TEST(Storage, ReadsCredentialsAsToolsOfAwsDo) {
  const auto config = with_file(
      "# keys\n[other]\naws_access_key_id = no\n[default]\naws_access_key_id = key\r\naws_secret_access_key=a=b/+\n");
  const auto options = s3_options(config);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->credentials.access_key, "key");
  EXPECT_EQ(options->credentials.secret_key, "a=b/+");
  EXPECT_EQ(options->bucket, "bucket");
  EXPECT_EQ(options->prefix, "studio/");
}

TEST(Storage, SaysWhatIsMissing) {
  auto config = with_file("[other]\naws_access_key_id = key\n");
  EXPECT_THAT(s3_options(config).error().what, testing::HasSubstr("has no aws_access_key_id"));
  config.credentials = "/nowhere/credentials";
  EXPECT_THAT(s3_options(config).error().what, testing::HasSubstr("cannot be read: /nowhere/credentials"));
  config.place = "s4://bucket";
  EXPECT_THAT(s3_options(config).error().what, testing::HasSubstr("--storage is either disk or"));
  EXPECT_FALSE(is_s3(StorageConfig{}));
}

TEST(Storage, AJobIsToldTheSame) {
  StorageConfig config = with_file("");
  config.path_style = true;
  config.endpoint = "http://127.0.0.1:9000";
  config.secret_key = "secret";
  const auto said = storage_variables(config);
  for (const auto& [name, value] : said) setenv(name.c_str(), value.c_str(), 1);
  std::vector<std::string> words{"greenroom", "work", "--data", "x", "--job", "y"};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  const auto command = parse_command_line(int(arguments.size()), arguments.data());
  for (const auto& [name, value] : said) unsetenv(name.c_str());
  const auto* work = std::get_if<WorkConfig>(&command);
  ASSERT_TRUE(work);
  EXPECT_EQ(storage_variables(work->storage), said);
}

}  // namespace
}  // namespace greenroom::app

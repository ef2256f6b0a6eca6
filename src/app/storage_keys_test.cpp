// The key file as people get it wrong, and files decrypted with it.
#include "app/storage_keys.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "app/decrypt.hpp"
#include "blob/encrypted_file.hpp"
#include "crypto/random.hpp"
#include "db/test_database.hpp"

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Lines final : base::LogSink {
  void write(base::LogLevel, std::string_view event, std::initializer_list<base::LogField>) override {
    events.emplace_back(event);
  }
  std::vector<std::string> events;
};

class StorageKeysTest : public testing::Test {
 protected:
  fs::path file(const std::string& text, fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
    const auto path = folder_.path() / "storage.key";
    std::ofstream(path) << text;
    fs::permissions(path, mode);
    return path;
  }
  db::TestDirectory folder_;
};

TEST_F(StorageKeysTest, AreReadFromTheirFile) {
  EXPECT_TRUE(read_storage_keys({})->empty());
  EXPECT_FALSE(read_storage_keys(file(std::string(64, 'a') + "\n"))->empty());
  const auto refusal = [&](const fs::path& path) { return read_storage_keys(path).error().what; };
  EXPECT_EQ(refusal(file("")), file("").string() + ": there is no key in it");
  EXPECT_EQ(refusal(file("abc\n")), file("").string() + ": line 1 is no key of 64 hex digits");
  EXPECT_EQ(refusal("/nowhere/storage.key"), "the storage keys cannot be read: /nowhere/storage.key");
  EXPECT_EQ(refusal(folder_.path()), "the storage keys cannot be read: " + folder_.path().string());
}

TEST_F(StorageKeysTest, AFileThatEverybodyMayReadIsToldOf) {
  const std::string key(64, 'a');
  Lines log;
  ASSERT_TRUE(read_storage_keys(file(key), &log));
  EXPECT_TRUE(log.events.empty());
  ASSERT_TRUE(read_storage_keys(file(key, fs::perms::owner_all | fs::perms::others_read), &log));
  EXPECT_EQ(log.events, std::vector<std::string>{"storage.keys_readable_by_all"});
}

TEST_F(StorageKeysTest, AFolderIsDecryptedWithItsLinks) {
  const auto keys_file = file(std::string(64, 'a'));
  const auto keys = *read_storage_keys(keys_file);
  crypto::SystemRng rng;
  const auto take = folder_.path() / "take", plain = folder_.path() / "plain";
  fs::create_directories(take / "sources");
  std::ofstream(folder_.path() / "voice") << "a voice";
  std::ofstream(take / "notes.txt") << "not encrypted";
  ASSERT_TRUE(blob::encrypt_file(folder_.path() / "voice", folder_.path() / "blob", keys.make_envelope({}, rng)));
  fs::create_symlink("../../blob", take / "sources" / "voice.flac");
  fs::create_symlink("../../gone", take / "sources" / "gone.flac");
  testing::internal::CaptureStderr();
  const auto status = decrypt({take, plain, keys_file});
  EXPECT_NE(testing::internal::GetCapturedStderr().find("gone.flac leads nowhere"), std::string::npos);
  ASSERT_TRUE(status) << status.error().what;
  EXPECT_EQ(bytes_of(plain / "sources" / "voice.flac"), "a voice");
  EXPECT_EQ(bytes_of(plain / "notes.txt"), "not encrypted");
  testing::internal::CaptureStdout();
  ASSERT_TRUE(decrypt({folder_.path() / "blob", {}, keys_file}));
  std::fflush(stdout);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "a voice");
  EXPECT_FALSE(decrypt({take, {}, keys_file}));
  EXPECT_EQ(decrypt({folder_.path() / "blob", plain / "x", file(std::string(64, 'b'))}).error().code,
            crypto::no_storage_key);
}

}  // namespace
}  // namespace greenroom::app

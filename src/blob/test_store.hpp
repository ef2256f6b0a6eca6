// A store of a test's own, for tests of modules that keep bytes: on disk, or with GREENROOM_TEST_STORE=s3 (ctest's
// entries <module>_s3) in S3 under the directory's name, at the server that GREENROOM_TEST_S3 names
// (`eval "$(tools/services start DIR)"` starts one). There, what is sealed is moved at once, so that all reading is
// S3's.
#pragma once
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "base/assert.hpp"
#include "blob/encrypted_file.hpp"
#include "blob/encrypted_store.hpp"
#include "blob/s3_store.hpp"

namespace greenroom::blob {

inline bool test_store_is(std::string_view kind) {
  const char* store = getenv("GREENROOM_TEST_STORE");
  return store && store == kind;
}
inline bool on_s3() { return test_store_is("s3"); }

// Empty but in the runs with encryption.
inline crypto::StorageKeys test_keys() {
  return test_store_is("encrypted") ? *crypto::StorageKeys::parse(std::string(64, 'e')) : crypto::StorageKeys();
}

// What a file of the data folder holds.
inline std::string content_of(const std::filesystem::path& file) {
  const auto reader = open_content(file, test_keys());
  GREENROOM_ASSERT(reader);
  std::string out((*reader)->size().value, '\0');
  GREENROOM_ASSERT((*reader)->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()}) == out.size());
  return out;
}

inline base::WallTime test_clock() {
  return base::WallTime(
      std::chrono::duration_cast<base::Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

// Of the server that tools/swift_server.py starts.
inline S3Options test_s3_options(std::string prefix) {
  const char* endpoint = getenv("GREENROOM_TEST_S3");
  GREENROOM_ASSERT(endpoint != nullptr);  // eval "$(tools/services start DIR)"
  S3Options options;
  options.bucket = "greenroom-test";
  options.prefix = std::move(prefix);
  options.endpoint = endpoint;
  options.path_style = true;
  options.credentials = {"test:tester", "testing"};
  options.now = &test_clock;
  options.backoff = std::chrono::milliseconds(20);
  options.silence_patience = std::chrono::seconds(10);
  return options;
}

// The bucket itself is an object without a name, as far as its address goes. Making it twice is no error.
inline void make_test_bucket() {
  static const bool made = [] {
    const auto client = S3Client::make(test_s3_options(""));
    if (!client) return false;
    const auto put = client->put("", {});
    return put || put.error().code == error_refused;
  }();
  GREENROOM_ASSERT(made);
}

class MovingStore final : public Store {
 public:
  explicit MovingStore(std::unique_ptr<S3Store> store) : store_(std::move(store)) {}
  base::Result<std::unique_ptr<Writer>> append(const Name& name, base::ByteCount at,
                                               const crypto::Scope& scope) override {
    return store_->append(name, at, scope);
  }
  base::Result<std::unique_ptr<Reader>> open(const Name& name) override { return store_->open(name); }
  base::Result<Stat> stat(const Name& name) override { return store_->stat(name); }
  base::Result<Stat> stat_here(const Name& name) override { return store_->stat(name); }
  base::Status seal(const Name& name) override {
    GREENROOM_CHECK_OK(store_->seal(name));
    return move(name);
  }
  base::Status adopt(const Name& name, const std::filesystem::path& file, const crypto::Scope& scope) override {
    GREENROOM_CHECK_OK(store_->adopt(name, file, scope));
    return move(name);
  }
  base::Status remove(const Name& name) override { return store_->remove(name); }
  base::Result<std::filesystem::path> fetch(const Name& name, const std::filesystem::path& folder) override {
    return store_->fetch(name, folder);
  }
  PartStore* parts() override { return store_->parts(); }
  base::Status check() override { return store_->check(); }
  std::filesystem::path scratch() const override { return store_->scratch(); }

 private:
  base::Status move(const Name& name) {
    const auto moved = store_->move(name);
    if (!moved && moved.error().code != error_missing) return tl::unexpected(moved.error());
    return {};
  }
  const std::unique_ptr<S3Store> store_;
};

// As app does it: encryption stands before either, with keys or without.
inline std::unique_ptr<Store> open_test_store(const std::filesystem::path& root) {
  if (!on_s3()) return std::make_unique<EncryptedStore>(std::move(*open_disk_store(root)), test_keys());
  make_test_bucket();
  auto options = test_s3_options(root.parent_path().filename().string() + "/");
  auto moving = std::make_unique<MovingStore>(std::move(*S3Store::open(root, std::move(options), false)));
  return std::make_unique<EncryptedStore>(std::move(moving), test_keys());
}

}  // namespace greenroom::blob

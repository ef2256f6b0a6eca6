// What encryption adds to store_test.cpp, which runs once more with it (ctest's blob_encrypted).
#include "blob/encrypted_store.hpp"

#include <fstream>
#include <iterator>

#include "base/assert.hpp"
#include "base/test_directory.hpp"
#include "blob/disk_store.hpp"
#include "blob/encrypted_file.hpp"
#include "blob/test_store.hpp"

namespace greenroom::blob {
namespace {

namespace fs = std::filesystem;

const std::string first_key(64, '1'), second_key(64, '2');
const std::string words = "What was said is kept, and nobody who takes the disk away hears it.";

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class EncryptedStoreTest : public testing::Test {
 protected:
  // As after a restart with such a key file; empty: without one.
  std::unique_ptr<Store> store(const std::string& keys) {
    return std::make_unique<EncryptedStore>(std::move(*open_disk_store(root_)),
                                            keys.empty() ? crypto::StorageKeys() : *crypto::StorageKeys::parse(keys));
  }
  void write(Store& store, std::uint64_t at, std::string_view text) {
    auto writer = store.append(name_, {at}, scope_);
    ASSERT_TRUE(writer) << writer.error().what;
    ASSERT_TRUE((*writer)->append(base::as_bytes(text)));
    ASSERT_TRUE((*writer)->sync());
    EXPECT_EQ((*writer)->size().value, at + text.size());
  }
  std::string content(Store& store) {
    auto reader = store.open(name_);
    if (!reader) return "<" + std::string(reader.error().code.name) + ">";
    std::string out((*reader)->size().value, '\0');
    EXPECT_EQ(*(*reader)->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()}), out.size());
    return out;
  }
  std::string on_disk(Store& store) { return bytes_of(*store.path_here(name_)); }

  const base::TestDirectory directory_;
  const fs::path& root_ = directory_.path();
  const Name name_ = *Name::parse("uploads/0190163d-8694-739b-aea5-966c26f8ad91");
  const crypto::Scope scope_ = *base::parse_uuid("0190163d-0000-7000-8000-000000000001");
};

TEST_F(EncryptedStoreTest, NothingOfItIsOnTheDisk) {
  const auto encrypted = store(first_key);
  write(*encrypted, 0, words.substr(0, 21));
  write(*encrypted, 21, words.substr(21));
  EXPECT_EQ(content(*encrypted), words);
  EXPECT_EQ(encrypted->stat(name_)->size.value, words.size());
  ASSERT_TRUE(encrypted->seal(name_));
  EXPECT_EQ(encrypted->stat_here(name_)->size.value, words.size());
  EXPECT_EQ(content(*encrypted), words);
  const auto bytes = on_disk(*encrypted);
  EXPECT_EQ(bytes.size(), crypto::envelope_size + words.size());
  for (std::size_t at = 0; at + 4 <= words.size(); ++at) EXPECT_EQ(bytes.find(words.substr(at, 4)), bytes.npos) << at;
  EXPECT_FALSE(encrypted->parts());
  EXPECT_EQ(encrypted->link(name_, {}), "");
}

TEST_F(EncryptedStoreTest, WhatIsAdoptedIsEncryptedAndWhatIsFetchedIsNot) {
  const auto encrypted = store(first_key);
  const auto made = encrypted->scratch() / "episode.mp4", folder = encrypted->scratch() / "job";
  fs::create_directories(folder);
  std::ofstream(made) << words;
  ASSERT_TRUE(encrypted->adopt(name_, made, scope_));
  EXPECT_FALSE(fs::exists(made));
  EXPECT_EQ(on_disk(*encrypted).find("said"), std::string::npos);
  for (int twice = 0; twice < 2; ++twice) {
    const auto file = encrypted->fetch(name_, folder);
    ASSERT_TRUE(file) << file.error().what;
    EXPECT_EQ(bytes_of(*file), words);
  }
  EXPECT_EQ(content(*encrypted), words);
  fs::remove_all(folder);
  EXPECT_TRUE(fs::is_empty(encrypted->scratch()));
}

TEST_F(EncryptedStoreTest, WithoutItsKeyThereIsAClearErrorAndTheSizeIsKnown) {
  write(*store(first_key), 0, words);
  for (const auto& keys : {std::string(), second_key}) {
    const auto other = store(keys);
    EXPECT_EQ(content(*other), "<crypto.no_storage_key>");
    EXPECT_EQ(other->append(name_, {words.size()}, scope_).error().code, crypto::no_storage_key);
    EXPECT_EQ(other->fetch(name_, other->scratch()).error().code, crypto::no_storage_key);
    EXPECT_TRUE(fs::is_empty(other->scratch()));
    EXPECT_EQ(other->stat(name_)->size.value, words.size());
  }
}

TEST_F(EncryptedStoreTest, KeysAreChangedWithoutTouchingWhatIsThere) {
  write(*store(first_key), 0, words.substr(0, 10));
  const auto both = store(second_key + "\n" + first_key);
  write(*both, 10, words.substr(10));  // grows under the key that it began with
  EXPECT_EQ(content(*both), words);
  EXPECT_EQ(content(*store(first_key)), words);
  write(*both, 0, words);
  EXPECT_EQ(content(*store(first_key)), "<crypto.no_storage_key>");
  EXPECT_EQ(content(*store(second_key)), words);
}

TEST_F(EncryptedStoreTest, WhatWasPlainStaysReadableAndGrowsOn) {
  write(*store(""), 0, words.substr(0, 10));
  const auto encrypted = store(first_key);
  EXPECT_EQ(content(*encrypted), words.substr(0, 10));
  write(*encrypted, 10, words.substr(10));
  ASSERT_TRUE(encrypted->seal(name_));
  EXPECT_EQ(on_disk(*encrypted), words);
  EXPECT_EQ(content(*encrypted), words);
  const auto file = encrypted->fetch(name_, encrypted->scratch());
  ASSERT_TRUE(file);
  EXPECT_TRUE(fs::equivalent(*file, *encrypted->path_here(name_)));  // no copy
}

TEST_F(EncryptedStoreTest, ACrashBeforeTheFirstByteLeavesNothing) {
  const auto encrypted = store(first_key);
  write(*encrypted, 0, words);
  const auto path = *encrypted->path_here(name_);
  for (const std::uintmax_t size : {64, 40, 8}) {
    fs::resize_file(path, size);
    EXPECT_EQ(content(*encrypted), "");
    EXPECT_EQ(encrypted->stat(name_)->size.value, 0u);
  }
  EXPECT_EQ(encrypted->append(name_, {1}, scope_).error().code, crypto::bad_envelope);
  write(*encrypted, 0, words);
  EXPECT_EQ(content(*encrypted), words);
}

TEST_F(EncryptedStoreTest, FilesOutsideOfAStoreAreTheSame) {
  const auto keys = *crypto::StorageKeys::parse(first_key);
  crypto::SystemRng rng;
  const auto plain = root_ / "plain", encrypted = root_ / "encrypted", back = root_ / "back";
  const std::string text(700'000, 'x');
  std::ofstream(plain) << text;
  ASSERT_TRUE(encrypt_file(plain, encrypted, keys.make_envelope(scope_, rng)));
  EXPECT_EQ(*content_size(encrypted), text.size());
  EXPECT_EQ(*content_size(plain), text.size());
  ASSERT_TRUE(decrypt_file(encrypted, back, keys));
  EXPECT_EQ(bytes_of(back), text);
  const auto before = std::distance(fs::directory_iterator(root_), {});
  {
    const auto itself = ContentFile::open(plain, keys), copy = ContentFile::open(encrypted, keys, root_);
    ASSERT_TRUE(itself && copy);
    EXPECT_EQ(itself->path(), plain);
    EXPECT_EQ(bytes_of(copy->path()), text);
    EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), before);
  }
  EXPECT_EQ(ContentFile::open(encrypted, {}).error().code, crypto::no_storage_key);
}

TEST_F(EncryptedStoreTest, InS3ItIsEncryptedToo) {
  if (!getenv("GREENROOM_TEST_S3")) GTEST_SKIP() << "no GREENROOM_TEST_S3";
  make_test_bucket();
  auto s3 = *S3Store::open(root_, test_s3_options(root_.filename().string() + "/"), true);
  S3Store& bytes = *s3;
  EncryptedStore encrypted(std::move(s3), *crypto::StorageKeys::parse(first_key));
  write(encrypted, 0, words);
  ASSERT_TRUE(encrypted.seal(name_));
  EXPECT_EQ(*bytes.move(name_), crypto::envelope_size + words.size());
  EXPECT_EQ(content(encrypted), words);
  EXPECT_EQ(content(bytes).find("said"), std::string::npos);
  EXPECT_EQ(encrypted.stat(name_)->size.value, words.size());
  EXPECT_EQ(encrypted.link(name_, {}), "");
  EXPECT_FALSE(encrypted.parts());
  const auto file = encrypted.fetch(name_, encrypted.scratch());
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(bytes_of(*file), words);
}

}  // namespace
}  // namespace greenroom::blob

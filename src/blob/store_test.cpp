// What every store does: run once on disk, and once more on S3 (ctest's blob_s3).
#include "blob/store.hpp"

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/assert.hpp"
#include "base/rng.hpp"
#include "base/test_directory.hpp"
#include "blob/test_store.hpp"

namespace greenroom::blob {
namespace {

namespace fs = std::filesystem;

class StoreTest : public testing::Test {
 protected:
  StoreTest() { store_ = open_test_store(root_ / "blobs"); }

  std::string content(const Name& name) {
    auto reader = store_->open(name);
    if (!reader) return "<" + std::string(reader.error().code.name) + ">";
    std::string out((*reader)->size().value, '\0');
    EXPECT_EQ(*(*reader)->read(0, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()}), out.size());
    return out;
  }
  void write(const Name& name, std::uint64_t at, std::string_view text) {
    auto writer = store_->append(name, {at}, {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(base::as_bytes(text)));
    ASSERT_TRUE((*writer)->sync());
  }

  const base::TestDirectory directory_;
  const fs::path& root_ = directory_.path();
  std::unique_ptr<Store> store_;
  const Name name_ = *Name::parse("uploads/0190163d-8694-739b-aea5-966c26f8ad91");
};

TEST(BlobName, SaysWhatItCanHold) {
  for (auto good : {"a", "a/b", "assets/1/mix.mp4", "A-_.9"}) EXPECT_TRUE(Name::parse(good)) << good;
  const std::vector<std::string> bad_names{"",
                                           "/",
                                           "a/",
                                           "/a",
                                           "a//b",
                                           "..",
                                           "a/../b",
                                           ".hidden",
                                           "a b",
                                           "a~b",
                                           "ü",
                                           "a/x.part",
                                           "a\n",
                                           std::string("a\0b", 3),
                                           std::string(181, 'a')};
  for (const auto& bad : bad_names) {
    EXPECT_FALSE(Name::parse(bad)) << bad;
  }
}

TEST_F(StoreTest, GrowsAndSeals) {
  write(name_, 0, "hello ");
  write(name_, 6, "world");
  EXPECT_FALSE(store_->stat(name_)->sealed);
  EXPECT_EQ(content(name_), "hello world");
  ASSERT_TRUE(store_->seal(name_));
  ASSERT_TRUE(store_->seal(name_));
  EXPECT_TRUE(store_->stat(name_)->sealed);
  EXPECT_EQ(content(name_), "hello world");
  EXPECT_EQ(store_->append(name_, {11}, {}).error().code, error_sealed);
}

TEST_F(StoreTest, ReopeningCutsOffWhatWasNeverAcknowledged) {
  write(name_, 0, "0123456789");
  write(name_, 4, "x");
  EXPECT_EQ(content(name_), "0123x");
  EXPECT_EQ(store_->append(name_, {6}, {}).error().code, error_short);
  EXPECT_EQ(store_->append(*Name::parse("other"), {1}, {}).error().code, error_short);
}

// Pieces that begin on a page, in the blob and in memory, may take another way than others: they are one blob all the
// same, and so is what a new writer goes on with.
TEST_F(StoreTest, PiecesOfEverySizeAndPlaceAreOneBlob) {
  constexpr std::size_t page = 4096, size_max = 300'000;
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> memory(
      static_cast<std::uint8_t*>(std::aligned_alloc(page, 76 * page)), std::free);
  base::SeededRng rng(4096);
  std::string whole;
  auto writer = *store_->append(name_, {0}, {});
  for (int i = 0; i < 60; ++i) {
    const std::size_t sizes[] = {131'072, 262'144, rng.below(size_max), 4096 * rng.below(8), rng.below(20)};
    const std::size_t size = sizes[rng.below(std::size(sizes))];
    const base::ByteSpan piece(memory.get() + (rng.below(4) == 0 ? rng.below(page) : 0), size);
    rng.fill(piece);
    ASSERT_TRUE(writer->append(piece));
    whole += base::as_text(piece);
    // From here on pages are whole again.
    if (whole.size() % page != 0 && rng.below(2) == 0) {
      const std::string rest(page - whole.size() % page, char(i));
      ASSERT_TRUE(writer->append(base::as_bytes(rest)));
      whole += rest;
    }
    if (rng.below(4) == 0) {
      ASSERT_TRUE(writer->sync());
    }
    if (rng.below(8) == 0) {
      ASSERT_TRUE(writer->sync());
      writer.reset();
      whole.resize(whole.size() - rng.below(std::min<std::size_t>(whole.size(), 10'000)));  // never acknowledged
      writer = *store_->append(name_, {whole.size()}, {});
    }
    EXPECT_EQ(writer->size().value, whole.size());
  }
  ASSERT_TRUE(writer->sync());
  EXPECT_TRUE(content(name_) == whole);
  writer.reset();
  ASSERT_TRUE(store_->seal(name_));
  EXPECT_TRUE(content(name_) == whole);
}

TEST_F(StoreTest, ReadsRanges) {
  write(name_, 0, "0123456789");
  auto reader = *store_->open(name_);
  std::array<std::uint8_t, 4> out{};
  EXPECT_EQ(*reader->read(7, out), 3u);
  EXPECT_EQ(base::as_text(base::ByteView(out).first(3)), "789");
  EXPECT_EQ(*reader->read(10, out), 0u);
  EXPECT_EQ(*reader->read(1'000, out), 0u);
}

TEST_F(StoreTest, AdoptsAndRemoves) {
  const fs::path made = store_->scratch() / "job.mp4";
  std::ofstream(made) << "bytes";
  ASSERT_TRUE(store_->adopt(name_, made, {}));
  EXPECT_FALSE(fs::exists(made));
  EXPECT_TRUE(store_->stat(name_)->sealed);
  EXPECT_EQ(content(name_), "bytes");
  ASSERT_TRUE(store_->remove(name_));
  ASSERT_TRUE(store_->remove(name_));
  EXPECT_EQ(content(name_), "<blob.missing>");
  EXPECT_EQ(store_->stat(name_).error().code, error_missing);
  EXPECT_EQ(store_->seal(name_).error().code, error_missing);
}

TEST_F(StoreTest, GivesFilesToThoseThatWantThem) {
  const fs::path folder = store_->scratch() / "job";
  fs::create_directories(folder);
  EXPECT_EQ(store_->fetch(name_, folder).error().code, error_missing);
  write(name_, 0, "growing");
  ASSERT_TRUE(store_->seal(name_));
  const auto file = store_->fetch(name_, folder);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->parent_path(), folder);
  ASSERT_TRUE(store_->remove(name_));  // who has fetched it goes on reading it
  std::ifstream in(*file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "growing");
  EXPECT_EQ(content(name_), "<blob.missing>");
}

TEST_F(StoreTest, HoldsNothing) {
  write(name_, 0, "");
  ASSERT_TRUE(store_->seal(name_));
  EXPECT_EQ(content(name_), "");
  EXPECT_EQ(store_->stat(name_)->size.value, 0u);
}

TEST_F(StoreTest, AnswersForItself) { EXPECT_TRUE(store_->check()); }

TEST_F(StoreTest, AFullDiskIsAClearErrorAndKeepsWhatWasThere) {
  auto writer = *store_->append(name_, {0}, {});
  ASSERT_TRUE(writer->append(base::Bytes(1'000, 1)));
  struct rlimit old {};
  getrlimit(RLIMIT_FSIZE, &old);  // the nearest thing to a full disk: EFBIG in the middle of a write
  const struct rlimit small { 1'500, old.rlim_max };
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  auto status = writer->append(base::Bytes(1'000, 2));
  setrlimit(RLIMIT_FSIZE, &old);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, error_full);
  EXPECT_EQ(writer->size().value, 1'000u);
  EXPECT_EQ(store_->stat(name_)->size.value, 1'000u);
  EXPECT_TRUE(writer->append(base::Bytes(1'000, 3)));
}

TEST_F(StoreTest, AFullDiskTakesNoHalfOfALargePiece) {
  constexpr std::size_t page = 4096, large = 64 * page;
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> memory(
      static_cast<std::uint8_t*>(std::aligned_alloc(page, large)), std::free);
  std::fill_n(memory.get(), large, std::uint8_t(7));
  const base::ByteView piece(memory.get(), large);
  auto writer = *store_->append(name_, {0}, {});
  ASSERT_TRUE(writer->append(piece));
  struct rlimit old {};
  getrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t room : {rlim_t(1), rlim_t(page), rlim_t(10 * page + 17)}) {
    const struct rlimit small { large + room, old.rlim_max };
    setrlimit(RLIMIT_FSIZE, &small);
    auto status = writer->append(piece);
    setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, error_full);
    EXPECT_EQ(store_->stat(name_)->size.value, large);
  }
  EXPECT_TRUE(writer->append(piece));
  EXPECT_EQ(content(name_), std::string(2 * large, 7));
}

}  // namespace
}  // namespace greenroom::blob

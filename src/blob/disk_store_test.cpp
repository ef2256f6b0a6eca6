#include "blob/disk_store.hpp"

#include "base/assert.hpp"
#include "base/test_directory.hpp"

namespace greenroom::blob {
namespace {

namespace fs = std::filesystem;

class DiskStoreTest : public testing::Test {
 protected:
  DiskStoreTest() { store_ = *DiskStore::open(root_); }

  const base::TestDirectory directory_;
  const fs::path& root_ = directory_.path();
  std::unique_ptr<DiskStore> store_;
  const Name name_ = *Name::parse("uploads/0190163d-8694-739b-aea5-966c26f8ad91");
};

TEST_F(DiskStoreTest, IsWhereTheHeaderSays) {
  ASSERT_TRUE(store_->append(name_, {0}, {}));
  const fs::path path = *store_->path_of(name_);
  EXPECT_EQ(path.filename(), "uploads~0190163d-8694-739b-aea5-966c26f8ad91.part");
  EXPECT_EQ(path.parent_path().filename().string().size(), 2u);
  EXPECT_EQ(path.parent_path().parent_path().parent_path(), root_);
  ASSERT_TRUE(store_->seal(name_));
  EXPECT_EQ(store_->path_of(name_)->filename(), "uploads~0190163d-8694-739b-aea5-966c26f8ad91");
}

TEST_F(DiskStoreTest, ListsWhatIsSealed) {
  const auto growing = *Name::parse("uploads/growing"), other = *Name::parse("assets/1/mix.mp4");
  for (const auto& name : {name_, growing, other}) ASSERT_TRUE(store_->append(name, {0}, {}));
  for (const auto& name : {name_, other}) ASSERT_TRUE(store_->seal(name));
  std::vector<Name> found;
  ASSERT_TRUE(store_->each_sealed([&](const Name& name) -> base::Status {
    found.push_back(name);
    return {};
  }));
  EXPECT_THAT(found, testing::UnorderedElementsAre(name_, other));
}

TEST_F(DiskStoreTest, FetchesWithoutACopy) {
  ASSERT_TRUE(store_->append(name_, {0}, {}));
  ASSERT_TRUE(store_->seal(name_));
  const auto file = store_->fetch(name_, store_->scratch());
  ASSERT_TRUE(file);
  EXPECT_TRUE(fs::equivalent(*file, *store_->path_of(name_)));
}

}  // namespace
}  // namespace greenroom::blob

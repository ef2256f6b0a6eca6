#include "app/backup.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "app/archive.hpp"
#include "app/test_rows.hpp"
#include "db/test_database.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

const base::WallTime backed_up_at = base::wall_from_micros(5'000'000);
const std::string secret(32, 's');

void write_file(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string read_file(const fs::path& file) {
  std::stringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

// A data folder and its database, as a server leaves them.
struct Place {
  explicit Place(bool postgresql) : postgresql_(postgresql) {
    config = {directory.path(), postgresql ? db::test_url(directory.path()) : "sqlite"};
  }
  ~Place() { db::drop_test_schema(directory.path()); }

  std::unique_ptr<db::Database> database() const {
    db::DatabaseOptions options;
    (postgresql_ ? options.url : options.path) =
        postgresql_ ? config.database : (directory.path() / "greenroom.db").string();
    return std::move(*db::Database::open(options));
  }
  void fill() const {
    const auto own = database();
    const auto all = studio::all_migrations();
    ASSERT_TRUE(db::migrate(*own, all, backed_up_at));
    const auto added = own->write([&](db::Transaction& tx) { return add_rows(tx, all); });
    ASSERT_TRUE(added) << added.error().context;
    write_file(directory.path() / "secret.key", secret);
    write_file(directory.path() / "blobs/ab/cd/assets~mix.mp4", std::string(700'000, 'm'));
    write_file(directory.path() / "blobs/scratch/half", "no part of a backup");
    write_file(directory.path() / "backup/take/track.log", "log");
  }
  std::map<std::string, std::string> values() const {
    const auto own = database();
    return *own->read([](db::Transaction& tx) { return all_values(tx); });
  }

  db::TestDirectory directory;
  PlaceConfig config;

 private:
  const bool postgresql_;
};

class BackupTest : public testing::Test {
 protected:
  fs::path file(const char* name = "backup.tar") const { return folder_.path() / name; }
  base::Result<BackupReport> keep(const Place& place, bool media, const char* name = "backup.tar") {
    return back_up({place.config, file(name), media}, backed_up_at);
  }
  base::Result<BackupReport> bring(const Place& place, const char* name = "backup.tar") {
    return restore({place.config, file(name)}, studio::all_migrations(), backed_up_at);
  }
  db::TestDirectory folder_;
};

TEST_F(BackupTest, ComesBackOnThisEngineAndOnTheOther) {
  const Place first(false), second(db::on_postgresql()), third(false);
  first.fill();
  const auto kept = keep(first, true, "1.tar");
  ASSERT_TRUE(kept) << kept.error().what << kept.error().context;
  EXPECT_EQ(kept->files, 2u);
  const auto restored = bring(second, "1.tar");
  ASSERT_TRUE(restored) << restored.error().what << restored.error().context;
  EXPECT_EQ(restored->rows, kept->rows);
  EXPECT_EQ(second.values(), first.values());
  EXPECT_EQ(read_file(second.directory.path() / "secret.key"), secret);
  EXPECT_EQ(read_file(second.directory.path() / "blobs/ab/cd/assets~mix.mp4"), std::string(700'000, 'm'));
  EXPECT_EQ(read_file(second.directory.path() / "backup/take/track.log"), "log");
  EXPECT_FALSE(fs::exists(second.directory.path() / "blobs/scratch"));

  ASSERT_TRUE(keep(second, true, "2.tar"));
  ASSERT_TRUE(bring(third, "2.tar"));
  EXPECT_EQ(third.values(), first.values());
}

TEST_F(BackupTest, WithoutMediaItSaysWhatIsMissing) {
  const Place first(db::on_postgresql()), second(db::on_postgresql());
  first.fill();
  ASSERT_TRUE(keep(first, false));
  EXPECT_LT(fs::file_size(file()), 200'000u);
  const auto restored = bring(second);
  ASSERT_TRUE(restored) << restored.error().what;
  EXPECT_EQ(restored->missing, 2u);
}

TEST_F(BackupTest, AnEarlierVersionsBackupIsBroughtForward) {
  const Place first(db::on_postgresql()), second(db::on_postgresql());
  const auto all = studio::all_migrations();
  const auto earlier = std::span(all).first(all.size() - 1);
  {
    const auto own = first.database();
    ASSERT_TRUE(db::migrate(*own, earlier, backed_up_at));
    ASSERT_TRUE(own->write([&](db::Transaction& tx) { return add_rows(tx, earlier); }));
    write_file(first.directory.path() / "secret.key", secret);
  }
  ASSERT_TRUE(keep(first, false));
  ASSERT_TRUE(bring(second));
  EXPECT_EQ(*db::migrate(*second.database(), all, backed_up_at), 0);
  const Place third(db::on_postgresql());
  const auto older = restore({third.config, file()}, std::span(all).first(1), backed_up_at);
  EXPECT_FALSE(older) << "a version that does not know all of the backup's migrations";
}

TEST_F(BackupTest, NothingThatIsThereIsOverwritten) {
  const Place first(db::on_postgresql()), second(db::on_postgresql());
  first.fill();
  second.fill();
  ASSERT_TRUE(keep(first, true));
  EXPECT_EQ(keep(first, true).error().code, archive_io) << "the file is there already";
  fs::remove_all(second.directory.path() / "blobs");
  fs::remove_all(second.directory.path() / "backup");
  const auto before = second.values();
  EXPECT_EQ(bring(second).error().code, not_empty) << "the database has rows";
  EXPECT_EQ(second.values(), before);

  const Place third(db::on_postgresql());
  write_file(third.directory.path() / "blobs/x/y/z", "a recording");
  EXPECT_EQ(bring(third).error().code, not_empty) << "the folder has recordings";
  const Place fourth(db::on_postgresql());
  write_file(fourth.directory.path() / "secret.key", std::string(32, 'o'));
  EXPECT_FALSE(bring(fourth)) << "the folder has another secret";
}

TEST_F(BackupTest, ADamagedFileLeavesTheDatabaseEmpty) {
  const Place first(db::on_postgresql());
  first.fill();
  ASSERT_TRUE(keep(first, false, "whole.tar"));
  const std::string whole = read_file(file("whole.tar"));
  for (const std::size_t size : {std::size_t(100), std::size_t(512), whole.size() / 2}) {
    SCOPED_TRACE(size);
    const Place place(db::on_postgresql());
    write_file(file(), whole.substr(0, size));
    EXPECT_EQ(bring(place).error().code.kind, base::ErrorKind::corrupt);
    for (const auto& [column, values] : place.values()) EXPECT_EQ(values, "") << column;
  }
}

TEST_F(BackupTest, RowsComeBackByTheirTypes) {
  const base::Bytes bytes{0, 255};
  const std::vector<db::ValueView> row{std::int64_t(-9'000'000'000'000'000'000),
                                       3.0,
                                       0.1,
                                       std::string_view("\"ü\n"),
                                       base::ByteView(bytes),
                                       std::monostate{},
                                       std::int64_t(3)};
  const std::string line = print_row(db::Row(row));
  const auto values = parse_row(line, 7);
  ASSERT_TRUE(values) << values.error().what;
  std::vector<db::ValueView> back;
  for (const db::Parameter& value : *values) back.push_back(value.view());
  EXPECT_EQ(print_row(db::Row(back)), line);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(back[i].index(), row[i].index()) << i;
  for (const char* bad : {"[1,2]", "{}", "[1,2,3,4,5,6,true]", "[{\"base64\":\"?\"},2,3,4,5,6,7]", ""})
    EXPECT_FALSE(parse_row(bad, 7)) << bad;
}

TEST_F(BackupTest, AFileThatWasNotFinishedHasGone) {
  {
    auto archive = ArchiveWriter::create(file());
    ASSERT_TRUE(archive);
    ASSERT_TRUE(archive->add("a", "b"));
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

}  // namespace
}  // namespace greenroom::app

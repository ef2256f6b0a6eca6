#include "record/recorder.hpp"

#include <fstream>
#include <iterator>

#include "record/export.hpp"

namespace greenroom::record {
namespace {

namespace fs = std::filesystem;

class RecorderTest : public testing::Test {
 protected:
  void SetUp() override {
    root = fs::temp_directory_path() / fmt::format("greenroom-recorder-{}-{}", ::getpid(),
                                                   testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root);
  }
  void TearDown() override { fs::remove_all(root); }

  static TrackHeader header(const std::string& track) {
    return {"take", track, "anna", "mic", "audio", "audio/opus", 48'000, 2, base::wall_from_micros(0)};
  }
  static std::size_t records_in(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    const base::Bytes bytes((std::istreambuf_iterator<char>(in)), {});
    LogReader reader(bytes);
    std::size_t n = 0;
    while (reader.next()) ++n;
    return n;
  }

  fs::path root;
  base::NullLog log;
};

TEST_F(RecorderTest, WritesOneLogPerTrack) {
  Recorder recorder(root, log);
  recorder.handle(TrackStarted{header("a")});
  recorder.handle(TrackStarted{header("b")});
  for (int i = 0; i < 10; ++i) recorder.handle(TrackPacket{"take", "a", base::wall_from_micros(i), base::Bytes(100)});
  recorder.handle(TrackSenderReport{"take", "b", {}, 1, 2});
  recorder.handle(TrackEnded{"take", "a", {}});
  recorder.handle(RecordingEnded{"take", {}});
  EXPECT_EQ(records_in(root / "take" / "a.grlog"), 12u);
  EXPECT_EQ(records_in(root / "take" / "b.grlog"), 3u);
  EXPECT_EQ(recorder.stats().open_tracks, 0u);
  EXPECT_EQ(recorder.stats().packets, 10u);
}

TEST_F(RecorderTest, AfterASecondEverythingIsOnDisk) {
  Recorder recorder(root, log);
  recorder.handle(TrackStarted{header("a")});
  recorder.handle(TrackPacket{"take", "a", {}, base::Bytes(100)});
  recorder.advance(base::wall_from_micros(1'000'000));
  EXPECT_EQ(records_in(root / "take" / "a.grlog"), 2u);
  recorder.handle(TrackPacket{"take", "a", {}, base::Bytes(100)});
  recorder.advance(base::wall_from_micros(1'500'000));
  EXPECT_EQ(records_in(root / "take" / "a.grlog"), 2u);
  recorder.advance(base::wall_from_micros(2'000'000));
  EXPECT_EQ(records_in(root / "take" / "a.grlog"), 3u);
}

TEST_F(RecorderTest, ALogOfAnEarlierProcessIsNotTouched) {
  {
    Recorder first(root, log);
    first.handle(TrackStarted{header("a")});
  }
  Recorder second(root, log);
  second.handle(TrackStarted{header("a")});
  second.handle(TrackPacket{"take", "a", {}, base::Bytes(100)});
  second.flush();
  EXPECT_EQ(records_in(root / "take" / "a.grlog"), 1u);
  EXPECT_EQ(records_in(root / "take" / "a.2.grlog"), 2u);
  EXPECT_EQ(find_logs(root, "take").size(), 2u);
}

TEST_F(RecorderTest, WithKeysTheLogsAreEncryptedAndEveryPrefixIsStillOne) {
  const auto keys = *crypto::StorageKeys::parse(std::string(64, 'e'));
  const auto workspace = *base::parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91");
  const base::Bytes packet(100, 'x');
  {
    Recorder recorder(root, log, keys);
    recorder.handle(RecordingStarted{"take", workspace});
    recorder.handle(TrackStarted{header("a")});
    for (int i = 0; i < 5; ++i) {
      recorder.handle(TrackPacket{"take", "a", base::wall_from_micros(i), packet});
      recorder.flush();
    }
  }
  const auto file = root / "take" / "a.grlog", cut = root / "cut.grlog";
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(bytes.find("audio/opus"), std::string::npos);
  EXPECT_EQ(bytes.find("xxxxxxxx"), std::string::npos);
  EXPECT_TRUE(std::equal(workspace.begin(), workspace.end(), bytes.begin() + 16,
                         [](std::uint8_t a, char b) { return a == std::uint8_t(b); }));
  EXPECT_EQ(read_header(file, keys)->mime_type, "audio/opus");
  EXPECT_EQ(check_log(file, keys)->packets, 5u);
  EXPECT_EQ(check_log(file).error().code, crypto::no_storage_key);
  EXPECT_EQ(read_header(file).error().code, crypto::no_storage_key);
  std::uint64_t packets = 0;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    std::ofstream(cut, std::ios::binary | std::ios::trunc).write(bytes.data(), std::streamsize(size));
    const auto checked = check_log(cut, keys);
    ASSERT_TRUE(checked || size < crypto::envelope_size + 5) << size;
    ASSERT_GE(checked ? checked->packets : 0, packets);
    packets = checked ? checked->packets : 0;
  }
  EXPECT_EQ(packets, 5u);
}

TEST_F(RecorderTest, UnknownTracksAndForeignNamesDoNoHarm) {
  Recorder recorder(root, log);
  recorder.handle(TrackPacket{"take", "ghost", {}, base::Bytes(100)});
  recorder.handle(TrackEnded{"take", "ghost", {}});
  EXPECT_EQ(recorder.stats().dropped, 1u);
  auto evil = header("../../evil");
  evil.recording = "../up";
  recorder.handle(TrackStarted{evil});
  recorder.flush();
  EXPECT_TRUE(fs::exists(root / "___up" / "______evil.grlog"));
}

}  // namespace
}  // namespace greenroom::record

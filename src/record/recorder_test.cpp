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

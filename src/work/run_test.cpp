// The compose job against a real studio, database, blob store and queue: synthetic recordings go in as uploads and
// backup logs, finished files come out as assets.
#include <boost/json/serialize.hpp>

#include "media/inspect.hpp"
#include "work/compose.hpp"
#include "work/manifest.hpp"
#include "work/verify.hpp"
#include "work/work_fixture.hpp"

namespace greenroom::work {
namespace {

TEST_F(WorkTest, UploadsBecomeAnEpisode) {
  microphone(ada, {.start_s = 0.1, .length_s = 5.9, .ppm = 120}, synthetic::voice(1));
  microphone(bob, {.start_s = -0.2, .length_s = 6.2, .ppm = -120}, synthetic::voice(2));
  camera(ada, 0.2, {.frames = 170});
  camera(bob, 0.1, {.frames = 170});
  backup(bob, synthetic::voice(2), true);
  stop();
  const auto status = run_job();
  ASSERT_TRUE(status) << status.error().what << status.error().context;

  EXPECT_EQ(studio().take(host, take)->state, studio::TakeState::ready);
  EXPECT_EQ(process.queue.find(job)->state, jobs::JobState::done);
  const auto made = assets();
  std::vector<std::string> names;
  for (const auto& asset : made) names.push_back(asset.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("Deep-Sea-Radio-12.mp4", "Ada.flac", "Bob-Ltd.flac", "thumbnail.jpg",
                                                   "peaks.json", "report.json", "Ada-mic.manifest.json",
                                                   "Ada-camera.manifest.json", "Bob-Ltd-mic.manifest.json",
                                                   "Bob-Ltd-camera.manifest.json", "take.json"));
  const auto seen = media::inspect(file_of(one(made, studio::AssetKind::composite)), {.tiles = 2});
  ASSERT_TRUE(seen) << seen.error().what;
  EXPECT_EQ(seen->video_frames, 180);
  EXPECT_NEAR(seen->lufs, -16, 0.5);
  EXPECT_TRUE(seen->faststart);
  for (const auto& tile : seen->tiles) {
    EXPECT_EQ(tile.jumps, 0);
    EXPECT_EQ(tile.backward, 0);
    EXPECT_GT(tile.last.value_or(0), 160);
  }
  const auto json = report();
  EXPECT_DOUBLE_EQ(json.at("durationS").to_number<double>(), take_s);
  EXPECT_LT(json.at("residualMs").to_number<double>(), 1.0);
  EXPECT_EQ(json.at("stems").as_array().size(), 5u);
  EXPECT_TRUE(fs::is_empty(process.store->scratch()));
}

TEST_F(WorkTest, AnUnprocessedMicrophoneIsDeliveredBesideTheOther) {
  output.canvas = {160, 90}, output.fps = 5;
  microphone(ada, {.length_s = 6}, synthetic::voice(1));
  microphone(ada, {.start_s = 0.1, .length_s = 5.9}, synthetic::voice(2), Source::raw_mic);
  microphone(bob, {.length_s = 6}, synthetic::voice(3));
  stop();
  const auto status = run_job();
  ASSERT_TRUE(status) << status.error().what << status.error().context;

  std::map<std::string, studio::Asset> made;
  for (const auto& asset : assets()) made.emplace(asset.name, asset);
  ASSERT_TRUE(made.contains("Ada-raw.flac"));
  EXPECT_EQ(made.at("Ada-raw.flac").kind, studio::AssetKind::raw_stem);
  EXPECT_EQ(made.at("Ada-raw.flac").participant_id, id_of(ada));
  EXPECT_EQ(made.at("Ada-raw.flac").duration_s, made.at("Ada.flac").duration_s);
  EXPECT_FALSE(made.contains("Bob-Ltd-raw.flac"));
  if (blob::on_s3()) return;  // what has moved away is not in the folder
  EXPECT_TRUE(fs::exists(take_folder() / "sources/Ada-raw-mic.grpb"));
  const auto told = read_manifest(blob::content_of(take_folder() / "Ada-raw-mic.manifest.json"));
  ASSERT_TRUE(told) << told.error().what;
  EXPECT_EQ(told->source, "raw_mic");
  ASSERT_TRUE(told->finished);
  EXPECT_EQ(told->finished->file, "Ada-raw.flac");
  EXPECT_NEAR(double(told->present) / double(told->expected), 5.9 / 6, 0.002);
  const auto verdict = verify_take(take_folder(), blob::test_keys());
  for (const auto& line : verdict.lines) EXPECT_TRUE(line.good) << line.file << " " << line.what;
}

TEST_F(WorkTest, MarkersAreChaptersAndAPauseMovesThem) {
  output.canvas = {160, 90}, output.fps = 10;
  microphone(ada, {.length_s = 6}, synthetic::voice(1));
  ASSERT_TRUE(studio().add_marker(ada, take, {"Before", take_ms + 500}));
  process.now += std::chrono::milliseconds(1'000);
  ASSERT_TRUE(studio().set_take_paused(ada, take, true));
  process.now += std::chrono::milliseconds(2'000);
  ASSERT_TRUE(studio().set_take_paused(ada, take, false));
  process.now += std::chrono::milliseconds(1'500);
  ASSERT_TRUE(studio().add_marker(ada, take, {"After \xC3\xA9 pause", {}}));
  process.now -= std::chrono::milliseconds(4'500);
  stop();
  const auto status = run_job();
  ASSERT_TRUE(status) << status.error().what << status.error().context;
  const auto seen = media::inspect(file_of(one(assets(), studio::AssetKind::composite)), {});
  ASSERT_TRUE(seen) << seen.error().what;
  EXPECT_EQ(seen->video_frames, 40);  // six seconds without the pause of two
  ASSERT_EQ(seen->chapters.size(), 3u);
  const std::vector<media::Chapter> want{{0, 0.5, "Start"}, {0.5, 2.5, "Before"}, {2.5, 4, "After \xC3\xA9 pause"}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(seen->chapters[i].start_s, want[i].start_s, 0.002);
    EXPECT_NEAR(seen->chapters[i].end_s, want[i].end_s, 0.002);
    EXPECT_EQ(seen->chapters[i].title, want[i].title);
  }
}

TEST_F(WorkTest, AVoiceThatNeverWasUploadedComesFromTheBackup) {
  microphone(ada, {.length_s = 6}, synthetic::voice(1));
  backup(bob, synthetic::voice(2), true);
  stop();
  const auto status = run_job();
  ASSERT_TRUE(status) << status.error().what << status.error().context;
  const auto json = report();
  const auto& voices = json.at("voices").as_array();
  ASSERT_EQ(voices.size(), 2u) << boost::json::serialize(json);
  ASSERT_EQ(voices[1].at("filled").as_array().size(), 1u) << boost::json::serialize(json);
  EXPECT_NEAR(voices[1].at("filled").at(0).at("endS").to_number<double>(), take_s, 0.2);
}

TEST_F(WorkTest, ALogThatTheStudioWasNeverToldOfIsFound) {
  microphone(ada, {.length_s = 3}, synthetic::voice(1));
  backup(ada, synthetic::voice(1), false);
  stop();
  const auto status = run_job();
  ASSERT_TRUE(status) << status.error().what << status.error().context;
  const auto json = report();
  const auto& filled = json.at("voices").at(0).at("filled").as_array();
  ASSERT_EQ(filled.size(), 1u);
  EXPECT_NEAR(filled[0].at("startS").to_number<double>(), 3, 0.01);
}

TEST_F(WorkTest, AStemThatIsNoMediaIsNamedAndTheOthersGoOn) {
  microphone(ada, {.length_s = 6}, synthetic::voice(1));
  const auto file = directory.path() / "letter";
  std::ofstream(file) << "\x1A\x45\xDF\xA3 this began like a video, but it is a letter.";
  upload(bob, Source::camera, 0, file);
  stop();
  ASSERT_TRUE(run_job());
  const auto json = report();
  ASSERT_EQ(json.at("unusable").as_array().size(), 1u);
  EXPECT_THAT(std::string(json.at("unusable").at(0).at("reason").as_string()), testing::HasSubstr("not a recording"));
}

TEST_F(WorkTest, NothingUsableIsAReadableErrorAndFinal) {
  const auto file = directory.path() / "letter";
  std::ofstream(file) << "\x1A\x45\xDF\xA3 a letter again.";
  upload(bob, Source::camera, 0, file);
  stop();
  const auto status = run_job();
  ASSERT_FALSE(status);
  const auto failed = process.queue.find(job);
  EXPECT_EQ(failed->state, jobs::JobState::dead);
  EXPECT_THAT(failed->error.value_or(""), testing::HasSubstr("not a recording"));
  EXPECT_TRUE(fs::is_empty(process.store->scratch()));
}

TEST(FileName, KeepsLettersAndDigits) {
  EXPECT_EQ(file_name_from("Deep Sea Radio #12", "x"), "Deep-Sea-Radio-12");
  EXPECT_EQ(file_name_from("../../etc/passwd", "x"), "etc-passwd");
  EXPECT_EQ(file_name_from("\xC3\x85\xC3\x85", "participant"), "participant");
}

}  // namespace
}  // namespace greenroom::work

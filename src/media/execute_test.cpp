#include "media/execute.hpp"

#include <cmath>
#include <fstream>

#include "media/audio_source.hpp"
#include "media/correlate.hpp"
#include "media/error.hpp"
#include "media/inspect.hpp"
#include "media/synthetic.hpp"

namespace greenroom::media {
namespace {

namespace fs = std::filesystem;
constexpr double take_ms = 1.76e12;
constexpr std::string_view pcm = "audio/x-greenroom-pcm";

class ComposeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() /
             fmt::format("greenroom-media-{}", testing::UnitTest::GetInstance()->random_seed()) /
             testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder);
    fs::create_directories(folder / "out");
    take.started_at_ms = take_ms;
  }
  void TearDown() override { fs::remove_all(folder); }

  void person(const std::string& id) { take.participants.push_back({id, "Name of " + id}); }

  void mic(const std::string& who, const synthetic::Microphone& microphone, const synthetic::Sound& sound,
           Source source = Source::mic) {
    const auto path = folder / (who + fmt::format("-{}.pcm", take.stems.size()));
    ASSERT_TRUE(synthetic::write_microphone(path, microphone, sound, take_ms));
    take.stems.push_back(
        {"mic-" + who, who, source, Origin::local, std::string(pcm), path, take_ms + microphone.start_s * 1000, {}});
  }

  void camera(const std::string& who, double start_s, const synthetic::Camera& what) {
    const auto path = folder / (who + ".webm");
    const auto written = synthetic::write_camera(path, what);
    ASSERT_TRUE(written) << written.error().what;
    take.stems.push_back(
        {"camera-" + who, who, Source::camera, Origin::local, "video/webm", path, take_ms + start_s * 1000, {}});
  }

  void backup(const std::string& who, const synthetic::Backup& what, const synthetic::Sound& sound) {
    const auto path = folder / (who + ".mkv");
    auto anchors = synthetic::write_backup(path, what, sound, take_ms);
    ASSERT_TRUE(anchors) << anchors.error().what;
    take.stems.push_back({"backup-" + who, who, Source::mic, Origin::backup, "audio/x-matroska", path,
                          take_ms + what.start_s * 1000, std::move(*anchors)});
  }

  base::Result<Plan> planned() {
    std::vector<StemFacts> facts;
    for (const auto& stem : take.stems) {
      GREENROOM_TRY(auto known, survey(stem));
      facts.push_back(std::move(known));
    }
    return make_plan(take, facts, settings);
  }

  Report composed(double seconds) {
    take.stopped_at_ms = take_ms + seconds * 1000;
    const auto plan = planned();
    EXPECT_TRUE(plan) << plan.error().what << plan.error().context;
    if (!plan) return {};
    auto report = execute(*plan, {folder / "out"});
    EXPECT_TRUE(report) << report.error().what << report.error().context;
    return report ? *report : Report{};
  }

  static std::vector<float> read(const fs::path& file) {
    std::vector<float> all;
    auto source = AudioSource::open(file, "");
    EXPECT_TRUE(source);
    while (source) {
      auto chunk = (*source)->next();
      if (!chunk || !*chunk) break;
      for (std::int64_t i = 0; i < (*chunk)->frames(); ++i)
        all.push_back((*chunk)->samples[std::size_t(i * (*chunk)->channels)]);
    }
    return all;
  }

  // The worst deviation in milliseconds between what the file plays and what sounded at that moment of the take.
  static double worst_lag_ms(const std::vector<float>& samples, const synthetic::Sound& sound, double from_s,
                             double to_s) {
    double worst = 0;
    int windows = 0;
    for (double at = from_s; at + 0.5 <= to_s; at += 0.5) {
      std::vector<float> want, got;
      for (int i = 0; i < 24'000; ++i) {
        const auto n = std::size_t(at * 48'000) + std::size_t(i);
        want.push_back(float(sound(double(n) / 48'000)));
        got.push_back(samples[n]);
      }
      const auto lag = find_lag(want, got, {.sample_rate = 48'000, .max_lag_s = 0.1});
      if (!lag || lag->strength < 0.3) return 1e9;
      worst = std::max(worst, std::abs(lag->lag_ms));
      ++windows;
    }
    return windows ? worst : 1e9;
  }

  static double rms(const std::vector<float>& samples, double from_s, double to_s) {
    double sum = 0;
    const auto from = std::size_t(from_s * 48'000), to = std::size_t(to_s * 48'000);
    for (auto i = from; i < to; ++i) sum += double(samples[i]) * double(samples[i]);
    return std::sqrt(sum / double(to - from));
  }

  fs::path folder;
  TakeInput take;
  OutputSettings settings;
};

TEST_F(ComposeTest, ThreePeopleWithWrongClocksEndInOnePlace) {
  for (const char* who : {"anna", "ben", "carla"}) person(who);
  settings.canvas = {960, 540};
  const auto anna = synthetic::voice(1), ben = synthetic::voice(2), carla = synthetic::voice(3);
  mic("anna", {.start_s = -0.7312, .length_s = 10, .ppm = 200, .jitter_ms = 1}, anna);
  mic("ben", {.start_s = 0.2501, .length_s = 9, .ppm = -200, .rate = 44'100, .jitter_ms = 1, .block_s = 0.1}, ben);
  mic("carla", {.start_s = 1.5, .length_s = 7, .rate = 16'000, .channels = 2, .jitter_ms = 1, .block_s = 0.25}, carla);
  camera("anna", -0.5, {.frames = 300});
  camera("ben", 0.1, {.encoder = "libx264", .size = {1280, 720}, .frames = 60});
  camera("carla", 1.0, {.frames = 210});
  const auto report = composed(8.015);
  ASSERT_FALSE(report.participants.empty());

  EXPECT_EQ(report.frames, 240);
  EXPECT_NEAR(report.lufs, -16, 0.2);
  const auto expected = std::int64_t(std::llround(8.015 * 48'000));
  const std::vector<synthetic::Sound> sounds{anna, ben, carla};
  const std::vector<double> starts{0, 0.5, 2};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto samples = read(report.participants[i].voice.flac);
    ASSERT_EQ(std::int64_t(samples.size()), expected);
    EXPECT_LT(worst_lag_ms(samples, sounds[i], starts[i], 8), 1.0) << i;
  }
  EXPECT_LT(rms(read(report.participants[2].voice.flac), 0, 1.4), 1e-4);
  ASSERT_EQ(report.participants[2].voice.silent.size(), 1u);
  EXPECT_NEAR(report.participants[2].voice.silent[0].end_s, 1.5, 0.003);

  const auto seen = inspect(report.composite, {.tiles = 3});
  ASSERT_TRUE(seen) << seen.error().what;
  EXPECT_EQ(seen->video_frames, 240);
  EXPECT_TRUE(seen->faststart);
  EXPECT_EQ(seen->video_codec, "h264");
  EXPECT_EQ(seen->audio_codec, "aac");
  EXPECT_EQ(seen->channels, 2);
  EXPECT_DOUBLE_EQ(seen->fps, 30);
  EXPECT_NEAR(seen->lufs, -16, 0.5);
  EXPECT_LE(seen->true_peak_db, -1);
  EXPECT_NEAR(seen->audio_s, 8.015, 0.03);
  const auto& tile = seen->tiles[0];
  EXPECT_EQ(tile.unread, 0);
  EXPECT_EQ(tile.backward, 0);
  EXPECT_EQ(tile.jumps, 0);
  // Frame n of the file shows camera frame (n/30 + 0.5) * 30.
  for (std::size_t n = 0; n < 240; ++n) EXPECT_NEAR(int(tile.numbers[n].value_or(9999)), int(n) + 15, 1) << n;
  EXPECT_EQ(seen->tiles[2].first, 0);
  EXPECT_FALSE(seen->tiles[2].numbers[20].has_value());
  EXPECT_TRUE(seen->tiles[2].numbers[31].has_value());
  EXPECT_TRUE(fs::file_size(report.thumbnail) > 5'000);
  EXPECT_TRUE(fs::file_size(report.peaks) > 1'000);
}

TEST_F(ComposeTest, ADriftingClockOverTimeStaysWithinAMillisecond) {
  person("anna");
  settings.canvas = {320, 180};
  settings.fps = 5;
  const auto sound = synthetic::voice(4);
  mic("anna", {.length_s = 40, .ppm = 200, .jitter_ms = 1.5, .block_s = 1}, sound);
  const auto report = composed(40);
  ASSERT_FALSE(report.participants.empty());
  EXPECT_LT(worst_lag_ms(read(report.participants[0].voice.flac), sound, 36, 39.9), 1.0);
  EXPECT_NEAR(report.stems[0].drift_ppm, 200, 25);
  EXPECT_LT(report.residual_ms, 1.5);
}

// A browser that records Opus itself is as much off as one that sends samples, and is corrected as well.
TEST_F(ComposeTest, AnOpusRecordingsClockIsCorrectedLikeThatOfSamples) {
  settings.canvas = {320, 180};
  settings.fps = 5;
  std::vector<synthetic::Sound> sounds;
  for (const double ppm : {200.0, -200.0}) {
    const auto who = fmt::format("at{}", ppm);
    person(who);
    sounds.push_back(synthetic::voice(std::uint64_t(40 + ppm / 100)));
    const auto path = folder / (who + ".webm");
    ASSERT_TRUE(synthetic::write_opus_microphone(path, {.start_s = 0.3, .length_s = 42, .ppm = ppm, .jitter_ms = 3},
                                                 sounds.back()));
    take.stems.push_back(
        {"mic-" + who, who, Source::mic, Origin::local, "audio/webm;codecs=opus", path, take_ms + 300, {}});
  }
  const auto report = composed(40);
  ASSERT_EQ(report.participants.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto samples = read(report.participants[i].voice.flac);
    EXPECT_LT(worst_lag_ms(samples, sounds[i], 1, 4), 1.0) << i;
    EXPECT_LT(worst_lag_ms(samples, sounds[i], 36, 39.9), 1.0) << i;
    EXPECT_NEAR(report.stems[i].drift_ppm, i == 0 ? 200 : -200, 10) << i;
    EXPECT_EQ(report.stems[i].gaps, 0) << i;
    EXPECT_TRUE(report.participants[i].voice.silent.empty() || report.participants[i].voice.silent[0].end_s < 0.31)
        << i;
  }
}

// What it did not record is a hole of its length all the same.
TEST_F(ComposeTest, AnOpusRecordingKeepsItsHoles) {
  person("anna");
  settings.canvas = {320, 180};
  settings.fps = 5;
  const auto sound = synthetic::voice(44);
  const auto path = folder / "anna.webm";
  ASSERT_TRUE(
      synthetic::write_opus_microphone(path, {.length_s = 12, .ppm = 150, .jitter_ms = 3, .gaps = {{5, 6}}}, sound));
  take.stems.push_back({"mic-anna", "anna", Source::mic, Origin::local, "audio/webm;codecs=opus", path, take_ms, {}});
  const auto report = composed(12);
  ASSERT_EQ(report.participants.size(), 1u);
  EXPECT_EQ(report.stems[0].gaps, 1);
  ASSERT_GE(report.participants[0].voice.silent.size(), 1u);
  const auto samples = read(report.participants[0].voice.flac);
  EXPECT_LT(rms(samples, 5.1, 5.9), 1e-3);
  EXPECT_LT(worst_lag_ms(samples, sound, 7, 11.5), 2.5);
}

TEST_F(ComposeTest, HolesAreFilledFromTheBackupAndTheRestIsSilence) {
  person("anna");
  person("ben");
  settings.fps = 5;
  const auto anna = synthetic::voice(5), ben = synthetic::voice(6);
  mic("anna", {.length_s = 15, .gaps = {{8, 10}, {12, 13}}}, anna);
  backup("anna", {.start_s = 0.1, .length_s = 12.4, .delay_ms = 83}, anna);
  backup("ben", {.start_s = 2, .length_s = 10, .gaps = {{5, 6}}}, ben);
  const auto report = composed(15);
  ASSERT_FALSE(report.participants.empty());
  const auto filled = read(report.participants[0].voice.flac), alone = read(report.participants[1].voice.flac);
  EXPECT_LT(worst_lag_ms(filled, anna, 0, 12), 1.0);
  EXPECT_NEAR(rms(filled, 8.5, 9.5), rms(filled, 6, 7), 0.2 * rms(filled, 6, 7));
  EXPECT_LT(rms(filled, 12.6, 12.9), 1e-4);
  ASSERT_EQ(report.participants[0].voice.filled.size(), 2u);
  EXPECT_NEAR(report.participants[0].voice.filled[0].start_s, 8, 0.002);
  EXPECT_NEAR(report.participants[0].voice.filled[0].end_s, 10, 0.002);
  ASSERT_TRUE(report.stems[0].correlation_residual_ms.has_value());
  EXPECT_LT(*report.stems[0].correlation_residual_ms, 1.0);
  EXPECT_EQ(report.stems[0].gaps, 2);
  EXPECT_LT(worst_lag_ms(alone, ben, 2.5, 6.9), 10.0);  // timestamps alone, and the codec's own delay
  EXPECT_LT(rms(alone, 7.1, 7.9), 2e-3);
  EXPECT_LT(worst_lag_ms(alone, ben, 8.5, 11.5), 10.0);
}

TEST_F(ComposeTest, AnUnprocessedMicrophoneIsAFileOfItsOwnAndNotInTheMix) {
  person("anna");
  settings.fps = 5;
  const auto filtered = synthetic::voice(5), as_it_was = synthetic::voice(6);
  mic("anna", {.length_s = 6, .ppm = 100}, filtered);
  const auto alone = read(composed(6).composite);
  EXPECT_FALSE(alone.empty());
  fs::remove_all(folder / "out");
  fs::create_directories(folder / "out");
  mic("anna", {.start_s = 0.4, .length_s = 5, .ppm = 100}, as_it_was, Source::raw_mic);
  const auto report = composed(6);
  ASSERT_EQ(report.participants.size(), 1u);
  const auto& anna = report.participants[0];
  ASSERT_TRUE(anna.raw.has_value());
  const auto samples = read(anna.raw->flac);
  EXPECT_EQ(std::int64_t(samples.size()), anna.samples);
  EXPECT_LT(worst_lag_ms(samples, as_it_was, 0.5, 5.3), 1.0);
  ASSERT_EQ(anna.raw->silent.size(), 2u);
  EXPECT_NEAR(anna.raw->silent[0].end_s, 0.4, 0.002);
  EXPECT_LT(worst_lag_ms(read(anna.voice.flac), filtered, 0, 5.9), 1.0);
  EXPECT_EQ(read(report.composite), alone);
}

class CutShortTest : public ComposeTest, public testing::WithParamInterface<synthetic::Camera> {};

TEST_P(CutShortTest, AVideoPlaysToItsEnd) {
  person("anna");
  camera("anna", 0, GetParam());
  const auto path = take.stems[0].path;
  fs::resize_file(path, fs::file_size(path) / 2);
  const auto report = composed(4);
  ASSERT_FALSE(report.participants.empty());
  const auto seen = inspect(report.composite, {.tiles = 1});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->video_frames, 120);
  EXPECT_EQ(seen->tiles[0].first, 0);
  EXPECT_GE(seen->tiles[0].last.value_or(0), 29);
  EXPECT_LT(seen->tiles[0].last.value_or(999), 90);
  EXPECT_EQ(seen->tiles[0].backward, 0);
  EXPECT_LE(report.lufs, -69);  // and no sound at all
}

INSTANTIATE_TEST_SUITE_P(Browsers, CutShortTest,
                         testing::Values(synthetic::Camera{.frames = 120},
                                         synthetic::Camera{.encoder = "libx264", .frames = 120},
                                         synthetic::Camera{.encoder = "libx264", .frames = 120, .mp4 = true}));

TEST_F(ComposeTest, WhereACameraSentNothingTheBackupShows) {
  person("anna");
  camera("anna", 0, {.frames = 120, .hole_before = 60, .hole_s = 2});
  camera("backup", 0, {.frames = 180, .first_number = 1'000});
  take.stems.back().participant = "anna";
  take.stems.back().origin = Origin::backup;
  const auto report = composed(6);
  ASSERT_FALSE(report.participants.empty());
  EXPECT_EQ(report.stems[0].gaps, 1);
  const auto seen = inspect(report.composite, {.tiles = 1});
  ASSERT_TRUE(seen);
  const auto at = [&](double seconds) { return int(seen->tiles[0].numbers.at(std::size_t(seconds * 30)).value_or(0)); };
  EXPECT_EQ(at(2.5), 59);  // the last picture stands for a while
  EXPECT_NEAR(at(3.5), 1'105, 1);
  EXPECT_NEAR(at(5), 90, 1);
}

TEST_F(ComposeTest, ATextFileAsVideoIsAClearError) {
  const auto path = folder / "notes.webm";
  std::ofstream(path) << "Dear diary, this is not a video.\n";
  const auto facts = survey({"s", "p", Source::camera, Origin::local, "video/webm", path, take_ms, {}});
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code.name, "media.not_media");
  EXPECT_THAT(facts.error().what, testing::HasSubstr("not a recording"));
  const auto sound = survey({"s", "p", Source::mic, Origin::local, std::string(pcm), path, take_ms, {}});
  ASSERT_FALSE(sound);
  EXPECT_THAT(sound.error().what, testing::HasSubstr("no sound"));
}

TEST_F(ComposeTest, AScreenTakesThePictureWhileItIsShared) {
  person("anna");
  camera("anna", 0, {.frames = 90});
  camera("screen", 1, {.frames = 10});
  take.stems.back().source = Source::screen;
  settings.captions = false;
  const auto report = composed(3);
  ASSERT_FALSE(report.participants.empty());
  const auto seen = inspect(report.composite, {.tiles = 1});
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->tiles[0].numbers[10].has_value());
  EXPECT_FALSE(seen->tiles[0].numbers[60] == std::uint16_t(60));
}

TEST_F(ComposeTest, CancelStopsTheWork) {
  person("anna");
  mic("anna", {.length_s = 2}, synthetic::tone(440, 0.1));
  take.stopped_at_ms = take_ms + 2'000;
  const auto plan = planned();
  ASSERT_TRUE(plan);
  const auto report = execute(*plan, {.folder = folder / "out", .cancelled = [] { return true; }});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, cancelled);
}

}  // namespace
}  // namespace greenroom::media

// A finished take, taken out of the server as a plain folder, and every way in which it can be damaged.
#include "work/verify.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "work/manifest.hpp"
#include "work/work_fixture.hpp"

namespace greenroom::work {
namespace {

using testing::HasSubstr;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

class FinishedTake : public WorkTest {
 public:
  void SetUp() override {
    if (blob::on_s3()) GTEST_SKIP() << "what has moved away is not in the folder";
    WorkTest::SetUp();
    output.canvas = {160, 90}, output.fps = 5;
    ASSERT_TRUE(studio().consent(ada, session_id, {"I agree."}));
    microphone(ada, {.length_s = 6, .ppm = 100, .gaps = {{2, 3}}}, synthetic::voice(1));
    backup(ada, synthetic::voice(1), true);
    microphone(bob, {.start_s = 1, .length_s = 4}, synthetic::voice(2));
    camera(bob, 0, {.frames = 60, .hole_before = 30, .hole_s = 2});
    stop();
    const auto status = run_job();
    ASSERT_TRUE(status) << status.error().what << status.error().context;
  }
  void TestBody() override {}

  using WorkTest::take;
  using WorkTest::take_folder;
};

// Each test damages a copy; the take is made once.
class VerifyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (blob::on_s3()) return;
    finished = std::make_unique<FinishedTake>();
    finished->SetUp();
  }
  static void TearDownTestSuite() { finished.reset(); }

  void SetUp() override {
    if (!finished) GTEST_SKIP() << "what has moved away is not in the folder";
    const auto folder = finished->take_folder();
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {  // links become files
      const auto to = plain / entry.path().lexically_relative(folder);
      fs::create_directories(to.parent_path());
      if (entry.is_regular_file()) {
        ASSERT_TRUE(blob::decrypt_file(entry.path(), to, blob::test_keys()));
      }
    }
  }

  Verdict verdict() { return verify_take(plain); }
  // Exactly one file is at fault, and this is said of it.
  void expect_only(const std::string& file, const std::string& words) {
    const auto judged = verdict();
    EXPECT_FALSE(judged.good);
    bool said = false;
    for (const auto& line : judged.lines) {
      if (line.good) continue;
      EXPECT_EQ(line.file, file) << line.what;
      said = said || line.what.find(words) != std::string::npos;
    }
    EXPECT_TRUE(said) << words;
  }
  void flip(const std::string& file, double where) {
    auto text = text_of(plain / file);
    text[std::size_t(double(text.size()) * where)] ^= 0x10;
    write(plain / file, text);
  }
  StemManifest manifest(const std::string& name) { return *read_manifest(text_of(plain / name)); }
  // As if the take had been made so: the hash in take.json fits.
  void replace(const std::string& name, const std::string& text) {
    auto listed = *read_take_document(text_of(plain / "take.json"));
    write(plain / name, text);
    for (auto& file : listed.files) {
      if (file.path != name) continue;
      file.bytes = text.size();
      file.sha256 = crypto::to_hex(crypto::sha256(base::as_bytes(text)));
    }
    write(plain / "take.json", wire::to_text(listed));
  }

  static std::unique_ptr<FinishedTake> finished;
  db::TestDirectory directory;
  fs::path plain = directory.path() / "plain";
};
std::unique_ptr<FinishedTake> VerifyTest::finished;

TEST_F(VerifyTest, AGoodTakeIsWholeAndSaysWhereEverythingCameFrom) {
  const auto folder_of_the_take = finished->take_folder();
  for (const auto& folder : {plain, folder_of_the_take}) {
    const auto judged = verify_take(folder, blob::test_keys());
    for (const auto& line : judged.lines) EXPECT_TRUE(line.good) << line.file << " " << line.what;
    EXPECT_TRUE(judged.good);
    EXPECT_EQ(judged.take_id, finished->take.str());
  }
  EXPECT_TRUE(fs::is_symlink(folder_of_the_take / "Ada.flac"));
  EXPECT_TRUE(fs::is_symlink(folder_of_the_take / "sources/Ada-mic.grpb"));
  EXPECT_FALSE(fs::is_symlink(folder_of_the_take / "take.json"));

  const auto hers = manifest("Ada-mic.manifest.json");
  EXPECT_EQ(hers.expected, 6 * 48'000);
  EXPECT_NEAR(double(hers.present), 6 * 48'000, 500);
  ASSERT_GE(hers.intervals.size(), 3u);
  EXPECT_EQ(hers.intervals[0].from, SpanOrigin::local);
  EXPECT_EQ(hers.intervals[1].from, SpanOrigin::backup);
  EXPECT_NEAR(double(hers.intervals[1].first), 2 * 48'000, 100);
  EXPECT_NEAR(double(hers.intervals[1].end), 3 * 48'000, 100);
  ASSERT_EQ(hers.recordings.size(), 2u);
  EXPECT_NEAR(hers.recordings[0].drift_ppm, 100, 1);
  EXPECT_EQ(hers.recordings[0].blocks, 10u);
  ASSERT_EQ(hers.recordings[0].gaps.size(), 1u);
  EXPECT_EQ(hers.recordings[0].gaps[0].cause, GapCause::lost);
  EXPECT_TRUE(hers.recordings[0].consented_at);

  const auto his = manifest("Bob-Ltd-mic.manifest.json");
  ASSERT_EQ(his.gaps.size(), 2u);
  EXPECT_EQ(his.gaps[0].cause, GapCause::not_recorded);
  EXPECT_NEAR(double(his.gaps[0].end), 48'000, 2);
  EXPECT_FALSE(his.recordings.at(0).consented_at);
  const auto camera = manifest("Bob-Ltd-camera.manifest.json");
  EXPECT_EQ(camera.expected, 6'000);
  EXPECT_NEAR(double(camera.present), 4'000, 100);  // twice thirty pictures of which the last one stays for a second
  ASSERT_EQ(camera.gaps.size(), 2u);
  EXPECT_NEAR(double(camera.gaps[0].first), 2'000, 50);
  EXPECT_NEAR(double(camera.gaps[0].end), 3'000, 50);
  EXPECT_EQ(camera.gaps[0].cause, GapCause::unknown);
  EXPECT_EQ(camera.gaps[1].cause, GapCause::not_recorded);
  ASSERT_EQ(camera.recordings.at(0).gaps.size(), 1u);
  EXPECT_NEAR(double(camera.recordings[0].frames.value_or(0)), 2'000, 100);
  EXPECT_NEAR(double(camera.recordings[0].expected.value_or(0)), 4'000, 50);
  EXPECT_FALSE(camera.finished);
}

TEST_F(VerifyTest, AFlippedBitIsFoundInEveryFile) {
  const auto listed = *read_take_document(text_of(plain / "take.json"));
  for (const auto& file : listed.files) {
    SCOPED_TRACE(file.path);
    const auto before = text_of(plain / file.path);
    flip(file.path, 0.6);
    const auto judged = verdict();
    EXPECT_FALSE(judged.good);
    EXPECT_TRUE(std::any_of(judged.lines.begin(), judged.lines.end(), [&](const auto& line) {
      return !line.good && line.file == file.path && line.what.find("SHA-256") != std::string::npos;
    }));
    write(plain / file.path, before);
  }
  EXPECT_TRUE(verdict().good);
}

TEST_F(VerifyTest, ADamagedBlockIsNamedByItsPlace) {
  flip("sources/Ada-mic.grpb", 0.52);
  const auto judged = verdict();
  std::string said;
  for (const auto& line : judged.lines)
    if (!line.good) said += line.file + " " + line.what + "\n";
  EXPECT_THAT(said, HasSubstr("sources/Ada-mic.grpb"));
  EXPECT_THAT(said, HasSubstr("sound is damaged between"));
  EXPECT_THAT(said, HasSubstr("holds 9 of its 10 blocks"));
}

TEST_F(VerifyTest, CutMissingAndGrownFilesAreNamed) {
  const auto damage = [&](const std::string& file, auto how, const std::string& words) {
    SCOPED_TRACE(file);
    const auto before = text_of(plain / file);
    how(plain / file);
    const auto judged = verdict();
    EXPECT_FALSE(judged.good);
    EXPECT_TRUE(std::any_of(judged.lines.begin(), judged.lines.end(), [&](const auto& line) {
      return !line.good && line.file == file && line.what.find(words) != std::string::npos;
    })) << words;
    write(plain / file, before);
  };
  const auto cut = [](const fs::path& path) { fs::resize_file(path, fs::file_size(path) * 2 / 3); };
  const auto remove = [](const fs::path& path) { fs::remove(path); };
  const auto grow = [](const fs::path& path) { std::ofstream(path, std::ios::app) << "more"; };
  for (const auto* file : {"Ada.flac", "Deep-Sea-Radio-12.mp4", "sources/Bob-Ltd-mic.grpb",
                           "sources/Ada-mic-backup.grlog", "Ada-mic.manifest.json"}) {
    damage(file, cut, "is cut off");
    damage(file, remove, "is missing");
  }
  damage("Bob-Ltd.flac", grow, "more than it had");
  damage("sources/Ada-mic-backup.grlog", cut, "holds up to byte");
  EXPECT_TRUE(verdict().good);
}

TEST_F(VerifyTest, WhatABrowserHadNotFinishedMayHaveGrown) {
  std::ofstream(plain / "sources/Ada-mic.grpb", std::ios::app) << "the next block";
  EXPECT_TRUE(verdict().good);
}

TEST_F(VerifyTest, AManifestThatIsWrongIsFoundThoughItsHashFits) {
  const std::string name = "Ada-mic.manifest.json";
  const auto good = manifest(name);
  const auto with = [&](auto change, const std::string& words) {
    auto other = good;
    change(other);
    replace(name, wire::to_text(other));
    SCOPED_TRACE(words);
    const auto judged = verdict();
    EXPECT_FALSE(judged.good);
    EXPECT_TRUE(std::any_of(judged.lines.begin(), judged.lines.end(), [&](const auto& line) {
      return !line.good && line.what.find(words) != std::string::npos;
    }));
  };
  with([](auto& m) { m.present -= 1; }, "add up to");
  with([](auto& m) { m.intervals.pop_back(); }, "leave stretches out");
  with([](auto& m) { m.take_id = "0190163d-0000-7000-8000-000000000000"; }, "another take");
  with([](auto& m) { m.finished->sha256 = std::string(64, '0'); }, "something else of Ada.flac");
  with([](auto& m) { m.recordings[0].file = "sources/Zoe-mic.grpb"; }, "none of the take's files");
  with([](auto& m) { m.recordings[0].gaps.clear(); }, "do not add up");
  with([](auto& m) { m.recordings.clear(); }, "is in no manifest");
  with(
      [](auto& m) {  // the backup's stretch declared silent
        for (auto& interval : m.intervals) {
          if (interval.from != SpanOrigin::backup) continue;
          interval.from = SpanOrigin::nothing;
          m.present -= interval.end - interval.first;
          m.gaps.insert(m.gaps.begin(), {interval.first, interval.end, GapCause::lost});
        }
      },
      "where its manifest says that nothing is");
  with([](auto& m) { m.recordings[0].file = "../../etc/passwd"; }, "outside of its folder");
  replace(name, text_of(plain / "Bob-Ltd-mic.manifest.json"));
  EXPECT_FALSE(verdict().good);
  replace(name, wire::to_text(good));
  EXPECT_TRUE(verdict().good);
}

TEST_F(VerifyTest, WithoutItsListATakeCannotBeJudged) {
  fs::remove(plain / "take.json");
  expect_only("take.json", "is missing");
  write(plain / "take.json", "{}");
  expect_only("take.json", "cannot be read");
  write(plain / "take.json", wire::to_text(manifest("Ada-mic.manifest.json")));
  EXPECT_FALSE(verdict().good);
}

TEST_F(FinishedTake, GoesWithItsFolder) {
  ASSERT_TRUE(studio().delete_session(host, session_id, {}));
  ASSERT_TRUE(studio().reconcile());
  EXPECT_FALSE(fs::exists(take_folder()));
}

}  // namespace
}  // namespace greenroom::work

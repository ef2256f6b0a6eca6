// A take from its uploads to its folder with a key: nothing of it lies on the disk in the clear, and everything is
// there.
#include <stdlib.h>

#include "work/verify.hpp"
#include "work/work_fixture.hpp"

namespace greenroom::work {
namespace {

// Before the fixture opens its store.
class EncryptedRun {
 protected:
  EncryptedRun() {
    if (const char* store = getenv(variable)) before_ = store;
    setenv(variable, "encrypted", 1);
  }
  ~EncryptedRun() { before_.empty() ? unsetenv(variable) : setenv(variable, before_.c_str(), 1); }

 private:
  static constexpr const char* variable = "GREENROOM_TEST_STORE";
  std::string before_;
};

class EncryptionTest : private EncryptedRun, public WorkTest {
 protected:
  static std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // What is kept: neither the database nor what the test has made for itself.
  std::vector<fs::path> kept() const {
    std::vector<fs::path> out;
    for (const auto* folder : {"blobs", "backup", "takes"})
      for (const auto& entry : fs::recursive_directory_iterator(directory.path() / folder))
        if (entry.is_regular_file()) out.push_back(entry.path());
    return out;
  }
};

TEST_F(EncryptionTest, NothingOfATakeIsInTheClear) {
  microphone(ada, {.length_s = 6}, synthetic::voice(1));
  camera(bob, 0, {.frames = 60});
  const auto mic = bytes_of(directory.path() / "mic"), camera_file = bytes_of(directory.path() / "camera");
  backup(bob, synthetic::voice(2), true);
  output.canvas = {160, 90}, output.fps = 5;
  stop();
  const auto status = run_job();
  ASSERT_TRUE(status) << status.error().what << status.error().context;

  const std::vector<std::string> patterns{mic.substr(100, 24),       mic.substr(mic.size() / 2, 24),
                                          camera_file.substr(0, 24), camera_file.substr(camera_file.size() / 2, 24),
                                          "greenroom.take",          "Deep Sea Radio",
                                          "audio/x-greenroom-pcm",   id_of(bob).str(),
                                          std::string(24, '\0')};
  const auto workspace = std::get<studio::UserActor>(host).workspace.uuid();
  const auto files = kept();
  EXPECT_GE(files.size(), 3u + 11 + 5);  // uploads and log; results; documents of the folder
  for (const auto& file : files) {
    SCOPED_TRACE(file);
    const auto bytes = bytes_of(file);
    EXPECT_TRUE(bytes.starts_with("GRCRYPT1"));
    EXPECT_EQ(bytes.substr(16, 16), base::as_text(workspace));
    for (const auto& pattern : patterns) EXPECT_EQ(bytes.find(pattern, 64), std::string::npos) << pattern;
  }
  EXPECT_TRUE(fs::is_empty(process.store->scratch()));

  for (const auto& asset : assets()) EXPECT_EQ(fs::file_size(file_of(asset)), asset.bytes) << asset.name;
  EXPECT_EQ(report().at("stems").as_array().size(), 3u);
  const auto verdict = verify_take(take_folder(), blob::test_keys());
  for (const auto& line : verdict.lines) EXPECT_TRUE(line.good) << line.file << " " << line.what;
  const auto without = verify_take(take_folder());
  EXPECT_FALSE(without.good);
  EXPECT_THAT(without.lines.at(0).what, testing::HasSubstr("--storage-key-file"));
}

TEST_F(EncryptionTest, WithoutTheKeyTheTakeWaits) {
  microphone(ada, {.length_s = 3}, synthetic::voice(1));
  backup(ada, synthetic::voice(1), false);
  stop();
  blob::EncryptedStore keyless(std::move(*blob::open_disk_store(directory.path() / "blobs")), {});
  for (blob::Store* store :
       {static_cast<blob::Store*>(&keyless), process.store.get()}) {  // then only the log is closed
    const auto due = process.queue.plan(process.now);
    WorkDeps deps{studio(), *store, process.queue, directory.path(), log, [this] { return process.now; }, output};
    EXPECT_EQ(run(deps, due->at(0).str()).error().code, crypto::no_storage_key);
    EXPECT_EQ(process.queue.find(due->at(0))->state, jobs::JobState::queued);  // to be tried again
    process.now += std::chrono::minutes(10);
  }
  const auto status = run_job();
  ASSERT_TRUE(status) << status.error().what << status.error().context;
  EXPECT_EQ(report().at("voices").at(0).at("filled").as_array().size(), 1u);
}

}  // namespace
}  // namespace greenroom::work

// The compose job against a real studio, database, blob store and queue: synthetic recordings go in as uploads and
// backup logs, finished files come out as assets.
#include "work/run.hpp"

#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

#include "media/inspect.hpp"
#include "media/synthetic.hpp"
#include "record/recorder.hpp"
#include "studio/test_studio.hpp"
#include "wire/json.hpp"
#include "wire/rtp.hpp"
#include "work/compose.hpp"

namespace greenroom::work {
namespace {

namespace fs = std::filesystem;
namespace synthetic = media::synthetic;
using studio::Source;

constexpr std::int64_t start_us = 1'760'000'000'000'000;
constexpr double take_s = 6;

class WorkTest : public testing::Test {
 protected:
  void SetUp() override {
    host = process.owner();
    const auto session = *studio().create_session(host, {"Deep Sea Radio #12", studio::SessionKind::podcast, {}});
    session_id = session.id;
    const auto link = session.guest_link->substr(std::string("/join/").size());
    ada = *studio().participant_of(studio().join(host, session.id, {})->token);
    process.now += std::chrono::milliseconds(1);
    bob = *studio().participant_of(studio().join_invite(link, "Bob / Ltd.", {})->token);
    for (const auto& who : {ada, bob}) ASSERT_TRUE(studio().entered(id_of(who)));
    take = studio().start_take(ada, session.id)->id;
    take_ms = double(base::to_micros(process.now)) / 1000;
  }

  studio::Studio& studio() { return process.studio; }
  static studio::ParticipantId id_of(const studio::Actor& who) {
    return std::get<studio::ParticipantActor>(who).participant;
  }

  void upload(const studio::Actor& who, Source source, double start_s, const fs::path& file) {
    studio::NewStem stem;
    stem.client_key = base::to_string(base::make_uuid_v7(process.now, process.rng));
    stem.source = source;
    stem.content_type = source == Source::mic ? "audio/x-greenroom-pcm" : "video/webm;codecs=vp8";
    stem.started_at_ms = take_ms + start_s * 1000;
    const auto ticket = studio().create_stem(who, take, stem);
    ASSERT_TRUE(ticket) << ticket.error().what;
    const auto upload_id = *upload::UploadId::parse(ticket->upload_url.substr(ticket->upload_url.rfind('/') + 1));
    std::ifstream in(file, std::ios::binary);
    const base::Bytes bytes((std::istreambuf_iterator<char>(in)), {});
    auto appender = process.uploads.open_append(upload_id, {0, bytes.size(), bytes.size()});
    ASSERT_TRUE(appender) << appender.error().what;
    ASSERT_TRUE((*appender)->write(bytes));
    ASSERT_TRUE((*appender)->finish());
  }

  void microphone(const studio::Actor& who, const synthetic::Microphone& mic, const synthetic::Sound& sound) {
    const auto file = directory.path() / "mic";
    ASSERT_TRUE(synthetic::write_microphone(file, mic, sound, take_ms));
    upload(who, Source::mic, mic.start_s, file);
  }

  void camera(const studio::Actor& who, double start_s, int frames) {
    const auto file = directory.path() / "camera";
    ASSERT_TRUE(synthetic::write_camera(file, {.frames = frames}));
    upload(who, Source::camera, start_s, file);
  }

  // What the SFU heard of someone, written by the recorder.
  void backup(const studio::Actor& who, const synthetic::Sound& sound, bool tell_the_studio) {
    record::Recorder recorder(directory.path() / "backup", log);
    const auto started = base::wall_from_micros(base::to_micros(process.now));
    const record::TrackHeader header{take.str(), "track-1", id_of(who).str(), "mic", "audio", "audio/opus",
                                     48'000,     2,         started};
    recorder.handle(record::TrackStarted{header});
    const auto frames = synthetic::encode_voice(sound, 0, take_s);
    ASSERT_TRUE(frames);
    for (std::size_t i = 0; i < frames->size(); ++i) {
      base::Bytes packet(12 + (*frames)[i].data.size());
      wire::write_rtp(packet, {{111}, false, {std::uint16_t(i)}, {std::uint32_t(i * 960)}, {5}}, {}, (*frames)[i].data);
      const auto arrival = started + std::chrono::milliseconds(20 * i + 55);
      recorder.handle(record::TrackPacket{take.str(), "track-1", arrival, packet});
    }
    if (!tell_the_studio) return;  // and the server dies
    recorder.handle(record::TrackEnded{take.str(), "track-1", started});
    const auto stem = studio().register_backup_track(
        {take, id_of(who), Source::mic, "audio/opus", "backup/" + take.str() + "/track-1.grlog", started});
    ASSERT_TRUE(stem) << stem.error().what;
    ASSERT_TRUE(studio().end_backup_track(*stem, 1));
  }

  void stop() {
    process.now += std::chrono::milliseconds(std::int64_t(take_s * 1000));
    ASSERT_TRUE(studio().stop_take(host, take));
    for (int i = 0; i < 5; ++i) {
      process.now += std::chrono::seconds(2);
      ASSERT_TRUE(studio().reconcile());
    }
  }

  base::Status run_job() {
    GREENROOM_TRY(const auto due, process.queue.plan(process.now));
    if (due.empty()) return base::fail(jobs::error_unknown, "no job is due");
    job = due[0];
    WorkDeps deps{studio(), *process.store, process.queue, directory.path(), log, [this] { return process.now; }};
    return run(deps, due[0].str());
  }

  std::vector<studio::Asset> assets() { return studio().session(host, session_id)->assets; }

  fs::path file_of(const studio::Asset& asset) {
    const auto name = blob::Name::parse(fmt::format("assets/{}/{}", asset.id.str(), asset.name));
    fs::create_directories(directory.path() / "fetched");
    return *process.store->fetch(*name, directory.path() / "fetched");
  }

  const studio::Asset& one(const std::vector<studio::Asset>& all, studio::AssetKind kind) {
    return *std::find_if(all.begin(), all.end(), [&](const auto& asset) { return asset.kind == kind; });
  }

  boost::json::value report() {
    std::ifstream in(file_of(one(assets(), studio::AssetKind::report)));
    return *wire::parse_json(std::string((std::istreambuf_iterator<char>(in)), {}));
  }

  db::TestDirectory directory;
  studio::TestProcess process{directory, base::wall_from_micros(start_us)};
  base::NullLog log;
  studio::Actor host, ada, bob;
  studio::SessionId session_id;
  studio::TakeId take;
  jobs::JobId job;
  double take_ms = 0;
};

TEST_F(WorkTest, UploadsBecomeAnEpisode) {
  microphone(ada, {.start_s = 0.1, .length_s = 5.9, .ppm = 120}, synthetic::voice(1));
  microphone(bob, {.start_s = -0.2, .length_s = 6.2, .ppm = -120}, synthetic::voice(2));
  camera(ada, 0.2, 170);
  camera(bob, 0.1, 170);
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
                                                   "peaks.json", "report.json"));
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

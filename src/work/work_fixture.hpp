// A real studio, database, blob store and queue, in which Ada and Bob record a take of six seconds: what the tests of
// the compose job and of what it leaves behind begin with. Tests only.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "media/synthetic.hpp"
#include "record/recorder.hpp"
#include "studio/test_studio.hpp"
#include "wire/json.hpp"
#include "wire/rtp.hpp"
#include "work/run.hpp"

namespace greenroom::work {

namespace fs = std::filesystem;
namespace synthetic = media::synthetic;
using studio::Source;

inline constexpr std::int64_t start_us = 1'760'000'000'000'000;
inline constexpr double take_s = 6;

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
    stem.content_type = studio::is_sound(source) ? "audio/x-greenroom-pcm" : "video/webm;codecs=vp8";
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

  void microphone(const studio::Actor& who, const synthetic::Microphone& mic, const synthetic::Sound& sound,
                  Source source = Source::mic) {
    const auto file = directory.path() / "mic";
    ASSERT_TRUE(synthetic::write_microphone(file, mic, sound, take_ms));
    upload(who, source, mic.start_s, file);
  }

  void camera(const studio::Actor& who, double start_s, const synthetic::Camera& what) {
    const auto file = directory.path() / "camera";
    ASSERT_TRUE(synthetic::write_camera(file, what));
    upload(who, Source::camera, start_s, file);
  }

  // What the SFU heard of someone, written by the recorder.
  void backup(const studio::Actor& who, const synthetic::Sound& sound, bool tell_the_studio) {
    record::Recorder recorder(directory.path() / "backup", log, blob::test_keys());
    recorder.handle(record::RecordingStarted{take.str(), std::get<studio::UserActor>(host).workspace.uuid()});
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
    WorkDeps deps{studio(), *process.store,   process.queue, directory.path(), log, [this] { return process.now; },
                  output,   blob::test_keys()};
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

  fs::path take_folder() const { return directory.path() / "takes" / take.str(); }

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
  media::OutputSettings output;
};

}  // namespace greenroom::work

// Kills in virtual time: the browser, the server or both die at random instants of a take, with whatever of a block or
// of a write was under way, and the browser returns or never does. Then the take is finalised by the real studio, queue
// and job from what is there. The seed is printed; GREENROOM_KILLS (200 take two minutes)
// and GREENROOM_KILL_SEED choose others.
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/test_number.hpp"
#include "media/audio_source.hpp"
#include "media/synthetic.hpp"
#include "record/recorder.hpp"
#include "studio/test_studio.hpp"
#include "wire/rtp.hpp"
#include "wire/stem_block.hpp"
#include "work/manifest.hpp"
#include "work/run.hpp"
#include "work/verify.hpp"

namespace greenroom::work {
namespace {

namespace fs = std::filesystem;
namespace synthetic = media::synthetic;

constexpr std::int64_t killed_at_us = 1'760'000'000'000'000;
constexpr double killed_take_s = 3, heard_block_s = 0.25, opus_s = 0.02, network_s = 0.04;
constexpr int rate = 48'000;
constexpr double promised_s = 1.05;  // flush interval and a packet

base::Bytes bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, base::ByteView bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
}

struct Kill {
  double at_s = 0;
  bool browser = false, server = false, returns = false;
  double disk_lag_s = 0, upload_lag_s = 0;  // how far the browser's disk, and the server, were behind
};

Kill draw(base::Rng& rng) {
  Kill kill;
  kill.at_s = 0.3 + rng.unit() * (killed_take_s - 0.3);
  const auto who = rng.below(3);
  kill.browser = who != 1, kill.server = who != 0;
  kill.returns = !kill.browser || rng.below(2) == 0;
  kill.disk_lag_s = rng.unit() * (1 - heard_block_s);
  kill.upload_lag_s = kill.disk_lag_s + rng.unit() * 2;
  return kill;
}

class KillTest : public testing::Test {
 protected:
  void SetUp() override {
    if (blob::on_s3()) GTEST_SKIP() << "what has moved away is not in the folder";
    frames = *synthetic::encode_voice(sound, 0, killed_take_s);
    restart();
    host = process->owner();
  }

  // What is in memory is gone, what is on disk is there.
  void restart() {
    const auto now = process ? process->now : base::wall_from_micros(killed_at_us);
    process.reset();
    process = std::make_unique<studio::TestProcess>(directory, now);
    ASSERT_TRUE(process->studio.recover());
  }

  void begin() {
    process->now += std::chrono::hours(1);
    session = process->studio.create_session(host, {"Kill", studio::SessionKind::podcast, {}})->id;
    const auto token = process->studio.join(host, session, {})->token;
    ada = *process->studio.participant_of(token);
    ada_id = std::get<studio::ParticipantActor>(ada).participant;
    ASSERT_TRUE(process->studio.entered(ada_id));
    ASSERT_TRUE(process->studio.consent(ada, session, {"I agree."}));
    take = process->studio.start_take(ada, session)->id;
    take_began = process->now;
    take_ms = double(base::to_micros(take_began)) / 1000;
  }

  // ---- the browser: its stem up to a moment, and what of the next block had reached the disk

  base::Bytes stem_until(double until_s, bool torn) {
    const auto file = directory.path() / "mic";
    EXPECT_TRUE(
        synthetic::write_microphone(file, {.length_s = killed_take_s, .block_s = heard_block_s}, sound, take_ms));
    const auto whole = bytes_of(file);
    const std::size_t block = wire::stem_block_header_size + std::size_t(heard_block_s * rate) * wire::stem_sample_size;
    const auto blocks = std::size_t(std::max(0.0, until_s) / heard_block_s);
    const auto tail = torn ? rng->below(std::uint32_t(block)) : 0;
    return {whole.begin(), whole.begin() + std::ptrdiff_t(std::min(whole.size(), blocks * block + tail))};
  }
  static double seconds_in(base::ByteView stem) {
    wire::StemBlockReader reader;
    reader.append(stem);
    double end = 0;
    while (const auto item = reader.next())
      if (const auto* block = std::get_if<wire::StemBlock>(&*item))
        end = double(block->header.first_frame + block->header.frames) / rate;
    return end;
  }

  upload::UploadId announce() {
    studio::NewStem stem;
    stem.client_key = base::to_string(base::make_uuid_v7(process->now, process->rng));
    stem.content_type = std::string(wire::stem_block_content_type);
    stem.started_at_ms = take_ms;
    const auto ticket = process->studio.create_stem(ada, take, stem);
    EXPECT_TRUE(ticket) << ticket.error().what;
    return *upload::UploadId::parse(ticket->upload_url.substr(ticket->upload_url.rfind('/') + 1));
  }
  void send(upload::UploadId id, std::size_t from, base::ByteView bytes, bool last) {
    const auto length = last ? std::optional<std::uint64_t>(from + bytes.size()) : std::nullopt;
    auto appender = process->uploads.open_append(id, {from, bytes.size(), length});
    ASSERT_TRUE(appender) << appender.error().what;
    ASSERT_TRUE((*appender)->write(bytes));
    ASSERT_TRUE((*appender)->finish());
  }

  // ---- the server's recorder, until it dies in the middle of a write, or ends

  void record(const Kill& kill) {
    const auto root = directory.path() / "backup";
    const auto file = root / take.str() / "track.grlog";
    base::Bytes durable;
    {
      record::Recorder recorder(root, log, blob::test_keys());
      recorder.handle(
          record::TrackStarted{{take.str(), "track", ada_id.str(), "mic", "audio", "audio/opus", rate, 2, take_began}});
      for (std::size_t i = 0; i < frames.size(); ++i) {
        const double sent_s = double(i + 1) * opus_s;
        const auto arrival = take_began + std::chrono::microseconds(std::int64_t((sent_s + network_s) * 1e6));
        if (sent_s > kill.at_s) break;  // whoever died: nothing more comes, or nobody is there
        base::Bytes packet(12 + frames[i].data.size());
        wire::write_rtp(packet, {{111}, false, {std::uint16_t(i)}, {std::uint32_t(i * 960)}, {5}}, {}, frames[i].data);
        recorder.handle(record::TrackPacket{take.str(), "track", arrival, packet});
        recorder.advance(arrival);
      }
      durable = bytes_of(file);
      if (!kill.server) recorder.handle(record::TrackEnded{take.str(), "track", process->now});
    }
    if (!kill.server) return;
    auto left = bytes_of(file);
    left.resize(durable.size() + rng->below(std::uint32_t(left.size() - durable.size() + 1)));
    write(file, left);
  }
  void tell_of_backup(bool ended) {
    const auto stem = process->studio.register_backup_track(
        {take, ada_id, studio::Source::mic, "audio/opus", "backup/" + take.str() + "/track.grlog", take_began});
    ASSERT_TRUE(stem) << stem.error().what;
    if (ended) {
      ASSERT_TRUE(process->studio.end_backup_track(*stem, 1));
    }
  }

  // ---- afterwards

  studio::TakeState state() { return process->studio.take(host, take)->state; }
  bool is_over() { return state() == studio::TakeState::ready || state() == studio::TakeState::failed; }

  void finalise() {
    for (int turn = 0; turn < 40 && !is_over(); ++turn) {
      process->now += std::chrono::seconds(30);
      ASSERT_TRUE(process->studio.reconcile());
      const auto due = process->queue.plan(process->now);
      ASSERT_TRUE(due);
      for (const auto& job : *due) {
        WorkDeps deps{process->studio,
                      *process->store,
                      process->queue,
                      directory.path(),
                      log,
                      [this] { return process->now; },
                      {},
                      blob::test_keys()};
        deps.output.canvas = {64, 36}, deps.output.fps = 2;
        static_cast<void>(run(deps, job.str()));
      }
    }
    EXPECT_TRUE(is_over()) << "the take is stuck";
  }

  StemManifest manifest() {
    const auto read = read_manifest(blob::content_of(folder() / "Ada-mic.manifest.json"));
    EXPECT_TRUE(read) << read.error().what;
    return read ? *read : StemManifest();
  }
  fs::path folder() const { return directory.path() / "takes" / take.str(); }

  std::vector<float> finished() {
    std::vector<float> all;
    const auto file = blob::ContentFile::open(folder() / "Ada.flac", blob::test_keys());
    EXPECT_TRUE(file);
    auto source = media::AudioSource::open(file->path(), "");
    EXPECT_TRUE(source);
    while (source) {
      const auto chunk = (*source)->next();
      if (!chunk || !*chunk) break;
      for (std::int64_t i = 0; i < (*chunk)->frames(); ++i)
        all.push_back((*chunk)->samples[std::size_t(i * (*chunk)->channels)]);
    }
    return all;
  }

  // Everything of [0, until) is there, from the local stem as far as that reaches.
  void expect_kept(double local_s, double until_s) {
    const auto told = manifest();
    std::int64_t missing = 0;
    for (const auto& interval : told.intervals) {
      const auto end = std::min(interval.end, std::int64_t(until_s * rate));
      if (interval.from == SpanOrigin::nothing) missing += std::max<std::int64_t>(0, end - interval.first);
    }
    EXPECT_LE(double(missing) / rate, network_s + 2 * opus_s) << "of " << until_s << " s";
    if (!told.intervals.empty() && local_s > 0) {
      EXPECT_EQ(told.intervals.front().from, SpanOrigin::local);
      EXPECT_GE(double(told.intervals.front().end) / rate, local_s - 0.01);
    }
    const auto samples = finished();
    ASSERT_EQ(samples.size(), std::size_t(told.expected));
    double worst = 0;
    for (std::size_t n = 480; n + 480 < std::size_t(local_s * rate); ++n)
      worst = std::max(worst, std::abs(double(samples[n]) - sound(double(n) / rate)));
    EXPECT_LT(worst, 0.02) << "the local stem's own samples";
    for (double at = local_s + 0.1; at + 0.1 < until_s; at += 0.1) {
      double energy = 0;
      for (std::size_t n = std::size_t(at * rate); n < std::size_t((at + 0.1) * rate); ++n)
        energy += double(samples[n]) * double(samples[n]);
      EXPECT_GT(std::sqrt(energy / (0.1 * rate)), 0.02) << "the backup is silent at " << at;
    }
  }

  void live_and_die(const Kill& kill) {
    begin();
    const auto on_disk = stem_until(kill.browser ? kill.at_s - kill.disk_lag_s : killed_take_s, kill.browser);
    auto safe = stem_until(kill.at_s - kill.upload_lag_s, true);
    if (safe.size() > on_disk.size()) safe.resize(on_disk.size());
    const auto id = announce();
    if (!safe.empty()) send(id, 0, safe, false);
    record(kill);
    // A server may die before it has told the studio of a log.
    if (!kill.server || rng->below(2) == 0) tell_of_backup(!kill.server);
    if (kill.server) restart();
    process->now = take_began + std::chrono::milliseconds(std::int64_t(killed_take_s * 1000));
    ASSERT_TRUE(process->studio.stop_take(host, take));
    if (kill.returns) send(id, safe.size(), base::ByteView(on_disk).subspan(safe.size()), true);
    finalise();
    const double local_s = seconds_in(kill.returns ? base::ByteView(on_disk) : base::ByteView(safe));
    const double backup_s = kill.server ? kill.at_s - promised_s : kill.at_s - 2 * opus_s;
    const double kept_s = std::max(local_s, backup_s);
    if (kept_s <= 0.1 && state() == studio::TakeState::failed) return;  // nothing was there to keep
    ASSERT_EQ(state(), studio::TakeState::ready);
    if (kill.returns && kill.browser) {
      EXPECT_GE(local_s, kill.at_s - 1) << "what the browser had on its disk";
    }
    expect_kept(local_s, kept_s);
    const auto verdict = verify_take(folder(), blob::test_keys());
    for (const auto& line : verdict.lines) EXPECT_TRUE(line.good) << line.file << " " << line.what;
  }

  db::TestDirectory directory;
  std::unique_ptr<studio::TestProcess> process;
  std::unique_ptr<base::SeededRng> rng;
  base::NullLog log;
  synthetic::Sound sound = synthetic::voice(21);
  std::vector<synthetic::EncodedFrame> frames;
  studio::Actor host, ada;
  studio::ParticipantId ada_id;
  studio::SessionId session;
  studio::TakeId take;
  base::WallTime take_began;
  double take_ms = 0;
};

TEST_F(KillTest, WhateverDiesWhatWasSaidIsKept) {
  const auto kills = base::test_number("GREENROOM_KILLS", 25), seed = base::test_number("GREENROOM_KILL_SEED", 5);
  std::printf("%llu kills, seed %llu\n", static_cast<unsigned long long>(kills), static_cast<unsigned long long>(seed));
  for (std::uint64_t i = 0; i < kills && !HasFailure(); ++i) {
    rng = std::make_unique<base::SeededRng>(seed * 1'000'003 + i);
    const auto kill = draw(*rng);
    SCOPED_TRACE(fmt::format("kill {} of seed {}: at {:.3f} s, browser {}, server {}, returns {}", i, seed, kill.at_s,
                             kill.browser, kill.server, kill.returns));
    live_and_die(kill);
  }
}

}  // namespace
}  // namespace greenroom::work
